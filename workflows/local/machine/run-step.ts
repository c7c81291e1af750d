import { booleanOf } from '../expression/operators.ts';
import type { AssignStep, CallStep, RetryPolicy, SwitchStep, TryStep } from '../program/program.ts';
import { bindArgs } from '../stdlib/bind-arguments.ts';
import { functions } from '../stdlib/functions.ts';
import { numberArg } from '../stdlib/std-function.ts';
import { languageError, WorkflowError } from '../workflow-error.ts';
import { beginParallel } from './branches.ts';
import { callBlocking } from './call-blocking.ts';
import { enterRoutine } from './enter-routine.ts';
import { type Evaluator, evaluator } from './evaluate-template.ts';
import { finishStep, returnValue, type TaskEnd, takeResult } from './flow.ts';
import { beginIteration } from './iteration.ts';
import type { MachineHost } from './machine-host.ts';
import { hasVariable, readVariable, withChange, writeVariable } from './scope.ts';
import { type ListFrame, listFrame, type MachineState, type RetryNumbers, type Task } from './state.ts';
import { openEntry } from './step-entries.ts';

/** Runs the current step of a list until it is done, waits, or has put frames on the task. @throws WorkflowError, CallSuspension */
export function runStep(machine: MachineState, host: MachineHost, task: Task, frame: ListFrame): TaskEnd | undefined {
  const step = frame.list.steps[frame.index]!;
  const evaluate = evaluator(machine, host, frame);
  switch (step.kind) {
    case 'assign':
      runAssignments(machine, host, frame, step);
      return finishStep(machine, host, task);
    case 'call':
      return runCall(machine, host, task, frame, step, evaluate);
    case 'switch': {
      const body = chooseCase(machine, host, frame, step);
      if (body === undefined) return finishStep(machine, host, task);
      openEntry(machine, host, frame);
      task.frames.push(listFrame(body, frame.scope));
      return undefined;
    }
    case 'for': {
      const iteration = beginIteration(step.loop, evaluate);
      openEntry(machine, host, frame);
      task.frames.push({ kind: 'for', step, scope: frame.scope, ...iteration });
      return undefined;
    }
    case 'parallel':
      openEntry(machine, host, frame);
      beginParallel(task, frame, step, evaluate);
      return undefined;
    case 'try':
      beginTry(task, frame, step, evaluate);
      openEntry(machine, host, frame);
      return undefined;
    case 'raise':
      throw new WorkflowError(evaluate.template(step.value));
    case 'return':
      openEntry(machine, host, frame);
      return returnValue(machine, host, task, evaluate.template(step.value));
    case 'steps':
      openEntry(machine, host, frame);
      task.frames.push(listFrame(step.body, frame.scope));
      return undefined;
    case 'jump':
      return finishStep(machine, host, task);
  }
}

function runAssignments(machine: MachineState, host: MachineHost, frame: ListFrame, step: AssignStep): void {
  for (; frame.progress < step.assignments.length; frame.progress += 1) {
    const { target, value } = step.assignments[frame.progress]!;
    const evaluate = evaluator(machine, host, frame);
    const assigned = evaluate.template(value);
    const path = target.path.map((part) => evaluate.expression(part));
    const old =
      path.length > 0 && hasVariable(frame.scope, target.name) ? readVariable(frame.scope, target.name) : undefined;
    writeVariable(machine, frame.scope, target.name, withChange(old, path, assigned));
    frame.memo = [];
  }
}

function chooseCase(machine: MachineState, host: MachineHost, frame: ListFrame, step: SwitchStep) {
  for (; frame.progress < step.cases.length; frame.progress += 1) {
    const { condition, body } = step.cases[frame.progress]!;
    if (booleanOf(evaluator(machine, host, frame).template(condition), 'a condition')) return body;
    frame.memo = [];
  }
  return undefined;
}

function runCall(
  machine: MachineState,
  host: MachineHost,
  task: Task,
  frame: ListFrame,
  step: CallStep,
  evaluate: Evaluator,
): TaskEnd | undefined {
  const args = step.args === undefined ? null : evaluate.template(step.args);
  const routine = machine.program.routines.get(step.target);
  if (routine !== undefined) {
    const values = bindArgs(routine.name, routine.parameters, args);
    openEntry(machine, host, frame);
    enterRoutine(machine, task, routine, values, 'result');
    return undefined;
  }
  const known = functions.get(step.target);
  if (known !== undefined) {
    return takeResult(machine, host, task, known.run(bindArgs(known.name, known.parameters, args), host));
  }
  const begun = callBlocking(machine, host, task, step.target, args);
  if (begun !== undefined) return takeResult(machine, host, task, begun.done);
  openEntry(machine, host, frame);
  return undefined;
}

function beginTry(task: Task, frame: ListFrame, step: TryStep, evaluate: Evaluator): void {
  const retry = step.retry === undefined ? null : readRetry(step.retry, evaluate);
  task.frames.push(
    { kind: 'try', step, scope: frame.scope, retry, retries: 0, phase: 'body', error: null },
    listFrame(step.body, frame.scope),
  );
}

function readRetry(policy: RetryPolicy, evaluate: Evaluator): RetryNumbers {
  const read = (template: RetryPolicy['maxRetries'], what: string) => {
    const value = Number(numberArg(evaluate.template(template), what));
    if (!(value >= 0)) throw languageError('ValueError', `${what} must not be negative`);
    return Math.min(value, Number.MAX_SAFE_INTEGER);
  };
  return {
    maxRetries: read(policy.maxRetries, 'max_retries'),
    initialDelay: read(policy.initialDelay, 'initial_delay'),
    maxDelay: read(policy.maxDelay, 'max_delay'),
    multiplier: read(policy.multiplier, 'multiplier'),
  };
}
