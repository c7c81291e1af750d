import type { Loop } from '../program/program.ts';
import { isList, typeName, type Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import type { Evaluator } from './evaluate-template.ts';
import { newScope, writeVariable } from './scope.ts';
import type { Iteration, MachineState, Scope } from './state.ts';

/** Evaluates what a loop runs over. @throws TypeError */
export function beginIteration(loop: Loop, evaluate: Evaluator): Iteration {
  const { source } = loop;
  if (source.kind === 'in') {
    const items = evaluate.template(source.list);
    if (!isList(items)) throw languageError('TypeError', `a loop needs a list, not ${typeName(items)}`);
    return { items, first: 0n, count: items.length, next: 0 };
  }
  const first = evaluate.template(source.from);
  const last = evaluate.template(source.to);
  if (typeof first !== 'bigint' || typeof last !== 'bigint') {
    throw languageError('TypeError', `a range needs integers, not ${typeName(first)} and ${typeName(last)}`);
  }
  return { items: null, first, count: last < first ? 0 : Number(last - first + 1n), next: 0 };
}

/** Makes the scope of one round of a loop, with its value and index in it. */
export function roundScope(
  machine: MachineState,
  loop: Loop,
  iteration: Iteration,
  round: number,
  parent: Scope,
  shared: readonly string[] | null,
): Scope {
  const scope = newScope(parent, shared);
  const value: Value = iteration.items === null ? iteration.first + BigInt(round) : iteration.items[round]!;
  scope.variables.set(loop.value, null);
  writeVariable(machine, scope, loop.value, value);
  if (loop.index !== undefined) scope.variables.set(loop.index, BigInt(round));
  return scope;
}
