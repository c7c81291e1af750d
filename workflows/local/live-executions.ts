import type { Clock } from './clock.ts';
import { writeJson } from './json-text.ts';
import { errorContext } from './machine/branches.ts';
import type { MachineHost, StepEntry } from './machine/machine-host.ts';
import { advance, deliver } from './machine/run-machine.ts';
import { writeSnapshot } from './machine/snapshot.ts';
import type { MachineState } from './machine/state.ts';
import type { OperationResult, StartOperation } from './operations.ts';
import { RequestError } from './request-error.ts';
import type { ExecutionRow, ExecutionStore } from './store/execution-store.ts';
import { toWorkflowError, type WorkflowError } from './workflow-error.ts';

/** An execution that has not ended, with what it waits for in this process. */
export interface LiveExecution {
  readonly machine: MachineState;
  readonly host: MachineHost;
  row: ExecutionRow;
  /** Whether the row must be written with the next commit: at the beginning and at the end. */
  rowChanged: boolean;
  /** Step entries that are not in the store yet. */
  entries: StepEntry[];
  /** What is under way, by operation number: how to give it up. */
  readonly running: Map<number, () => void>;
}

/** Runs executions: steps, then one commit for all that changed, then what the steps wait for. */
export interface LiveExecutions {
  find(name: string): LiveExecution | undefined;
  all(): Iterable<LiveExecution>;
  /** Takes an execution over and runs it. */
  add(live: LiveExecution): void;
  /** Takes an execution over as the store has it: what it waits for is begun again at once. */
  restore(live: LiveExecution): void;
  /** Runs an execution on after something was delivered to it. */
  run(live: LiveExecution): void;
  /** Resolves when everything that has happened so far is in the store. */
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

/** How long to wait before a commit that failed is tried again. */
const storeRetryMs = 100;

export function liveExecutions({ store, clock, start, onFinished, onStoreError }: LiveOptions): LiveExecutions {
  const lives = new Map<string, LiveExecution>();
  const dirty = new Set<LiveExecution>();
  let waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let scheduled = false;
  let closed = false;

  const schedule = () => {
    if (scheduled || closed) return;
    scheduled = true;
    setImmediate(flush);
  };

  const flush = () => {
    scheduled = false;
    if (closed) return;
    const changed = [...dirty];
    const waiters = waiting;
    waiting = [];
    try {
      if (changed.length > 0) store.commit(changed.map(toChange));
    } catch (error) {
      onStoreError(error);
      for (const { reject } of waiters)
        reject(new RequestError('UNAVAILABLE', 'the store is not reachable', { cause: error }));
      setTimeout(schedule, storeRetryMs).unref();
      return;
    }
    for (const { resolve } of waiters) resolve();
    dirty.clear();
    if (!closed) for (const live of changed) settle(live);
  };

  const settle = (live: LiveExecution) => {
    live.entries = [];
    live.rowChanged = false;
    if (live.row.state === 'ACTIVE') return startOperations(live);
    lives.delete(live.row.name);
    onFinished(live.row);
  };

  const startOperations = (live: LiveExecution) => {
    for (const task of live.machine.tasks.values()) {
      const { pending } = task;
      if (pending === null || live.running.has(pending.operation)) continue;
      const { operation } = pending;
      const done = (result: OperationResult) => {
        if (closed || !live.running.delete(operation)) return;
        deliver(live.machine, live.host, task, operation, result);
        run(live);
      };
      live.running.set(operation, start(pending, `${live.row.name}/operations/${operation}`, done));
    }
  };

  const giveUp = (live: LiveExecution, needed: (operation: number) => boolean) => {
    for (const [operation, abandon] of live.running) {
      if (needed(operation)) continue;
      live.running.delete(operation);
      abandon();
    }
  };

  const run = (live: LiveExecution) => {
    if (closed || live.row.state !== 'ACTIVE') return;
    const { machine, host } = live;
    if (advance(machine, host)) {
      setImmediate(run, live);
      return;
    }
    const wanted = new Set([...machine.tasks.values()].map(({ pending }) => pending?.operation));
    giveUp(live, (operation) => machine.outcome === null && wanted.has(operation));
    if (machine.outcome !== null) finish(live, endOf(machine.outcome, live.row, clock.now()));
    dirty.add(live);
    schedule();
  };

  const finish = (live: LiveExecution, row: ExecutionRow) => {
    live.row = row;
    live.rowChanged = true;
    dirty.add(live);
    schedule();
  };

  return {
    find: (name) => lives.get(name),
    all: () => lives.values(),
    add(live) {
      lives.set(live.row.name, live);
      run(live);
    },
    restore(live) {
      lives.set(live.row.name, live);
      if (live.machine.ready.length > 0) run(live);
      else startOperations(live);
    },
    run,
    committed() {
      if (closed) return Promise.reject(new RequestError('UNAVAILABLE', 'the executor is closed'));
      const promise = new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
      schedule();
      return promise;
    },
    cancel(live) {
      giveUp(live, () => false);
      live.machine.tasks.clear();
      finish(live, { ...live.row, state: 'CANCELLED', endTime: clock.now() });
    },
    close() {
      closed = true;
      for (const live of lives.values()) giveUp(live, () => false);
      for (const { reject } of waiting) reject(new RequestError('UNAVAILABLE', 'the executor is closed'));
      waiting = [];
    },
  };
}

function toChange({ row, rowChanged, machine, entries }: LiveExecution) {
  const snapshot = row.state === 'ACTIVE' ? writeSnapshot(machine) : null;
  return { name: row.name, snapshot, entries, ...(rowChanged ? { row } : {}) };
}

function endOf(outcome: NonNullable<MachineState['outcome']>, row: ExecutionRow, endTime: number): ExecutionRow {
  if (outcome.kind === 'failed') return failed(row, outcome.error, endTime);
  try {
    return { ...row, state: 'SUCCEEDED', result: writeJson(outcome.result), endTime };
  } catch (thrown) {
    return failed(row, toWorkflowError(thrown), endTime);
  }
}

/** The row of an execution that ended with an error. */
export function failed(row: ExecutionRow, error: WorkflowError, endTime: number): ExecutionRow {
  let payload: string;
  try {
    payload = writeJson(error.value);
  } catch {
    payload = JSON.stringify(error.message);
  }
  const elements = error.trace.map(({ step, routine, line, column }) => ({
    step,
    routine,
    position: { line: String(line), column: String(column) },
  }));
  const written = JSON.stringify({ payload, context: errorContext(error), stackTrace: { elements } });
  return { ...row, state: 'FAILED', error: written, endTime };
}
