import { describeError } from '../../../shared/log.ts';
import { apiCallEvent } from '../../../shared/metering/usage-event.ts';
import { type Actor, auditWrite } from '../../../shared/records/audit.ts';
import { changeJob, publicJob, readJob } from '../../../shared/records/jobs.ts';
import { jobEndWrites } from '../../../shared/records/quotas.ts';
import { webhookDeliveries } from '../../../shared/records/webhooks.ts';
import { Job, type JobDocument, terminalStatuses } from '../../../shared/schema/index.ts';
import { publishPending } from '../../publish-deliveries.ts';
import { tellExecution } from '../../tell-execution.ts';
import { jobParams } from '../api-schemas.ts';
import { type ApiDeps, defineRoute } from '../route.ts';

/** Marks the job cancelled, in one commit with its event and webhooks, unless it has ended. */
async function markCancelled(deps: ApiDeps, job: JobDocument, actor: Actor): Promise<JobDocument> {
  // The accepted request itself was counted; nothing else is.
  const chargedMicroUsd = apiCallEvent(job).amountMicroUsd;
  const ended = { status: 'cancelled' as const, finishedAt: deps.clock.now().toISOString(), chargedMicroUsd };
  const deliveries = await webhookDeliveries(deps.docs, deps.clock, job.tenantId, {
    type: 'job.cancelled',
    jobId: job.id,
    data: publicJob({ ...job, ...ended }),
  });
  const writes = [
    ...deliveries,
    ...jobEndWrites(job, { chargedMicroUsd, deliveredBytes: 0 }),
    auditWrite(job.tenantId, deps.clock, actor, { action: 'job.cancelled', subject: job.id }),
  ];
  let isOurs = false;
  const cancelled = await changeJob(deps.docs, deps.clock, { tenantId: job.tenantId, jobId: job.id }, (now) => {
    isOurs = !terminalStatuses.includes(now.status);
    return isOurs ? { job: ended, events: [{ type: 'job.cancelled' }], writes } : undefined;
  });
  if (isOurs) tellExecution(deps.telemetry, cancelled);
  return cancelled;
}

/** Tells the workflow and the webhooks. The job is cancelled whether or not they can be reached now. */
async function tellCancelled(deps: ApiDeps, job: JobDocument): Promise<void> {
  try {
    if (job.executionName) await deps.workflows.cancel(job.executionName);
    await publishPending(deps, job);
  } catch (error) {
    deps.log('ERROR', 'cancellation not passed on', { jobId: job.id, error: describeError(error) });
  }
}

export const cancelJob = defineRoute({
  id: 'cancelJob',
  method: 'POST',
  path: '/v1/jobs/{jobId}:cancel',
  summary: 'Cancel a job. One that has ended stays as it is.',
  scope: 'jobs:write',
  params: jobParams,
  successes: [{ status: 200, description: 'The job as it now stands.', schema: Job }],
  async handler({ deps, tenantId, caller, params }) {
    const job = await readJob(deps.docs, tenantId, params.jobId);
    const now = terminalStatuses.includes(job.status) ? job : await markCancelled(deps, job, caller.actor);
    if (now.status === 'cancelled') await tellCancelled(deps, now);
    return { status: 200, json: publicJob(now) };
  },
});
