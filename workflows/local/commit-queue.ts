import type { LiveExecution } from './live-execution.ts';
import { writeSnapshot } from './machine/snapshot.ts';
import { RequestError } from './request-error.ts';
import type { ExecutionChange, ExecutionStore } from './store/execution-store.ts';

/** How long to wait before a commit that failed is tried again. */
const storeRetryMs = 100;

/** Gathers the executions that changed in one turn of the event loop and writes them in one commit. */
export interface CommitQueue {
  /** Takes an execution into the next commit. */
  mark(live: LiveExecution): void;
  /** Resolves with the next commit, so when everything marked so far is in the store. @throws RequestError UNAVAILABLE */
  committed(): Promise<void>;
  /** Writes nothing from now on. */
  close(): void;
}

export interface CommitOptions {
  readonly store: ExecutionStore;
  /** What may happen now that the execution is in the store. */
  onCommitted(live: LiveExecution): void;
  onStoreError(error: unknown): void;
  /** Ends an execution whose state cannot be written, so that it does not hold up all others. */
  onUnwritable(live: LiveExecution, error: unknown): void;
}

export function commitQueue({ store, onCommitted, onStoreError, onUnwritable }: CommitOptions): CommitQueue {
  const dirty = new Set<LiveExecution>();
  let waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let scheduled = false;
  let closed = false;

  const schedule = () => {
    if (scheduled || closed) return;
    scheduled = true;
    setImmediate(flush);
  };

  const rejectAll = (waiters: typeof waiting, message: string, cause?: unknown) => {
    for (const { reject } of waiters) reject(new RequestError('UNAVAILABLE', message, { cause }));
  };

  const flush = () => {
    scheduled = false;
    if (closed) return;
    const changed = [...dirty];
    const changes = changed.map((live) => writeChange(live, onUnwritable));
    const waiters = waiting;
    waiting = [];
    try {
      if (changes.length > 0) store.commit(changes);
    } catch (error) {
      onStoreError(error);
      rejectAll(waiters, 'the store is not reachable', error);
      setTimeout(schedule, storeRetryMs);
      return;
    }
    for (const { resolve } of waiters) resolve();
    for (const live of changed) {
      dirty.delete(live);
      live.entries = [];
      live.rowChanged = false;
      if (!closed) onCommitted(live);
    }
  };

  return {
    mark(live) {
      dirty.add(live);
      schedule();
    },
    committed() {
      if (closed) return Promise.reject(new RequestError('UNAVAILABLE', 'the executor is closed'));
      const promise = new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
      schedule();
      return promise;
    },
    close() {
      closed = true;
      rejectAll(waiting, 'the executor is closed');
      waiting = [];
    },
  };
}

function writeChange(live: LiveExecution, onUnwritable: CommitOptions['onUnwritable']): ExecutionChange {
  try {
    return toChange(live);
  } catch (error) {
    onUnwritable(live, error);
    return toChange(live);
  }
}

function toChange({ row, rowChanged, machine, entries }: LiveExecution): ExecutionChange {
  const snapshot = row.state === 'ACTIVE' ? writeSnapshot(machine) : null;
  return { name: row.name, snapshot, entries, ...(rowChanged ? { row } : {}) };
}
