import { AtlasError } from '../errors.ts';
import type { Clock, DocStore } from '../ports/index.ts';
import {
  defaultReviewDays,
  type JobDocument,
  type Review,
  type ReviewDecision,
  type ReviewRequest,
} from '../schema/index.ts';
import { type Actor, auditWrite } from './audit.ts';
import { changeJob, outboxPath } from './jobs.ts';
import { dueAfter } from './outbox.ts';

const dayMs = 86_400_000;

/** The review that a job begins whose gate left `targets` to a person. */
export const openReview = (job: Pick<JobDocument, 'policy'>, targets: readonly string[], now: Date): Review => ({
  targets: [...targets],
  dueAt: dueAfter(now, (job.policy?.reviewDays ?? defaultReviewDays) * dayMs),
});

/** Whoever decides has the decision carried out at once; this much later a sweep does. */
const settleGraceMs = 60_000;

const past = { approve: 'approved', refuse: 'refused' } as const;

/** In a log a reason is shortened. */
const auditedReason = 500;

/** @throws AtlasError conflict, telling what was decided */
function checkOpen({ id, status, review }: JobDocument): void {
  const decided = review?.decided;
  if (decided) {
    const who =
      decided.by === 'deadline' ? 'because nobody had decided in time' : `by ${decided.by}: ${decided.reason}`;
    throw new AtlasError('conflict', `Job ${id} was ${past[decided.decision]} at ${decided.at} ${who}`);
  }
  if (status !== 'needs_review' || !review) {
    throw new AtlasError('conflict', `Job ${id} is ${status}; there is nothing to review.`);
  }
}

/**
 * Decides on a job in review, in one transaction with its audit record: of two decisions at once one counts. What follows
 * from it, files, charges, receipt and webhooks, is the settle stage’s; the job’s place in the outbox sees to that.
 *
 * @throws AtlasError not_found; conflict when there is nothing to decide, or it was decided otherwise
 */
export function decideReview(
  deps: { readonly docs: DocStore; readonly clock: Clock },
  ids: { tenantId: string; jobId: string },
  { decision, reason }: ReviewRequest,
  { actor, repeated }: { actor: Exclude<Actor, { kind: 'operator' }>; repeated?: boolean },
): Promise<JobDocument> {
  const { docs, clock } = deps;
  const by = actor.kind === 'key' ? actor.keyId : 'deadline';
  return changeJob(docs, clock, ids, (job) => {
    const before = job.review?.decided;
    if (repeated && before?.decision === decision && before.reason === reason && before.by === by) return undefined;
    checkOpen(job);
    const now = clock.now();
    const decided: ReviewDecision = { decision, reason, by, at: now.toISOString() };
    const act = {
      action: `job.${past[decision]}` as const,
      subject: job.id,
      detail: { reason: reason.slice(0, auditedReason) },
    };
    return {
      job: { review: { ...job.review!, decided } },
      writes: [
        auditWrite(job.tenantId, clock, actor, act),
        {
          kind: 'set',
          merge: true,
          path: outboxPath(job.id),
          data: { ...ids, dueAt: dueAfter(now, settleGraceMs) },
        },
      ],
    };
  });
}

/** Topic that the settle stage listens to; `ReviewCommand`s come on it beside its commands. */
export const settleTopic = 'atlas-settle';
