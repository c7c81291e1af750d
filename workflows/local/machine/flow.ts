import type { Jump } from '../program/program.ts';
import type { Value } from '../value.ts';
import type { WorkflowError } from '../workflow-error.ts';
import type { MachineHost } from './machine-host.ts';
import { predicateReturned, raise } from './raise.ts';
import { writeVariable } from './scope.ts';
import type { ListFrame, MachineState, Task } from './state.ts';
import { closeEntry } from './step-entries.ts';

/** How a task came to its end: what it returned, or the error that nothing in it handled. */
export type TaskEnd = { readonly value: Value } | { readonly error: WorkflowError };

/** Moves on from the running step of the task's last frame, which is a list. Answers the task's end when this was it. */
export function finishStep(machine: MachineState, host: MachineHost, task: Task): TaskEnd | undefined {
  const frame = task.frames.at(-1) as ListFrame;
  const { next } = frame.list.steps[frame.index]!;
  closeEntry(machine, host, frame, 'STATE_SUCCEEDED');
  if (next !== undefined && next.kind !== 'step') return leave(machine, host, task, next);
  if (next !== undefined) unwindTo(machine, host, task, next.list);
  const target = task.frames.at(-1) as ListFrame;
  moveTo(target, next === undefined ? frame.index + 1 : next.index);
  return undefined;
}

function moveTo(frame: ListFrame, index: number): void {
  frame.index = index;
  frame.progress = 0;
  frame.memo = [];
}

/** Drops frames until the list with this path is the last one; the steps left on the way have succeeded. */
function unwindTo(machine: MachineState, host: MachineHost, task: Task, path: string): void {
  for (let frame = task.frames.at(-1)!; ; frame = task.frames.at(-1)!) {
    if (frame.kind === 'list' && frame.list.path === path) {
      if (frame.entry !== 0) closeEntry(machine, host, frame, 'STATE_SUCCEEDED');
      return;
    }
    drop(machine, host, task);
  }
}

function drop(machine: MachineState, host: MachineHost, task: Task): void {
  const frame = task.frames.pop()!;
  if (frame.kind === 'list' && frame.entry !== 0) closeEntry(machine, host, frame, 'STATE_SUCCEEDED');
}

function leave(
  machine: MachineState,
  host: MachineHost,
  task: Task,
  jump: Exclude<Jump, { kind: 'step' }>,
): TaskEnd | undefined {
  if (jump.kind === 'end') return returnValue(machine, host, task, null);
  while (task.frames.at(-1)!.kind !== 'for') drop(machine, host, task);
  if (jump.kind === 'continue') return undefined;
  task.frames.pop();
  return finishStep(machine, host, task);
}

/** Returns from the routine that the task is in; a branch without a routine of its own ends. */
export function returnValue(machine: MachineState, host: MachineHost, task: Task, value: Value): TaskEnd | undefined {
  while (task.frames.length > 0 && task.frames.at(-1)!.kind !== 'call') drop(machine, host, task);
  const call = task.frames.pop();
  if (call === undefined || call.kind !== 'call' || call.into === 'exit') return { value };
  if (call.into === 'predicate') {
    const error = predicateReturned(machine, host, task, value);
    return error === undefined ? undefined : raiseAt(machine, host, task, error);
  }
  const caller = task.frames.at(-1) as ListFrame;
  if (call.into === 'memo') {
    caller.memo.push(value);
    return undefined;
  }
  return takeResult(machine, host, task, value);
}

/** Gives the result of the call step that the task is in to its variable and moves on. @throws ResourceLimitError and others */
export function takeResult(machine: MachineState, host: MachineHost, task: Task, value: Value): TaskEnd | undefined {
  const frame = task.frames.at(-1) as ListFrame;
  const step = frame.list.steps[frame.index]!;
  if (step.kind === 'call' && step.result !== undefined) writeVariable(machine, frame.scope, step.result, value);
  return finishStep(machine, host, task);
}

/** Raises an error in a task. Answers the task's end when nothing handled it. */
export function raiseAt(
  machine: MachineState,
  host: MachineHost,
  task: Task,
  error: WorkflowError,
): TaskEnd | undefined {
  const unhandled = raise(machine, host, task, error);
  return unhandled === undefined ? undefined : { error: unhandled };
}
