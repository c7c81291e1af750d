import { limits } from '../limits.ts';
import type { CompileContext, StepFrame } from './compile-context.ts';
import { compileTemplate } from './compile-template.ts';
import type { Loop, LoopSource, ParallelStep } from './program.ts';
import { readFields, readName, readNamedItems } from './read-fields.ts';
import type { SourceNode } from './source-tree.ts';

/** Compiles the map under `for`. */
export function compileLoop(
  node: SourceNode,
  frame: StepFrame,
  border: 'loop' | 'branch',
  context: CompileContext,
): Loop | undefined {
  const fields = readFields(node, ['value', 'index', 'in', 'range', 'steps'], 'for', context);
  const value = readName(fields.value, 'value', context);
  const index = readName(fields.index, 'index', context);
  const source = compileLoopSource(node, fields, context);
  if (fields.steps === undefined) context.report('structure', node, 'for needs steps');
  const placement = { routine: frame.inside.list.routine, outer: frame.inside, border };
  const body = context.nested.steps(fields.steps, `${frame.path}/for`, placement, context);
  if (value === undefined) context.report('structure', node, 'for needs value');
  return value === undefined || source === undefined ? undefined : { value, index, source, body };
}

function compileLoopSource(
  node: SourceNode,
  fields: { in?: SourceNode; range?: SourceNode },
  context: CompileContext,
): LoopSource | undefined {
  if (fields.in !== undefined && fields.range === undefined) {
    return { kind: 'in', list: compileTemplate(fields.in, context) };
  }
  const range = fields.range;
  if (fields.in !== undefined || range === undefined) {
    context.report('structure', node, 'for needs either in or range');
    return undefined;
  }
  if (range.kind !== 'list' || range.items.length !== 2) {
    context.report('structure', range, 'range must be a list of the first and the last number');
    return undefined;
  }
  const [from, to] = range.items;
  return { kind: 'range', from: compileTemplate(from!, context), to: compileTemplate(to!, context) };
}

/** Compiles the map under `parallel`. */
export function compileParallel(node: SourceNode, frame: StepFrame, context: CompileContext): ParallelStep | undefined {
  const known = ['exception_policy', 'shared', 'concurrency_limit', 'branches', 'for'] as const;
  const fields = readFields(node, known, 'parallel', context);
  const { exception_policy: policy, concurrency_limit: limit } = fields;
  if (policy !== undefined && !(policy.kind === 'scalar' && policy.value === 'continueAll')) {
    context.report('structure', policy, 'continueAll is the only exception_policy');
  }
  if ((fields.branches === undefined) === (fields.for === undefined)) {
    context.report('structure', node, 'parallel needs either branches or for');
    return undefined;
  }
  const work =
    fields.for === undefined
      ? compileBranches(fields.branches!, frame, context)
      : compileFor(fields.for, frame, context);
  if (work === undefined) return undefined;
  const { name, path, line, column } = frame;
  return {
    ...{ name, path, line, column, kind: 'parallel' },
    shared: readShared(fields.shared, context),
    concurrencyLimit: limit === undefined ? undefined : readLimit(limit, context),
    work,
  };
}

function compileFor(node: SourceNode, frame: StepFrame, context: CompileContext): ParallelStep['work'] | undefined {
  const loop = compileLoop(node, frame, 'branch', context);
  return loop === undefined ? undefined : { kind: 'for', loop };
}

function compileBranches(node: SourceNode, frame: StepFrame, context: CompileContext): ParallelStep['work'] {
  const entries = readNamedItems(node, 'branches', context);
  if (entries.length > limits.branchesPerParallel) {
    context.report('too-many-branches', node, `${entries.length} branches, ${limits.branchesPerParallel} are allowed`);
  }
  const branches = entries.flatMap(({ key, value, ...at }, index) => {
    if (entries.findIndex((entry) => entry.key === key) < index) {
      context.report('duplicate-step', at, `a branch ${key} is there already`);
    }
    if (value.kind === 'map') {
      const body = context.nested.body(value, { ...frame, name: key }, `/${key}`, 'branch', context);
      return [{ name: key, body }];
    }
    context.report('structure', value, 'a branch is a map with steps');
    return [];
  });
  return { kind: 'branches', branches };
}

function readShared(node: SourceNode | undefined, context: CompileContext): string[] {
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    context.report('structure', node, 'shared must be a list of variables');
    return [];
  }
  return node.items.flatMap((item) => readName(item, 'a shared variable', context) ?? []);
}

function readLimit(node: SourceNode, context: CompileContext) {
  const template = compileTemplate(node, context);
  const literal = template.kind === 'constant' ? template.value : 1n;
  if (typeof literal !== 'bigint' || literal < 1n || literal > BigInt(limits.concurrentBranches)) {
    context.report(
      'concurrency-out-of-range',
      node,
      `concurrency_limit is an integer from 1 to ${limits.concurrentBranches}`,
    );
  }
  return template;
}
