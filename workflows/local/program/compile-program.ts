import { limits } from '../limits.ts';
import type { Value } from '../value.ts';
import { type CompileContext, compileContext, resolveJump } from './compile-context.ts';
import { compileBody, compileSteps } from './compile-steps.ts';
import { compileTemplate } from './compile-template.ts';
import type { LintFinding } from './finding.ts';
import type { Parameter, Program, Routine } from './program.ts';
import { readSource, type SourceMap, type SourceNode, SourceSyntaxError } from './source-tree.ts';

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Compiles a workflow source. The program is complete only when no finding is an error. */
export function compileProgram(source: string): { program: Program; findings: LintFinding[] } {
  const context = compileContext({ steps: compileSteps, body: compileBody });
  const routines = new Map<string, Routine>();
  const top = { line: 1, column: 1 };
  const bytes = Buffer.byteLength(source);
  if (bytes > limits.sourceBytes) {
    context.report('source-too-large', top, `the source has ${bytes} bytes, ${limits.sourceBytes} are allowed`);
  }
  try {
    compileRoutines(readSource(source), routines, context);
  } catch (error) {
    if (!(error instanceof SourceSyntaxError)) throw error;
    context.report('yaml-syntax', error.at, error.message);
  }
  resolveJumps(context);
  return { program: { routines, lists: context.lists }, findings: context.findings };
}

function compileRoutines(root: SourceNode, routines: Map<string, Routine>, context: CompileContext): void {
  if (root.kind === 'list') {
    const body = compileSteps(root, 'main', { routine: 'main', outer: undefined, border: 'branch' }, context);
    routines.set('main', { name: 'main', parameters: [], body, line: root.line, column: root.column });
    return;
  }
  if (root.kind === 'scalar') {
    context.report('structure', root, 'the source must be a map of main and subworkflows, or a list of steps');
    return;
  }
  for (const { key, value, line, column } of root.entries) {
    context.path = key;
    if (!identifier.test(key)) context.report('structure', { line, column }, `${key} cannot name a subworkflow`);
    if (value.kind === 'map') routines.set(key, compileRoutine(key, value, context));
    else context.report('structure', value, `${key} must be a map with params and steps`);
  }
  context.path = '';
  const main = routines.get('main');
  if (main === undefined) context.report('main-missing', root, 'there is no main');
  else if (main.parameters.length > 1) {
    context.path = 'main';
    context.report('main-parameters', main, 'main takes one parameter at most: the argument');
  }
}

function compileRoutine(name: string, node: SourceMap, context: CompileContext): Routine {
  let parameters: Parameter[] = [];
  let steps: SourceNode | undefined;
  for (const { key, value, ...at } of node.entries) {
    if (key === 'params') parameters = compileParameters(value, context);
    else if (key === 'steps') steps = value;
    else context.report('unknown-key', at, `${key} is not known here: params, steps`);
  }
  if (steps === undefined) context.report('structure', node, `${name} has no steps`);
  const body = compileSteps(steps, name, { routine: name, outer: undefined, border: 'branch' }, context);
  return { name, parameters, body, line: node.line, column: node.column };
}

function compileParameters(node: SourceNode, context: CompileContext): Parameter[] {
  if (node.kind !== 'list') {
    context.report('structure', node, 'params must be a list');
    return [];
  }
  return node.items.flatMap((item): Parameter[] => {
    if (item.kind === 'scalar' && typeof item.value === 'string' && identifier.test(item.value)) {
      return [{ name: item.value, fallback: undefined }];
    }
    const entry = item.kind === 'map' && item.entries.length === 1 ? item.entries[0]! : undefined;
    if (entry !== undefined && identifier.test(entry.key)) {
      return [{ name: entry.key, fallback: compileFallback(entry.value, context) }];
    }
    context.report('structure', item, 'a parameter is `name` or `name: default`');
    return [];
  });
}

function compileFallback(node: SourceNode, context: CompileContext): Value {
  const template = compileTemplate(node, context);
  if (template.kind === 'constant') return template.value;
  context.report('structure', node, 'the default of a parameter must be a literal');
  return null;
}

function resolveJumps(context: CompileContext): void {
  for (const { target, at, step, inside } of context.jumps) {
    const jump = resolveJump(target, inside);
    if (jump !== undefined) {
      step.next = jump;
      continue;
    }
    context.path = step.path;
    context.report('unknown-next', at, `next: ${target} leads nowhere from here`);
  }
}
