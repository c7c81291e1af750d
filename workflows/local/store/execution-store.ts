import type { StepEntry } from '../machine/machine-host.ts';

export type ExecutionState = 'ACTIVE' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** A deployed source. Executions keep running the revision that they began with. */
export interface Revision {
  readonly workflowId: string;
  readonly revisionId: string;
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly createTime: number;
}

/** An execution without what it is doing. `argument`, `result` and `error` are JSON text; times are milliseconds since 1970. */
export interface ExecutionRow {
  /** `projects/P/locations/L/workflows/W/executions/E` */
  readonly name: string;
  readonly workflowId: string;
  readonly revisionId: string;
  readonly state: ExecutionState;
  readonly argument: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startTime: number;
  readonly endTime: number | null;
  readonly result: string | null;
  readonly error: string | null;
}

/** What changed in one execution since the last commit. */
export interface ExecutionChange {
  readonly name: string;
  /** Set when the execution began or ended. */
  readonly row?: ExecutionRow;
  /** The state to go on from; null when the execution has ended. */
  readonly snapshot: string | null;
  readonly entries: readonly StepEntry[];
}

/** Where executions outlive the process. All calls are synchronous: a commit has happened when the call returns. */
export interface ExecutionStore {
  saveRevision(revision: Revision): void;
  loadRevision(workflowId: string, revisionId: string): Revision | undefined;
  /** The latest revision of every workflow. */
  listLatestRevisions(): Revision[];
  /** Writes all changes, or none of them. @throws when nothing was written */
  commit(changes: readonly ExecutionChange[]): void;
  loadExecution(name: string): ExecutionRow | undefined;
  /** Executions that have not ended, with their snapshots, oldest first. */
  listUnfinished(): { readonly row: ExecutionRow; readonly snapshot: string }[];
  /** Executions of a workflow, newest first. */
  listExecutions(workflowId: string, page: { readonly limit: number; readonly offset: number }): ExecutionRow[];
  /** The history of an execution in the order of entry ids, each entry in its latest state. */
  listStepEntries(name: string): StepEntry[];
}

/** Keeps the latest state of each entry, ordered by id. */
export function latestEntries(entries: Iterable<StepEntry>): StepEntry[] {
  const latest = new Map<number, StepEntry>();
  for (const entry of entries) latest.set(entry.entryId, entry);
  return [...latest.values()].sort((left, right) => left.entryId - right.entryId);
}
