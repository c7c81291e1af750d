import type { Clock } from './clock.ts';
import { commitQueue } from './commit-queue.ts';
import { endedRow, failedRow } from './end-of-execution.ts';
import type { LiveExecution } from './live-execution.ts';
import { advance, deliver } from './machine/run-machine.ts';
import type { Task } from './machine/state.ts';
import { cancelEntries } from './machine/step-entries.ts';
import type { OperationResult, StartOperation } from './operations.ts';
import type { ExecutionRow, ExecutionStore } from './store/execution-store.ts';
import { toWorkflowError } from './workflow-error.ts';

/** Runs executions: steps, then one commit for all that changed, then what the steps wait for. */
export interface LiveExecutions {
  find(name: string): LiveExecution | undefined;
  /** Takes an execution over and runs it. */
  add(live: LiveExecution): void;
  /** Takes an execution over as the store has it: what it waits for is begun again at once. */
  restore(live: LiveExecution): void;
  /** Runs an execution on after something was delivered to it. */
  run(live: LiveExecution): void;
  /** Resolves when everything that has happened so far is in the store. @throws RequestError UNAVAILABLE */
  committed(): Promise<void>;
  cancel(live: LiveExecution): void;
  /** Gives up everything at once, as if the process ended; nothing more is written. */
  close(): void;
}

export interface LiveOptions {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly start: StartOperation;
  onFinished(row: ExecutionRow): void;
  onStoreError(error: unknown): void;
}

export function liveExecutions({ store, clock, start, onFinished, onStoreError }: LiveOptions): LiveExecutions {
  const lives = new Map<string, LiveExecution>();
  let closed = false;

  const onResult = (live: LiveExecution, task: Task, operation: number, result: OperationResult) => {
    if (closed || !live.running.delete(operation)) return;
    deliver(live.machine, live.host, task, operation, result);
    run(live);
  };

  const onCommitted = (live: LiveExecution) => {
    if (live.row.state === 'ACTIVE') return startOperations(live, start, onResult);
    lives.delete(live.row.name);
    onFinished(live.row);
  };
  const onUnwritable = (live: LiveExecution, error: unknown) => {
    onStoreError(error);
    setEnd(live, failedRow(live.row, toWorkflowError(error), clock.now()));
  };
  const queue = commitQueue({ store, onCommitted, onStoreError, onUnwritable });

  const end = (live: LiveExecution, row: ExecutionRow) => {
    setEnd(live, row);
    queue.mark(live);
  };

  const run = (live: LiveExecution) => {
    if (closed || live.row.state !== 'ACTIVE') return;
    const { machine, host } = live;
    if (advance(machine, host)) {
      setImmediate(run, live);
      return;
    }
    if (machine.outcome !== null) return end(live, endedRow(live.row, machine.outcome, clock.now()));
    giveUp(live, new Set([...machine.tasks.values()].map(({ pending }) => pending?.operation)));
    queue.mark(live);
  };

  return {
    find: (name) => lives.get(name),
    add(live) {
      lives.set(live.row.name, live);
      run(live);
    },
    restore(live) {
      lives.set(live.row.name, live);
      if (live.machine.ready.length > 0) run(live);
      else startOperations(live, start, onResult);
    },
    run,
    committed: queue.committed,
    cancel: (live) => end(live, { ...live.row, state: 'CANCELLED', endTime: clock.now() }),
    close() {
      closed = true;
      queue.close();
      for (const live of lives.values()) giveUp(live, new Set());
    },
  };
}

/** Gives an execution its last row; what it still waits for is given up. */
function setEnd(live: LiveExecution, row: ExecutionRow): void {
  giveUp(live, new Set());
  cancelEntries(live.machine, live.host);
  live.row = row;
  live.rowChanged = true;
}

/** Begins what the tasks of an execution wait for and is not under way yet. */
function startOperations(
  live: LiveExecution,
  start: StartOperation,
  onResult: (live: LiveExecution, task: Task, operation: number, result: OperationResult) => void,
): void {
  for (const task of live.machine.tasks.values()) {
    const { pending } = task;
    if (pending === null || live.running.has(pending.operation)) continue;
    const { operation } = pending;
    const operationId = `${live.row.name}/operations/${operation}`;
    live.running.set(
      operation,
      start(pending, operationId, (result) => onResult(live, task, operation, result)),
    );
  }
}

/** Gives up what is under way and no longer wanted, such as the timeout of a callback that has come. */
function giveUp(live: LiveExecution, wanted: ReadonlySet<number | undefined>): void {
  for (const [operation, abandon] of live.running) {
    if (wanted.has(operation)) continue;
    live.running.delete(operation);
    abandon();
  }
}
