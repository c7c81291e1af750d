import { limits } from '../limits.ts';
import type { CompileContext, Enclosure, Placement, StepFrame } from './compile-context.ts';
import { compileLoop, compileParallel } from './compile-loop.ts';
import { compileTarget, compileTemplate } from './compile-template.ts';
import { compileTry } from './compile-try.ts';
import type { Assignment, SourcePosition, Step, StepList, SwitchStep, Template } from './program.ts';
import { readFields, readName, readNamedItems } from './read-fields.ts';
import type { SourceMap, SourceNode } from './source-tree.ts';

/** The keys that make a step what it is, with the keys that may stand beside them. */
const companions = {
  assign: ['next'],
  call: ['args', 'result', 'next'],
  switch: ['next'],
  for: ['next'],
  parallel: ['next'],
  try: ['retry', 'except', 'next'],
  raise: [],
  return: [],
  steps: ['next'],
  next: [],
} as const satisfies Record<string, readonly string[]>;

type StepKey = keyof typeof companions;
const stepKeys = Object.keys(companions) as StepKey[];
const allKeys = [...stepKeys, 'args', 'result', 'retry', 'except'] as const;
type Fields = Partial<Record<(typeof allKeys)[number], SourceNode>>;

/** Compiles a list of named steps and registers it under its path. */
export function compileSteps(
  node: SourceNode | undefined,
  path: string,
  placement: Placement,
  context: CompileContext,
): StepList {
  const list = openList(path, placement, context);
  const inside: Enclosure = { list, outer: placement.outer, border: placement.border };
  if (node?.kind === 'list' && node.items.length === 0) context.report('structure', node, 'there are no steps');
  for (const { key, value, line, column } of readNamedItems(node, 'steps', context)) {
    addStep({ name: key, path: `${path}/${key}`, inside, line, column }, value, context);
  }
  return list;
}

/** Compiles what stands directly under `switch`, `try` or a branch: `steps`, or one step without a name of its own. */
export function compileBody(
  node: SourceMap,
  frame: StepFrame,
  label: string,
  border: Enclosure['border'],
  context: CompileContext,
): StepList {
  const path = `${frame.path}${label}`;
  const placement: Placement = { routine: frame.inside.list.routine, outer: frame.inside, border };
  const [first] = node.entries;
  if (node.entries.length === 1 && first?.key === 'steps') return compileSteps(first.value, path, placement, context);
  const list = openList(path, placement, context);
  const inside: Enclosure = { list, outer: frame.inside, border };
  addStep({ name: frame.name, path, inside, line: node.line, column: node.column }, node, context);
  return list;
}

function openList(path: string, placement: Placement, context: CompileContext): Enclosure['list'] {
  const list = { path, routine: placement.routine, steps: [] as Step[] };
  context.lists.set(path, list);
  return list;
}

function addStep(frame: StepFrame, node: SourceNode, context: CompileContext): void {
  const around = context.path;
  context.path = frame.path;
  const step = compileStep(frame, node, context);
  if (step !== undefined) frame.inside.list.steps.push(step);
  context.path = around;
}

function compileStep(frame: StepFrame, node: SourceNode, context: CompileContext): Step | undefined {
  const fields: Fields = readFields(node, allKeys, 'a step', context);
  const kinds = stepKeys.filter((key) => key !== 'next' && fields[key] !== undefined);
  const kind: StepKey | undefined = kinds[0] ?? (fields.next === undefined ? undefined : 'next');
  if (kind === undefined || kinds.length > 1) {
    if (node.kind === 'map') context.report('structure', frame, `a step is exactly one of: ${stepKeys.join(', ')}`);
    return undefined;
  }
  for (const key of Object.keys(fields)) {
    if (key !== kind && !(companions[kind] as readonly string[]).includes(key)) {
      context.report('unknown-key', fields[key as StepKey]!, `${key} cannot stand beside ${kind}`);
    }
  }
  const step = build(kind, fields, frame, context);
  if (step !== undefined) noteJump(step, fields.next, frame, context);
  return step;
}

function noteJump(step: Step, next: SourceNode | undefined, frame: StepFrame, context: CompileContext): void {
  if (next === undefined) return;
  if (next.kind === 'scalar' && typeof next.value === 'string') {
    context.jumps.push({ target: next.value, at: next, step, inside: frame.inside });
  } else {
    context.report('structure', next, 'next must be the name of a step');
  }
}

function build(kind: StepKey, fields: Fields, frame: StepFrame, context: CompileContext): Step | undefined {
  const { name, path, line, column } = frame;
  const base = { name, path, line, column };
  switch (kind) {
    case 'assign':
      return { ...base, kind, assignments: compileAssignments(fields.assign!, context) };
    case 'call':
      return compileCall(base, fields, context);
    case 'switch':
      return { ...base, kind, cases: compileCases(fields.switch!, frame, context) };
    case 'for': {
      const loop = compileLoop(fields.for!, frame, 'loop', context);
      return loop === undefined ? undefined : { ...base, kind, loop };
    }
    case 'parallel':
      return compileParallel(fields.parallel!, frame, context);
    case 'try':
      return compileTry({ body: fields.try!, retry: fields.retry, except: fields.except }, frame, context);
    case 'raise':
    case 'return':
      return { ...base, kind, value: compileTemplate(fields[kind]!, context) };
    case 'steps': {
      const placement: Placement = { routine: frame.inside.list.routine, outer: frame.inside, border: 'block' };
      return { ...base, kind, body: compileSteps(fields.steps, `${path}/steps`, placement, context) };
    }
    case 'next':
      return { ...base, kind: 'jump' };
  }
}

function compileAssignments(node: SourceNode, context: CompileContext): Assignment[] {
  const entries = readNamedItems(node, 'assign', context);
  if (entries.length > limits.assignmentsPerStep) {
    context.report(
      'too-many-assignments',
      node,
      `${entries.length} assignments, ${limits.assignmentsPerStep} are allowed in a step`,
    );
  }
  return entries.map(({ key, value, line, column }) => ({
    target: compileTarget(key, { line, column }, context),
    value: compileTemplate(value, context),
    at: { line, column },
  }));
}

function compileCall(
  base: SourcePosition & { name: string; path: string },
  fields: Fields,
  context: CompileContext,
): Step | undefined {
  const target = fields.call!;
  if (target.kind !== 'scalar' || typeof target.value !== 'string') {
    context.report('structure', target, 'call must be the name of a function or subworkflow');
    return undefined;
  }
  const args: Template | undefined = fields.args === undefined ? undefined : compileTemplate(fields.args, context);
  const result = readName(fields.result, 'result', context);
  return { ...base, kind: 'call', target: target.value, args, result };
}

function compileCases(node: SourceNode, frame: StepFrame, context: CompileContext): SwitchStep['cases'] {
  if (node.kind !== 'list') {
    context.report('structure', node, 'switch must be a list of conditions');
    return [];
  }
  if (node.items.length > limits.conditionsPerSwitch) {
    context.report(
      'too-many-conditions',
      node,
      `${node.items.length} conditions, ${limits.conditionsPerSwitch} are allowed in a switch`,
    );
  }
  return node.items.flatMap((item, index) => {
    const condition = item.kind === 'map' ? item.entries.find(({ key }) => key === 'condition') : undefined;
    if (item.kind !== 'map' || condition === undefined) {
      context.report('structure', item, 'an entry of switch needs a condition');
      return [];
    }
    const rest: SourceMap = { ...item, entries: item.entries.filter((entry) => entry !== condition) };
    const body = compileBody(rest, frame, `[${index}]`, 'block', context);
    return [
      { condition: compileTemplate(condition.value, context), body, at: { line: item.line, column: item.column } },
    ];
  });
}
