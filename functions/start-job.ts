import { increment } from '../shared/ports/index.ts';
import { changeJob, isClosed, outboxPath } from '../shared/records/jobs.ts';
import { dueAfter } from '../shared/records/outbox.ts';
import type { JobDocument } from '../shared/schema/index.ts';
import type { Deps } from './context.ts';

/** The workflow of a job, by the name of its file. */
export const jobWorkflow = 'produce-asset';
/** How long a started job is left alone before a sweep looks after it; most have ended by then. */
export const lookMs = 5 * 60_000;

/**
 * Starts the workflow of a job, and tells the outbox to look after it later. A crash in between leads to a second execution,
 * which finds the job taken and ends by itself.
 */
export async function startJob(deps: Pick<Deps, 'docs' | 'workflows' | 'clock'>, job: JobDocument): Promise<void> {
  const ids = { tenantId: job.tenantId, jobId: job.id };
  const trace = job.trace ? { traceparent: job.trace.execution } : {};
  const executionName = await deps.workflows.start(jobWorkflow, { ...ids, ...trace });
  const path = outboxPath(job.id);
  const now = await changeJob(deps.docs, deps.clock, ids, (before) => {
    if (isClosed(before)) return { job: { executionName }, writes: [{ kind: 'delete', path }] };
    // It was quick: its entry waits for the decision already.
    if (before.status === 'needs_review') return { job: { executionName } };
    const data = { ...ids, dueAt: dueAfter(deps.clock.now(), lookMs), starts: increment(1) };
    return { job: { executionName }, writes: [{ kind: 'set', merge: true, path, data }] };
  });
  // Cancelled while there was no execution to cancel yet.
  if (now.status === 'cancelled') await deps.workflows.cancel(executionName);
}
