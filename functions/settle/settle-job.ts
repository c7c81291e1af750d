import type { DocWrite } from '../../shared/ports/index.ts';
import { assetPath } from '../../shared/records/assets.ts';
import { plain } from '../../shared/records/content.ts';
import { changeJob, outboxPath, publicJob } from '../../shared/records/jobs.ts';
import { provenanceOf, provenancePath } from '../../shared/records/provenance.ts';
import { jobDecidedWrites, jobEndWrites, jobWaitsWrites } from '../../shared/records/quotas.ts';
import { openReview } from '../../shared/records/reviews.ts';
import { settleUsageWrites } from '../../shared/records/usage.ts';
import { webhookDeliveries } from '../../shared/records/webhooks.ts';
import {
  type AssetDocument,
  type JobDocument,
  type JobEvent,
  type JobOutput,
  type ReviewDecision,
  type SettleInput,
  terminalStatuses,
  type UsageEvent,
} from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { tellExecution } from '../tell-execution.ts';
import { buildReceipt, storeReceipt } from './build-receipt.ts';
import { chargeLines, waits } from './charge.ts';
import type { Collected } from './collect.ts';
import { deliver, sourceFacts } from './deliver.ts';
import { endingOf } from './ending-of.ts';
import { measureEnd } from './measure-end.ts';

/** What a job is settled by: at the end of its workflow, or after a person has decided on what waited. */
export interface Settling {
  readonly collected: Collected;
  readonly input: SettleInput;
  readonly review?: { readonly decided: ReviewDecision; readonly before: Collected };
}

const bytesOf = (outputs: readonly JobOutput[]): number => outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/** What is charged now, of all that the receipt tells: the rest was charged when the review began. */
function newUsage(job: JobDocument, usage: readonly UsageEvent[], { review }: Settling): readonly UsageEvent[] {
  if (!review) return usage;
  const before = new Set(chargeLines(job, review.before).map(({ id }) => id));
  return usage.filter(({ id }) => !before.has(id));
}

/** The writes that give back what the job held, and keep it in mind while it waits. */
function heldWrites(job: JobDocument, next: Partial<JobDocument>, { review }: Settling): DocWrite[] {
  const { outputs = [], chargedMicroUsd = 0 } = next;
  const deliveredBytes = bytesOf(outputs);
  if (review) return jobDecidedWrites(job, { chargedMicroUsd, deliveredBytes: deliveredBytes - bytesOf(job.outputs) });
  if (next.status !== 'needs_review') return jobEndWrites(job, { chargedMicroUsd, deliveredBytes });
  const entry = { tenantId: job.tenantId, jobId: job.id, dueAt: next.review?.dueAt };
  return [...jobWaitsWrites(job, { deliveredBytes }), { kind: 'set', path: outboxPath(job.id), data: entry }];
}

/** The review that a job begins. */
function reviewOf(deps: Deps, job: JobDocument, { collected, input }: Settling): Partial<JobDocument> {
  const waiting = collected.targets.filter((target) => target.kind === 'finished').filter(waits);
  const targets = waiting.map(({ target }) => target);
  return { review: openReview(job, targets, deps.clock.now()), settleInput: plain(input) };
}

function measureSettled(deps: Deps, job: JobDocument, ended: JobDocument, usage: readonly UsageEvent[]): void {
  const { review } = job;
  if (!review) {
    tellExecution(deps.telemetry, ended);
    measureEnd(deps.telemetry, ended, usage);
    return;
  }
  // What was measured when the review began is not measured again.
  const results = ended.results.filter(({ target }) => review.targets.includes(target));
  const chargedMicroUsd = (ended.chargedMicroUsd ?? 0) - (job.chargedMicroUsd ?? 0);
  measureEnd(deps.telemetry, { ...ended, results, chargedMicroUsd }, usage);
}

/** Ends a job: files, receipt, usage, provenance, events and webhooks, all in one commit. */
export async function settleJob(deps: Deps, job: JobDocument, settling: Settling): Promise<JobDocument> {
  const { collected, review } = settling;
  const asset = await deps.docs.get<AssetDocument>(assetPath(job.tenantId, job.request.source.assetId));
  // An upload may be gone before a review is decided.
  const fileName = asset?.fileName ?? job.source?.fileName;
  const delivery = deliver(job, collected, fileName);
  const ending = endingOf(collected, delivery);
  const receipt = buildReceipt(job, { collected, delivery, ending, decided: review?.decided });
  const { assetId: receiptAssetId, ...receiptWrite } = await storeReceipt(deps, job, receipt);
  const source = sourceFacts(job, collected, fileName);
  const type = `job.${ending.status}` as JobEvent['type'];
  const finished: Partial<JobDocument> = {
    ...ending,
    finishedAt: deps.clock.now().toISOString(),
    chargedMicroUsd: receipt.predicate.totalMicroUsd,
    receiptAssetId,
    results: delivery.results,
    outputs: delivery.outputs,
    ...(source ? { source } : {}),
    ...(ending.status === 'needs_review' ? reviewOf(deps, job, settling) : {}),
  };
  const webhooks = await webhookDeliveries(deps.docs, deps.clock, job.tenantId, {
    type,
    jobId: job.id,
    data: publicJob({ ...job, ...finished }),
  });
  const usage = newUsage(job, receipt.predicate.usage, settling);
  let isOurs = false;
  const ended = await changeJob(deps.docs, deps.clock, { tenantId: job.tenantId, jobId: job.id }, (now) => {
    isOurs = review ? now.status === 'needs_review' : !terminalStatuses.includes(now.status);
    if (!isOurs) return undefined;
    return {
      job: finished,
      events: [{ type, ...(ending.error ? { message: ending.error.message } : {}) }],
      writes: [
        ...delivery.assets.map((one): DocWrite => ({ kind: 'set', path: assetPath(job.tenantId, one.id), data: one })),
        receiptWrite,
        { kind: 'set', path: provenancePath(job.tenantId, job.id), data: provenanceOf(job, receipt.predicate.stages) },
        ...settleUsageWrites(job.tenantId, usage),
        ...heldWrites(job, finished, settling),
        ...webhooks,
      ],
    };
  });
  if (isOurs) measureSettled(deps, job, ended, usage);
  return ended;
}
