import { outboxPath } from '../../shared/records/jobs.ts';
import { postponeEntry } from '../../shared/records/outbox.ts';
import { decideReview } from '../../shared/records/reviews.ts';
import type { JobDocument } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { publishReview } from '../publish-review.ts';
import { lookMs } from '../start-job.ts';

/** What was done about a job in review. */
export type ReviewOutcome = 'waiting' | 'refused' | 'resumed';

type ReviewDeps = Pick<Deps, 'docs' | 'bus' | 'telemetry' | 'clock'>;

const dayMs = 86_400_000;

/** Nobody decided in time: that is a decision, too. */
async function refuse(deps: ReviewDeps, job: JobDocument, dueAt: string): Promise<void> {
  const days = Math.round((Date.parse(dueAt) - Date.parse(job.finishedAt ?? job.createdAt)) / dayMs);
  const reason = `Nobody decided within ${days} ${days === 1 ? 'day' : 'days'}.`;
  const ids = { tenantId: job.tenantId, jobId: job.id };
  await decideReview(deps, ids, { decision: 'refuse', reason }, { actor: { kind: 'deadline' } });
}

/**
 * Looks after a job in review: refuses it when its time is over, and has a decision carried out whose message was lost. Asked
 * again until the job is closed. One that somebody decides in the same moment is left to the next look.
 */
export async function lookAfterReview(deps: ReviewDeps, job: JobDocument): Promise<ReviewOutcome> {
  const { docs, clock } = deps;
  const leftMs = Date.parse(job.review?.dueAt ?? job.createdAt) - clock.now().getTime();
  const isDecided = job.review?.decided !== undefined;
  if (!isDecided && leftMs > 0) {
    await postponeEntry(docs, clock, outboxPath(job.id), leftMs);
    return 'waiting';
  }
  if (!isDecided) await refuse(deps, job, job.review?.dueAt ?? job.createdAt);
  await publishReview(deps, job);
  await postponeEntry(docs, clock, outboxPath(job.id), lookMs);
  return isDecided ? 'resumed' : 'refused';
}
