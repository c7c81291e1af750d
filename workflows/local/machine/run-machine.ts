import { limits } from '../limits.ts';
import type { Program, Routine } from '../program/program.ts';
import type { Value } from '../value.ts';
import { languageError, toWorkflowError, WorkflowError } from '../workflow-error.ts';
import { branchesError, endBranch, isFinished, startBranches } from './branches.ts';
import { enterRoutine } from './enter-routine.ts';
import { CallSuspension } from './evaluate-template.ts';
import { finishStep, raiseAt, returnValue, type TaskEnd, takeResult } from './flow.ts';
import { roundScope } from './iteration.ts';
import type { MachineHost } from './machine-host.ts';
import { runStep } from './run-step.ts';
import { type Frame, type ListFrame, listFrame, type MachineState, type Task, type TryFrame } from './state.ts';

/** An execution that has not run yet. */
export function newMachine(program: Program, argument: Value): MachineState {
  const main = program.routines.get('main') as Routine;
  const task: Task = { id: 1, parent: 0, branch: '', depth: 0, nesting: 0, frames: [], pending: null };
  const machine: MachineState = {
    program,
    tasks: new Map([[task.id, task]]),
    callbacks: new Map(),
    ready: [task],
    lastTask: task.id,
    lastOperation: 0,
    lastEntry: 0,
    steps: 0,
    memoryBytes: 0,
    outcome: null,
  };
  enterRoutine(machine, task, main, main.parameters.length === 0 ? [] : [argument], 'exit');
  return machine;
}

/**
 * Runs the machine until every task waits or the execution has its outcome. Answers true when it stopped only because
 * `budget` steps were run, so that one execution cannot hold the process.
 */
export function advance(machine: MachineState, host: MachineHost, budget = 2000): boolean {
  const end = machine.steps + budget;
  while (machine.outcome === null) {
    const task = machine.ready.shift();
    if (task === undefined) return false;
    if (!runTask(machine, host, task, end)) {
      machine.ready.unshift(task);
      return true;
    }
  }
  return false;
}

/** Gives a task what it waited for. Ignored when the task no longer waits for this operation. */
export function deliver(
  machine: MachineState,
  host: MachineHost,
  task: Task,
  operation: number,
  result: { readonly value: Value } | { readonly error: WorkflowError },
): void {
  if (machine.outcome !== null || task.pending?.operation !== operation) return;
  const { kind } = task.pending;
  task.pending = null;
  machine.ready.push(task);
  attempt(machine, host, task, () => {
    if ('error' in result) throw result.error;
    if (kind !== 'retry') return takeResult(machine, host, task, result.value);
    const frame = task.frames.at(-1) as TryFrame;
    frame.phase = 'body';
    task.frames.push(listFrame(frame.step.body, frame.scope));
    return undefined;
  });
}

/** Runs a task until it waits or has ended; false when the budget is used up. */
function runTask(machine: MachineState, host: MachineHost, task: Task, end: number): boolean {
  while (machine.outcome === null && machine.tasks.has(task.id) && task.pending === null) {
    const frame = task.frames.at(-1);
    if (frame === undefined) return true;
    if (frame.kind === 'parallel') {
      startBranches(machine);
      if (!isFinished(frame)) return true;
    }
    if (machine.steps >= end) return false;
    attempt(machine, host, task, () => runFrame(machine, host, task, frame));
  }
  return true;
}

/** Runs something of a task, turns what it throws into an error of the workflow, and takes the task's end. */
function attempt(machine: MachineState, host: MachineHost, task: Task, run: () => TaskEnd | undefined): void {
  let end: TaskEnd | undefined;
  try {
    end = run();
  } catch (thrown) {
    end =
      thrown instanceof CallSuspension
        ? suspend(machine, host, task, thrown)
        : raiseSafely(machine, host, task, thrown);
  }
  if (end !== undefined) endTask(machine, task, end);
}

function suspend(machine: MachineState, host: MachineHost, task: Task, call: CallSuspension): TaskEnd | undefined {
  try {
    enterRoutine(machine, task, call.routine, call.args, 'memo');
    return undefined;
  } catch (thrown) {
    return raiseSafely(machine, host, task, thrown);
  }
}

function raiseSafely(machine: MachineState, host: MachineHost, task: Task, thrown: unknown): TaskEnd | undefined {
  if (!(thrown instanceof WorkflowError)) host.log({ severity: 'ERROR', data: `internal error: ${String(thrown)}` });
  return raiseAt(machine, host, task, toWorkflowError(thrown));
}

function endTask(machine: MachineState, task: Task, end: TaskEnd): void {
  const error = 'error' in end ? end.error : undefined;
  if (error?.fatal || task.parent === 0) {
    machine.outcome =
      error === undefined ? { kind: 'succeeded', result: (end as { value: Value }).value } : { kind: 'failed', error };
    return;
  }
  endBranch(machine, task, error);
  startBranches(machine);
  for (const waiting of machine.tasks.values()) {
    const frame = waiting.frames.at(-1);
    if (frame?.kind === 'parallel' && isFinished(frame) && !machine.ready.includes(waiting))
      machine.ready.push(waiting);
  }
}

function runFrame(machine: MachineState, host: MachineHost, task: Task, frame: Frame): TaskEnd | undefined {
  switch (frame.kind) {
    case 'list':
      return frame.index < frame.list.steps.length
        ? countAndRun(machine, host, task, frame)
        : leaveList(machine, host, task);
    case 'for': {
      if (frame.next >= frame.count) {
        task.frames.pop();
        return finishStep(machine, host, task);
      }
      const { loop } = frame.step;
      const scope = roundScope(machine, loop, frame, frame.next, frame.scope, null);
      frame.next += 1;
      task.frames.push(listFrame(loop.body, scope));
      return undefined;
    }
    case 'parallel':
      task.frames.pop();
      if (frame.errors.length > 0) throw branchesError(frame);
      return finishStep(machine, host, task);
    default:
      throw new Error(`a ${frame.kind} frame cannot be the last of a task that runs`);
  }
}

function countAndRun(machine: MachineState, host: MachineHost, task: Task, frame: ListFrame): TaskEnd | undefined {
  if (frame.progress === 0 && frame.memo.length === 0) machine.steps += 1;
  if (machine.steps > limits.stepsPerExecution) {
    throw languageError('ResourceLimitError', `more than ${limits.stepsPerExecution} steps were run`, { fatal: true });
  }
  return runStep(machine, host, task, frame);
}

/** All steps of a list are done: what stands below it decides how to go on. */
function leaveList(machine: MachineState, host: MachineHost, task: Task): TaskEnd | undefined {
  task.frames.pop();
  const below = task.frames.at(-1);
  if (below === undefined || below.kind === 'call') return returnValue(machine, host, task, null);
  if (below.kind === 'for') return undefined;
  if (below.kind === 'try') task.frames.pop();
  return finishStep(machine, host, task);
}
