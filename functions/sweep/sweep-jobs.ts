import { isClosed, type JobOutboxEntry, jobOutbox, jobPath, outboxPath } from '../../shared/records/jobs.ts';
import { postponeEntry } from '../../shared/records/outbox.ts';
import { isWorkedOn } from '../../shared/records/stages.ts';
import { type IsOver, never, type SweepCounts } from '../../shared/records/sweeps.ts';
import type { JobDocument } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { jobWorkflow, lookMs, startJob } from '../start-job.ts';
import { drainOutbox } from './drain-outbox.ts';
import { endLostJob } from './end-lost-job.ts';
import { lookAfterReview, type ReviewOutcome } from './look-after-review.ts';

export type SweepJobsDeps = Pick<Deps, 'docs' | 'bus' | 'workflows' | 'telemetry' | 'clock' | 'log'>;

/** Longer than it takes to ask the workflow engine and to write. */
const holdMs = 2 * 60_000;
/** A settle command may still be under way for the 540 s of one delivery after its execution has given up on it. */
const orphanMs = 10 * 60_000;
/** Each execution asks for nearly an hour to claim its job. More would not help. */
const startsAtMost = 5;
const claimedWithinMs = 24 * 3_600_000;

/** What was done about a job. */
type Outcome = 'started' | 'restarted' | 'alive' | 'doubted' | 'ended' | 'gone' | ReviewOutcome;

async function look(
  deps: SweepJobsDeps,
  { id }: JobDocument,
  afterMs: number,
  change: { orphanedAt?: string | undefined } = {},
): Promise<void> {
  await postponeEntry<JobOutboxEntry>(deps.docs, deps.clock, outboxPath(id), afterMs, change);
}

const end = async (deps: SweepJobsDeps, job: JobDocument, message: string): Promise<Outcome> => {
  if (!(await endLostJob(deps, job, message))) return 'alive';
  deps.log('ERROR', 'lost job ended as failed', { tenantId: job.tenantId, jobId: job.id, reason: message });
  return 'ended';
};

/**
 * A job that no execution has claimed: nobody works on it. Whichever claims it after all, before or after another start,
 * is the only one.
 */
async function lookAfterUnclaimed(deps: SweepJobsDeps, entry: JobOutboxEntry, job: JobDocument): Promise<Outcome> {
  if (deps.clock.now().getTime() - Date.parse(job.createdAt) > claimedWithinMs) {
    return end(deps, job, 'The job could not be begun within a day.');
  }
  if (job.executionName === undefined) {
    await startJob(deps, job);
    return 'started';
  }
  if ((await deps.workflows.state(job.executionName)) === 'active') {
    await look(deps, job, lookMs);
    return 'alive';
  }
  if ((entry.starts ?? 0) >= startsAtMost) {
    return end(deps, job, `The workflow of the job was started ${startsAtMost} times and never began.`);
  }
  await startJob(deps, job);
  return 'restarted';
}

/** The execution that owns a job: started twice, it need not be the one whose name was written down. */
const ownerOf = ({ workflows }: SweepJobsDeps, { executionName }: JobDocument, executionId: string): string =>
  executionName === undefined
    ? workflows.nameOf(jobWorkflow, executionId)
    : executionName.replace(/[^/]*$/, executionId);

/** A job that an execution has claimed. Only that execution goes on with it, so when it has ended, nothing more comes. */
async function lookAfterClaimed(
  deps: SweepJobsDeps,
  entry: JobOutboxEntry,
  job: JobDocument,
  executionId: string,
): Promise<Outcome> {
  const state = await deps.workflows.state(ownerOf(deps, job, executionId));
  if (state === 'active') {
    await look(deps, job, lookMs, { orphanedAt: undefined });
    return 'alive';
  }
  if (entry.orphanedAt === undefined) {
    await look(deps, job, orphanMs, { orphanedAt: deps.clock.now().toISOString() });
    return 'doubted';
  }
  if (await isWorkedOn(deps.docs, deps.clock, job)) {
    await look(deps, job, lookMs);
    return 'alive';
  }
  const how = state === 'gone' ? 'is not there any more' : `ended as ${state}`;
  return end(deps, job, `The workflow of the job ${how} without ending the job.`);
}

async function lookAfter(deps: SweepJobsDeps, entry: JobOutboxEntry): Promise<Outcome> {
  const job = await deps.docs.get<JobDocument>(jobPath(entry.tenantId, entry.jobId));
  if (!job || isClosed(job)) {
    await deps.docs.delete(outboxPath(entry.jobId));
    return 'gone';
  }
  if (job.status === 'needs_review') return lookAfterReview(deps, job);
  return job.executionId === undefined
    ? lookAfterUnclaimed(deps, entry, job)
    : lookAfterClaimed(deps, entry, job, job.executionId);
}

/**
 * Looks after the jobs that are due: starts what was never started, starts again what died before it was claimed, and ends
 * what its execution has left behind. While the workflow engine cannot be asked, no job that was claimed is ended.
 */
export const sweepJobs = (deps: SweepJobsDeps, isOver: IsOver = never): Promise<SweepCounts> =>
  drainOutbox<JobOutboxEntry>(deps, { collection: jobOutbox, holdMs, isOver }, (entry) => lookAfter(deps, entry));
