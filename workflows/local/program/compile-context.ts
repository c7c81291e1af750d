import type { LintCode, LintFinding } from './finding.ts';
import type { Jump, SourcePosition, Step, StepList } from './program.ts';
import type { SourceMap, SourceNode } from './source-tree.ts';

/** A `next` that is resolved when all steps of its routine are known. */
export interface PendingJump {
  readonly target: string;
  readonly at: SourcePosition;
  readonly step: Step;
  readonly inside: Enclosure;
}

/** A list of steps being compiled, linked to the one around it. */
export interface Enclosure {
  readonly list: { readonly path: string; readonly routine: string; readonly steps: Step[] };
  readonly outer: Enclosure | undefined;
  /** What lies between this list and the one around it: jumps leave a block, but neither a loop nor a branch. */
  readonly border: 'block' | 'loop' | 'branch';
}

/** Where a list of steps stands. */
export interface Placement {
  readonly routine: string;
  readonly outer: Enclosure | undefined;
  readonly border: Enclosure['border'];
}

/** What a step needs to compile the lists inside it. */
export interface StepFrame extends SourcePosition {
  readonly name: string;
  readonly path: string;
  readonly inside: Enclosure;
}

/** Compiles what stands inside a step; handed down because steps and their contents refer to each other. */
export interface NestedCompiler {
  /** A list of named steps. */
  steps(node: SourceNode | undefined, path: string, placement: Placement, context: CompileContext): StepList;
  /** What stands under `switch`, `try` or a branch: `steps`, or one step without a name of its own. */
  body(
    node: SourceMap,
    frame: StepFrame,
    label: string,
    border: Enclosure['border'],
    context: CompileContext,
  ): StepList;
}

const warnings = new Set<LintCode>([
  'expression-unquoted',
  'return-in-parallel',
  'retry-incomplete',
  'environment-name',
]);

/** What the compiler gathers on its way through one source. */
export interface CompileContext {
  readonly findings: LintFinding[];
  readonly lists: Map<string, StepList>;
  readonly jumps: PendingJump[];
  readonly nested: NestedCompiler;
  /** The step that findings are charged to. */
  path: string;
  report(code: LintCode, at: SourcePosition, message: string): void;
}

export function compileContext(nested: NestedCompiler): CompileContext {
  const findings: LintFinding[] = [];
  return {
    findings,
    lists: new Map(),
    jumps: [],
    nested,
    path: '',
    report(code, { line, column }, message) {
      const severity = warnings.has(code) ? 'warning' : 'error';
      findings.push({ code, severity, path: this.path, line, column, message });
    },
  };
}

/** Finds the step that a `next` names: in its own list, then in the lists around it, within the loop or branch. */
export function resolveJump(target: string, inside: Enclosure): Jump | undefined {
  if (target === 'end') return { kind: 'end' };
  if (target === 'break' || target === 'continue') return inLoop(inside) ? { kind: target } : undefined;
  for (let scope: Enclosure | undefined = inside; scope !== undefined; scope = scope.outer) {
    const index = scope.list.steps.findIndex((step) => step.name === target);
    if (index >= 0) return { kind: 'step', list: scope.list.path, index };
    if (scope.border !== 'block') return undefined;
  }
  return undefined;
}

function inLoop(inside: Enclosure): boolean {
  for (let scope: Enclosure | undefined = inside; scope !== undefined; scope = scope.outer) {
    if (scope.border !== 'block') return scope.border === 'loop';
  }
  return false;
}
