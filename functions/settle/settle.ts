import type { CloudEvent } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { AtlasError, toAtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { describeError } from '../../shared/log.ts';
import { jobPath } from '../../shared/records/jobs.ts';
import {
  type JobDocument,
  ReviewCommand,
  SettleInput,
  StageCommand,
  terminalStatuses,
} from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { deliverySpan, stageSpan } from '../delivery-span.ts';
import { answerCallback, isLastDelivery, ownedJob, readMessage } from '../event-function.ts';
import { publishPending } from '../publish-deliveries.ts';
import { collect } from './collect.ts';
import { settleJob } from './settle-job.ts';
import { settleReview } from './settle-review.ts';

/**
 * Ends a job whatever happens: what cannot be settled, now or at any later delivery, ends it as failed. A job without an
 * end would be the one thing that its customer can do nothing about.
 */
async function endJob(deps: Deps, job: JobDocument, input: unknown, last: boolean): Promise<JobDocument> {
  try {
    const told = SettleInput.parse(input);
    return await settleJob(deps, job, { collected: await collect(deps, job, told), input: told });
  } catch (thrown) {
    const error =
      thrown instanceof z.ZodError
        ? new AtlasError('conflict', 'The workflow told of its work in a form that is not known.', { cause: thrown })
        : toAtlasError(thrown);
    if (error.retryable && !last) throw error;
    deps.log('ERROR', 'job cannot be settled and ends as failed', { jobId: job.id, error: describeError(error) });
    const reason = { code: 'internal', message: `The result could not be put together: ${error.message}` };
    const told: SettleInput = { error: reason, targets: {} };
    return settleJob(deps, job, { collected: await collect(deps, job, told), input: told });
  }
}

/** Has a decision carried out, and sends out what is still to be sent. */
async function handleReview(deps: Deps, event: CloudEvent<unknown>, { tenantId, jobId }: ReviewCommand): Promise<void> {
  const attributes = { 'atlas.tenant.id': tenantId, 'atlas.job.id': jobId };
  await deliverySpan(deps, event, { stage: 'settle', attributes }, async () => {
    const job = await deps.docs.get<JobDocument>(jobPath(tenantId, jobId));
    // Deleted with its tenant.
    if (job) await publishPending(deps, await settleReview(deps, job));
  });
}

async function handleCommand(deps: Deps, event: CloudEvent<unknown>, command: StageCommand): Promise<void> {
  await stageSpan(deps, event, command, async () => {
    const job = await ownedJob(deps, command);
    if (!job) return undefined;
    const cached = terminalStatuses.includes(job.status);
    const settled = cached ? job : await endJob(deps, job, command.input, isLastDelivery(event));
    await publishPending(deps, job);
    const stageKey = sha256Hex(`settle ${settled.id}`);
    await answerCallback(deps, command, { status: 'done', stageKey, cached: false });
    return { status: 'done', stageKey, cached };
  });
}

/**
 * The settle stage. A repeated command finds the job ended, sends out what is still to be sent, and answers again. Beside the
 * workflow’s commands it takes those that carry out the decision on a job in review.
 */
export function settleFunction(deps: Deps): (event: CloudEvent<unknown>) => Promise<void> {
  return async (event) => {
    const command = readMessage(deps, event, z.union([ReviewCommand, StageCommand]));
    await ('review' in command ? handleReview(deps, event, command) : handleCommand(deps, event, command));
  };
}
