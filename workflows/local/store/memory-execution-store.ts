import type { StepEntry } from '../machine/machine-host.ts';
import { type ExecutionRow, type ExecutionStore, latestEntries, type Revision } from './execution-store.ts';

/** An execution store for tests. `copy()` is what a process that starts now would find. */
export function memoryExecutionStore(): ExecutionStore & { copy(): ReturnType<typeof memoryExecutionStore> } {
  return storeOver({ revisions: [], rows: new Map(), snapshots: new Map(), entries: new Map() });
}

interface Tables {
  readonly revisions: Revision[];
  readonly rows: Map<string, ExecutionRow>;
  readonly snapshots: Map<string, string>;
  readonly entries: Map<string, StepEntry[]>;
}

function storeOver(tables: Tables): ReturnType<typeof memoryExecutionStore> {
  const { revisions, rows, snapshots, entries } = tables;
  return {
    saveRevision(revision) {
      revisions.push(revision);
    },
    loadRevision: (workflowId, revisionId) =>
      revisions.find((revision) => revision.workflowId === workflowId && revision.revisionId === revisionId),
    listLatestRevisions: () => [...new Map(revisions.map((revision) => [revision.workflowId, revision])).values()],
    commit(changes) {
      for (const change of changes) {
        if (change.row !== undefined) rows.set(change.name, change.row);
        if (change.snapshot === null) snapshots.delete(change.name);
        else snapshots.set(change.name, change.snapshot);
        entries.set(change.name, [...(entries.get(change.name) ?? []), ...change.entries]);
      }
    },
    loadExecution: (name) => rows.get(name),
    listUnfinished: () => [...snapshots].map(([name, snapshot]) => ({ row: rows.get(name)!, snapshot })),
    listExecutions: (workflowId, { limit, offset }) =>
      [...rows.values()]
        .filter((row) => row.workflowId === workflowId)
        .reverse()
        .slice(offset, offset + limit),
    listStepEntries: (name) => latestEntries(entries.get(name) ?? []),
    copy: () =>
      storeOver({
        revisions: [...revisions],
        rows: new Map(rows),
        snapshots: new Map(snapshots),
        entries: new Map(entries),
      }),
  };
}
