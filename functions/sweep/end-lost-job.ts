import { apiCallEvent } from '../../shared/metering/usage-event.ts';
import { changeJob, publicJob } from '../../shared/records/jobs.ts';
import { jobEndWrites } from '../../shared/records/quotas.ts';
import { webhookDeliveries } from '../../shared/records/webhooks.ts';
import { type JobDocument, terminalStatuses } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { publishPending } from '../publish-deliveries.ts';
import { tellExecution } from '../tell-execution.ts';

/**
 * Ends a job that nobody works on any more as failed, in one commit with its event, webhooks and what it held of the
 * quotas. Only the accepted request stays charged; there is no receipt, since nothing was delivered. A job that has ended
 * meanwhile, or has been claimed by another execution than `job` tells of, stays as it is.
 *
 * @returns whether this call ended it.
 */
export async function endLostJob(
  deps: Pick<Deps, 'docs' | 'bus' | 'telemetry' | 'clock'>,
  job: JobDocument,
  message: string,
): Promise<boolean> {
  const { docs, clock } = deps;
  const chargedMicroUsd = apiCallEvent(job).amountMicroUsd;
  const end: Partial<JobDocument> = {
    status: 'failed',
    error: { code: 'work_crashed', message },
    finishedAt: clock.now().toISOString(),
    chargedMicroUsd,
  };
  const deliveries = await webhookDeliveries(docs, clock, job.tenantId, {
    type: 'job.failed',
    jobId: job.id,
    data: publicJob({ ...job, ...end }),
  });
  let ended = false;
  const now = await changeJob(docs, clock, { tenantId: job.tenantId, jobId: job.id }, (before) => {
    ended = !terminalStatuses.includes(before.status) && before.executionId === job.executionId;
    if (!ended) return undefined;
    return {
      job: end,
      events: [{ type: 'job.failed', message }],
      writes: [...deliveries, ...jobEndWrites(job, { chargedMicroUsd, deliveredBytes: 0 })],
    };
  });
  if (!ended) return false;
  tellExecution(deps.telemetry, now);
  // What is not published now, the sweep of webhooks publishes.
  await publishPending(deps, job);
  return true;
}
