import { failedRow } from './end-of-execution.ts';
import type { ExecutorCore } from './executor-core.ts';
import { readSnapshot } from './machine/snapshot.ts';
import type { ExecutionRow } from './store/execution-store.ts';
import { toWorkflowError } from './workflow-error.ts';

/** Goes on with every execution that the store has unfinished. Answers how many; one that cannot be read has failed. */
export function resumeExecutions(core: ExecutorCore): number {
  const unfinished = core.store.listUnfinished().filter(({ row }) => core.lives.find(row.name) === undefined);
  for (const { row, snapshot } of unfinished) {
    try {
      resume(core, row, snapshot);
    } catch (error) {
      core.log(row.name, 'ERROR', `cannot be resumed: ${String(error)}`);
      const end = failedRow(row, toWorkflowError(error), core.clock.now());
      core.store.commit([{ name: row.name, row: end, snapshot: null, entries: [] }]);
    }
  }
  return unfinished.length;
}

function resume(core: ExecutorCore, row: ExecutionRow, snapshot: string): void {
  const revision = core.store.loadRevision(row.workflowId, row.revisionId);
  if (revision === undefined) throw new Error(`revision ${row.revisionId} is not in the store`);
  const machine = readSnapshot(core.deployed.program(revision), snapshot);
  core.lives.restore(core.liveExecution(row, false, machine));
}
