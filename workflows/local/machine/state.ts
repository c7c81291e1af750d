import type { ForStep, ParallelStep, Program, StepList, TryStep } from '../program/program.ts';
import type { Value } from '../value.ts';
import type { WorkflowError } from '../workflow-error.ts';

/** Variables of a routine, a loop iteration, an except block or a branch, on top of those around them. */
export interface Scope {
  readonly variables: Map<string, Value>;
  readonly parent: Scope | null;
  /** Set on the scope of a branch: the only variables of its parents that it may write. */
  readonly shared: readonly string[] | null;
}

/** Steps being run one after the other; `index` is the step that runs now. */
export interface ListFrame {
  readonly kind: 'list';
  readonly list: StepList;
  readonly scope: Scope;
  index: number;
  /** How many assignments or conditions of the step are done. */
  progress: number;
  /** Results of subworkflows called inside the expression being evaluated, in the order of the calls. */
  memo: Value[];
  /** The step entry of the running step, 0 when none is open, and when it began (milliseconds since 1970). */
  entry: number;
  entryAt: number;
}

/** What a loop runs over: `items`, or `count` integers from `first`. */
export interface Iteration {
  readonly items: readonly Value[] | null;
  readonly first: bigint;
  readonly count: number;
  next: number;
}

export interface ForFrame extends Iteration {
  readonly kind: 'for';
  readonly step: ForStep;
  readonly scope: Scope;
}

/** The numbers of a retry policy, evaluated when the try step begins; delays in seconds. */
export interface RetryNumbers {
  readonly maxRetries: number;
  readonly initialDelay: number;
  readonly maxDelay: number;
  readonly multiplier: number;
}

export interface TryFrame {
  readonly kind: 'try';
  readonly step: TryStep;
  readonly scope: Scope;
  readonly retry: RetryNumbers | null;
  retries: number;
  phase: 'body' | 'predicate' | 'delay';
  /** The error being judged while the predicate runs. */
  error: WorkflowError | null;
}

/** A call of a routine; `into` says who takes what it returns. */
export interface CallFrame {
  readonly kind: 'call';
  readonly routine: string;
  readonly into: 'exit' | 'result' | 'memo' | 'predicate';
}

export interface BranchError {
  readonly id: string;
  readonly error: Value;
  readonly context: string;
}

export interface ParallelFrame extends Iteration {
  readonly kind: 'parallel';
  readonly step: ParallelStep;
  readonly scope: Scope;
  readonly limit: number;
  running: number;
  readonly errors: BranchError[];
  truncated: boolean;
}

export type Frame = ListFrame | ForFrame | TryFrame | CallFrame | ParallelFrame;

/** Something that the task waits for. It is in the snapshot before it is begun, and begun again when the result is missing. */
export interface Pending {
  /** Unique in the execution and the same after a restart: what makes a repeated effect recognisable. */
  readonly operation: number;
  readonly kind: 'http' | 'connector' | 'sleep' | 'retry' | 'callback';
  /** The function that was called. */
  readonly target: string;
  readonly args: Value;
  /** When the wait ends (milliseconds since 1970): of sleeps, retries and callbacks. */
  readonly due: number | null;
  readonly callback: string | null;
}

/** A line of steps: the main one, or a branch or iteration of a parallel step. */
export interface Task {
  readonly id: number;
  /** The task with the parallel step, 0 for the main task. */
  readonly parent: number;
  /** The name of the branch or the number of the iteration. */
  readonly branch: string;
  /** Calls and parallel steps around this task. */
  readonly depth: number;
  readonly nesting: number;
  readonly frames: Frame[];
  pending: Pending | null;
}

/** An endpoint made by `events.create_callback_endpoint`, with the request that came before anyone awaited it. */
export interface CallbackEndpoint {
  readonly method: string;
  payload: Value | undefined;
}

export type Outcome =
  | { readonly kind: 'succeeded'; readonly result: Value }
  | { readonly kind: 'failed'; readonly error: WorkflowError };

/** Everything that a running execution is; `snapshot.ts` writes and reads it. */
export interface MachineState {
  readonly program: Program;
  readonly tasks: Map<number, Task>;
  readonly callbacks: Map<string, CallbackEndpoint>;
  /** Tasks that can run now, first in first out. Not in the snapshot: it follows from the tasks. */
  readonly ready: Task[];
  /** The number given last to a task, an operation, a step entry, and the number of steps run. */
  lastTask: number;
  lastOperation: number;
  lastEntry: number;
  steps: number;
  /** At least the bytes in variables: it grows with each assignment and is recounted when it passes the limit. */
  memoryBytes: number;
  outcome: Outcome | null;
}

export function listFrame(list: StepList, scope: Scope): ListFrame {
  return { kind: 'list', list, scope, index: 0, progress: 0, memo: [], entry: 0, entryAt: 0 };
}
