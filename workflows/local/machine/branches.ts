import { writeJson } from '../json-text.ts';
import { limits } from '../limits.ts';
import type { ParallelStep } from '../program/program.ts';
import { typeName, type Value } from '../value.ts';
import { errorMap, languageError, toWorkflowError, WorkflowError } from '../workflow-error.ts';
import type { Evaluator } from './evaluate-template.ts';
import { beginIteration, roundScope } from './iteration.ts';
import { hasVariable, newScope } from './scope.ts';
import { type ListFrame, listFrame, type MachineState, type ParallelFrame, type Scope, type Task } from './state.ts';

/** Puts the frame of a parallel step on its task. @throws ParallelNestingError, KeyError, TypeError, ValueError */
export function beginParallel(task: Task, frame: ListFrame, step: ParallelStep, evaluate: Evaluator): void {
  const nesting = task.nesting + task.frames.filter(({ kind }) => kind === 'parallel').length;
  if (nesting >= limits.parallelDepth) {
    throw languageError('ParallelNestingError', `parallel steps are nested deeper than ${limits.parallelDepth}`);
  }
  for (const name of step.shared) {
    if (!hasVariable(frame.scope, name)) throw languageError('KeyError', `shared variable not found: ${name}`);
  }
  const limit = step.concurrencyLimit === undefined ? limits.concurrentBranches : readLimit(step, evaluate);
  const { work } = step;
  const iteration =
    work.kind === 'for'
      ? beginIteration(work.loop, evaluate)
      : { items: null, first: 0n, count: work.branches.length, next: 0 };
  task.frames.push({
    kind: 'parallel',
    step,
    scope: frame.scope,
    limit,
    running: 0,
    errors: [],
    truncated: false,
    ...iteration,
  });
}

function readLimit(step: ParallelStep, evaluate: Evaluator): number {
  const value = evaluate.template(step.concurrencyLimit!);
  if (typeof value !== 'bigint') {
    throw languageError('TypeError', `concurrency_limit must be an integer, not ${typeName(value)}`);
  }
  if (value < 1n) throw languageError('ValueError', 'concurrency_limit must be positive');
  return Math.min(Number(value), limits.concurrentBranches);
}

/** Starts as many waiting branches and iterations as the limits of their steps and of the execution allow. */
export function startBranches(machine: MachineState): void {
  let busy = 0;
  for (const task of machine.tasks.values()) {
    if (task.parent !== 0 && task.frames.at(-1)?.kind !== 'parallel') busy += 1;
  }
  for (const task of [...machine.tasks.values()]) {
    const frame = task.frames.at(-1);
    if (frame?.kind !== 'parallel') continue;
    while (busy < limits.concurrentBranches && frame.running < frame.limit && frame.next < frame.count) {
      if (startBranch(machine, task, frame)) busy += 1;
    }
  }
}

/** Starts the next branch of a step; false when it failed before its first step, so that it takes nobody's place. */
function startBranch(machine: MachineState, parent: Task, frame: ParallelFrame): boolean {
  const round = frame.next;
  const { work, shared } = frame.step;
  frame.next += 1;
  frame.running += 1;
  machine.lastTask += 1;
  let scope: Scope;
  try {
    scope =
      work.kind === 'for'
        ? roundScope(machine, work.loop, frame, round, frame.scope, shared)
        : newScope(frame.scope, shared);
  } catch (thrown) {
    frame.running -= 1;
    addError(frame, String(round), toWorkflowError(thrown));
    return false;
  }
  const task: Task = {
    id: machine.lastTask,
    parent: parent.id,
    branch: work.kind === 'for' ? String(round) : work.branches[round]!.name,
    depth: parent.depth + parent.frames.filter(({ kind }) => kind === 'call').length,
    nesting: parent.nesting + parent.frames.filter(({ kind }) => kind === 'parallel').length,
    frames: [listFrame(work.kind === 'for' ? work.loop.body : work.branches[round]!.body, scope)],
    pending: null,
  };
  machine.tasks.set(task.id, task);
  machine.ready.push(task);
  return true;
}

/** Takes the end of a branch into the frame of its parallel step. */
export function endBranch(machine: MachineState, task: Task, error: WorkflowError | undefined): void {
  machine.tasks.delete(task.id);
  const frame = machine.tasks.get(task.parent)?.frames.at(-1) as ParallelFrame;
  frame.running -= 1;
  if (error !== undefined) addError(frame, task.branch, error);
}

function addError(frame: ParallelFrame, id: string, error: WorkflowError): void {
  if (frame.errors.length < limits.branchErrors) {
    frame.errors.push({ id, error: error.value, context: errorContext(error) });
  } else {
    frame.truncated = true;
  }
}

/** Tells whether all branches of a parallel step have ended. */
export function isFinished(frame: ParallelFrame): boolean {
  return frame.running === 0 && frame.next >= frame.count;
}

/** The one error that a parallel step raises for all its failed branches. */
export function branchesError(frame: ParallelFrame): WorkflowError {
  const branches = frame.errors.map(
    ({ id, error, context }): Value =>
      new Map<string, Value>([
        ['id', id],
        [
          'error',
          new Map<string, Value>([
            ['context', context],
            ['payload', error],
          ]),
        ],
      ]),
  );
  const message = 'UnhandledBranchError: One or more branches or iterations encountered an unhandled runtime error';
  return new WorkflowError(
    errorMap('UnhandledBranchError', message, [
      ['branches', branches],
      ['truncated', frame.truncated],
    ]),
  );
}

/** The text that Google puts beside an error: what was raised, and in which step. */
export function errorContext(error: WorkflowError): string {
  let text = error.message;
  if (error.value instanceof Map && !error.value.has('message')) {
    try {
      text = writeJson(error.value);
    } catch {
      text = 'a value without JSON form';
    }
  }
  const places = error.trace.map(({ step, routine, line }) => `in step "${step}", routine "${routine}", line: ${line}`);
  return [text, ...places].join('\n');
}
