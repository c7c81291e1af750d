import { toAtlasError } from '../../shared/errors.ts';
import { describeError } from '../../shared/log.ts';
import { changeJob, publicJob } from '../../shared/records/jobs.ts';
import { jobDecidedWrites } from '../../shared/records/quotas.ts';
import { webhookDeliveries } from '../../shared/records/webhooks.ts';
import { type JobDocument, type ReviewDecision, SettleInput } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { type Collected, collect, type FinishedTarget } from './collect.ts';
import { settleJob } from './settle-job.ts';

/** How long it is tried to carry out a decision: an outage of the stores is over by then. */
const triedForMs = 86_400_000;

function decidedTarget(target: FinishedTarget, { decision, reason }: ReviewDecision): FinishedTarget {
  if (target.decision.verdict !== 'needs_review') return target;
  const passed = target.rounds ? ('repaired' as const) : ('accepted' as const);
  return {
    ...target,
    reviewed: true,
    decision:
      decision === 'approve'
        ? { ...target.decision, verdict: passed, reasons: [] }
        : { ...target.decision, verdict: 'rejected', reasons: [...target.decision.reasons, `Refused: ${reason}`] },
  };
}

/** What the workflow’s work is worth after a person has decided on what waited. */
const afterReview = (collected: Collected, decided: ReviewDecision): Collected => ({
  ...collected,
  targets: collected.targets.map((target) => (target.kind === 'finished' ? decidedTarget(target, decided) : target)),
});

/** Ends a job whose decision cannot be carried out; what it was charged before, and its receipt, stand. */
async function failDecided(deps: Deps, job: JobDocument, message: string): Promise<JobDocument> {
  const end: Partial<JobDocument> = {
    status: 'failed',
    error: { code: 'internal', message: `The decision could not be carried out: ${message}` },
    finishedAt: deps.clock.now().toISOString(),
  };
  const webhooks = await webhookDeliveries(deps.docs, deps.clock, job.tenantId, {
    type: 'job.failed',
    jobId: job.id,
    data: publicJob({ ...job, ...end }),
  });
  const { chargedMicroUsd = 0 } = job;
  return changeJob(deps.docs, deps.clock, { tenantId: job.tenantId, jobId: job.id }, (now) =>
    now.status === 'needs_review'
      ? {
          job: end,
          events: [{ type: 'job.failed', message }],
          writes: [...webhooks, ...jobDecidedWrites(job, { chargedMicroUsd, deliveredBytes: 0 })],
        }
      : undefined,
  );
}

/**
 * Carries out the decision on a job in review: delivers and charges what was approved, or refuses it, with a receipt that
 * tells who decided and why. A job without an open decision stays as it is. What may pass is thrown, for a day; then, as
 * with what cannot pass, the job ends as failed.
 */
export async function settleReview(deps: Deps, job: JobDocument): Promise<JobDocument> {
  const decided = job.review?.decided;
  if (job.status !== 'needs_review' || !decided) return job;
  try {
    const input = SettleInput.parse(job.settleInput);
    const before = await collect(deps, job, input);
    return await settleJob(deps, job, { collected: afterReview(before, decided), input, review: { decided, before } });
  } catch (thrown) {
    const error = toAtlasError(thrown);
    const isOver = deps.clock.now().getTime() - Date.parse(decided.at) > triedForMs;
    if (error.retryable && !isOver) throw error;
    deps.log('ERROR', 'decision cannot be carried out; its job ends as failed', {
      jobId: job.id,
      error: describeError(error),
    });
    return failDecided(deps, job, error.message);
  }
}
