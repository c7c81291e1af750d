import { AtlasError } from '../../shared/errors.ts';
import { describeError } from '../../shared/log.ts';
import { changeJob, outboxPath, readJob } from '../../shared/records/jobs.ts';
import { type JobDocument, terminalStatuses } from '../../shared/schema/index.ts';
import type { ApiDeps } from './route.ts';

export type StartDeps = Pick<ApiDeps, 'docs' | 'workflows' | 'clock' | 'log'>;

/**
 * Starts the workflow of a job and takes the job out of the outbox. A crash in between leads to a second execution, which
 * finds the job taken and ends by itself.
 */
export async function startJob(deps: StartDeps, job: JobDocument): Promise<void> {
  const ids = { tenantId: job.tenantId, jobId: job.id };
  const executionName = await deps.workflows.start('produce-asset', ids);
  const now = await changeJob(deps.docs, deps.clock, ids, () => ({
    job: { executionName },
    writes: [{ kind: 'delete', path: outboxPath(job.id) }],
  }));
  // Cancelled while there was no execution to cancel yet.
  if (now.status === 'cancelled') await deps.workflows.cancel(executionName);
}

/** One job of the outbox; returns whether its workflow was started. */
async function startLeft(deps: StartDeps, ids: { tenantId: string; jobId: string }): Promise<boolean> {
  const job = await readJob(deps.docs, ids.tenantId, ids.jobId).catch((error: unknown) => {
    if (error instanceof AtlasError && error.code === 'not_found') return undefined;
    throw error;
  });
  if (job && !terminalStatuses.includes(job.status)) {
    await startJob(deps, job);
    return true;
  }
  await deps.docs.delete(outboxPath(ids.jobId));
  return false;
}

/** Starts the jobs that were accepted but whose workflow was not started, in the order of their ids. */
export async function sweepOutbox(deps: StartDeps): Promise<number> {
  let started = 0;
  for (const { data } of await deps.docs.query<{ tenantId: string; jobId: string }>('jobOutbox')) {
    try {
      if (await startLeft(deps, data)) started += 1;
    } catch (error) {
      deps.log('ERROR', 'job not started; it stays in the outbox', { ...data, error: describeError(error) });
    }
  }
  return started;
}
