import { writeJson } from '../json-text.ts';
import { limits } from '../limits.ts';
import { bindPositional } from '../stdlib/bind-arguments.ts';
import { functions } from '../stdlib/functions.ts';
import type { Value } from '../value.ts';
import { toWorkflowError, type WorkflowError } from '../workflow-error.ts';
import { enterRoutine } from './enter-routine.ts';
import type { MachineHost } from './machine-host.ts';
import { newScope, writeVariable } from './scope.ts';
import { type ListFrame, listFrame, type MachineState, type Task, type TryFrame } from './state.ts';
import { closeEntry } from './step-entries.ts';

/**
 * Unwinds a task to the `try` that handles the error: retries it, or enters its `except`. Answers the error when nothing
 * in the task handles it; then the task has no frames left.
 */
export function raise(
  machine: MachineState,
  host: MachineHost,
  task: Task,
  thrown: WorkflowError,
): WorkflowError | undefined {
  let error = thrown;
  let exception: string | undefined = exceptionText(error);
  let calling = error.trace.length === 0;
  for (let frame = task.frames.pop(); frame !== undefined; frame = task.frames.pop()) {
    if (frame.kind === 'list') {
      if (calling) addTrace(error, frame);
      calling = false;
      closeEntry(machine, host, frame, 'STATE_FAILED', exception);
      exception = undefined;
    } else if (frame.kind === 'call') {
      calling = true;
    } else if (frame.kind === 'try' && !error.fatal) {
      const unhandled = judge(machine, host, task, frame, error);
      if (unhandled === undefined) return undefined;
      error = unhandled;
    }
  }
  return error;
}

function exceptionText(error: WorkflowError): string {
  try {
    return writeJson(error.value);
  } catch {
    return JSON.stringify(error.message);
  }
}

function addTrace(error: WorkflowError, frame: ListFrame): void {
  const step = frame.list.steps[frame.index];
  if (step === undefined) return;
  error.trace.push({ routine: frame.list.routine, step: step.name, line: step.line, column: step.column });
}

/** Decides what a `try` does with an error that came out of its body or its predicate. */
function judge(
  machine: MachineState,
  host: MachineHost,
  task: Task,
  frame: TryFrame,
  error: WorkflowError,
): WorkflowError | undefined {
  if (frame.phase === 'predicate') return enterExcept(machine, task, frame, frame.error ?? error);
  const policy = frame.step.retry;
  if (policy === undefined || frame.retry === null || frame.retries >= frame.retry.maxRetries) {
    return enterExcept(machine, task, frame, error);
  }
  if (policy.predicate === undefined) return decide(machine, host, task, frame, error, true);
  const known = functions.get(policy.predicate);
  if (known !== undefined) return decide(machine, host, task, frame, error, known.run([error.value], host));
  const routine = machine.program.routines.get(policy.predicate);
  if (routine === undefined) return enterExcept(machine, task, frame, error);
  frame.phase = 'predicate';
  frame.error = error;
  task.frames.push(frame);
  try {
    enterRoutine(machine, task, routine, bindPositional(routine.name, routine.parameters, [error.value]), 'predicate');
    return undefined;
  } catch (thrown) {
    task.frames.pop();
    return enterExcept(machine, task, frame, toWorkflowError(thrown));
  }
}

/** Takes what a predicate subworkflow returned. The try frame is the task's last. Answers the error when it stays unhandled. */
export function predicateReturned(
  machine: MachineState,
  host: MachineHost,
  task: Task,
  verdict: Value,
): WorkflowError | undefined {
  const frame = task.frames.pop() as TryFrame;
  return decide(machine, host, task, frame, frame.error!, verdict);
}

function decide(
  machine: MachineState,
  host: MachineHost,
  task: Task,
  frame: TryFrame,
  error: WorkflowError,
  verdict: Value,
): WorkflowError | undefined {
  if (verdict !== true || frame.retry === null) return enterExcept(machine, task, frame, error);
  const { initialDelay, multiplier, maxDelay } = frame.retry;
  const growing = initialDelay === 0 ? 0 : initialDelay * multiplier ** frame.retries;
  const delaySeconds = Math.min(growing, maxDelay, limits.longestWaitSeconds);
  frame.retries += 1;
  frame.phase = 'delay';
  frame.error = null;
  task.frames.push(frame);
  machine.lastOperation += 1;
  task.pending = {
    operation: machine.lastOperation,
    kind: 'retry',
    target: 'retry',
    args: null,
    due: host.now() + delaySeconds * 1000,
    callback: null,
  };
  return undefined;
}

function enterExcept(
  machine: MachineState,
  task: Task,
  frame: TryFrame,
  error: WorkflowError,
): WorkflowError | undefined {
  const { except } = frame.step;
  if (except === undefined) return error;
  const scope = newScope(frame.scope);
  task.frames.push(listFrame(except.body, scope));
  if (except.as !== undefined) {
    scope.variables.set(except.as, null);
    try {
      writeVariable(machine, scope, except.as, error.value);
    } catch (thrown) {
      task.frames.pop();
      return toWorkflowError(thrown);
    }
  }
  return undefined;
}
