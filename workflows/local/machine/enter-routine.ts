import { limits } from '../limits.ts';
import type { Routine } from '../program/program.ts';
import type { Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import { newScope, writeVariable } from './scope.ts';
import { type CallFrame, listFrame, type MachineState, type Task } from './state.ts';

/** Starts a routine on top of a task; `args` has one value for each parameter. @throws RecursionError, ResourceLimitError */
export function enterRoutine(
  machine: MachineState,
  task: Task,
  routine: Routine,
  args: readonly Value[],
  into: CallFrame['into'],
): void {
  const depth = task.depth + task.frames.filter(({ kind }) => kind === 'call').length;
  if (depth >= limits.callDepth) {
    throw languageError('RecursionError', `maximum call depth of ${limits.callDepth} exceeded`);
  }
  const scope = newScope(null);
  task.frames.push({ kind: 'call', routine: routine.name, into }, listFrame(routine.body, scope));
  try {
    for (const [index, { name }] of routine.parameters.entries()) {
      scope.variables.set(name, null);
      writeVariable(machine, scope, name, args[index] ?? null);
    }
  } catch (error) {
    task.frames.splice(-2);
    throw error;
  }
}
