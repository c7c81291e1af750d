import { AtlasError } from '../errors.ts';
import type { Clock, DocData, DocPath, DocStore, DocWrite } from '../ports/index.ts';
import { type Job, type JobDocument, type JobEvent, Job as JobSchema, terminalStatuses } from '../schema/index.ts';
import { applyWrites } from './apply-writes.ts';
import { dueAfter, type OutboxEntry } from './outbox.ts';

export const jobPath = (tenantId: string, jobId: string): string => `tenants/${tenantId}/jobs/${jobId}`;
export const eventsPath = (tenantId: string, jobId: string): string => `${jobPath(tenantId, jobId)}/events`;
export const jobOutbox = 'jobOutbox';
/** A job that has not ended is in the outbox: to be started, then to be looked after; one in review, to be decided. */
export const outboxPath = (jobId: string): string => `${jobOutbox}/${jobId}`;

/** A job that a sweep has to look after. */
export interface JobOutboxEntry extends OutboxEntry {
  readonly tenantId: string;
  readonly jobId: string;
  /** How often its workflow was started. */
  readonly starts?: number;
  /** When its execution was first seen to have ended without ending the job. */
  readonly orphanedAt?: string;
}

/** Whoever accepts a job starts it; this much later a sweep does. */
const startGraceMs = 10_000;

/** Nothing happens to it any more: it has ended, and no decision on it is open or under way. */
export const isClosed = ({ status, review }: Pick<JobDocument, 'status' | 'review'>): boolean =>
  terminalStatuses.includes(status) && !(status === 'needs_review' && review !== undefined);

export type NewEvent = Omit<JobEvent, 'seq' | 'jobId' | 'at'>;

const eventId = (seq: number): string => String(seq).padStart(6, '0');

const eventWrite = (job: JobDocument, seq: number, event: NewEvent, now: Date): DocWrite => ({
  kind: 'create',
  path: `${eventsPath(job.tenantId, job.id)}/${eventId(seq)}`,
  data: { seq, jobId: job.id, at: now.toISOString(), ...event },
});

/** The writes of a new job: itself, its first event and its place in the outbox. */
export const newJobWrites = (job: JobDocument): DocWrite[] => [
  { kind: 'create', path: jobPath(job.tenantId, job.id), data: { ...job, eventCount: 1 } },
  eventWrite(job, 1, { type: 'job.created' }, new Date(job.createdAt)),
  {
    kind: 'create',
    path: outboxPath(job.id),
    data: { tenantId: job.tenantId, jobId: job.id, dueAt: dueAfter(new Date(job.createdAt), startGraceMs) },
  },
];

/** Writes a new job, with `extra` in the same commit, whatever the quotas say: for jobs that nobody asked for. */
export const createJob = (docs: DocStore, job: JobDocument, extra: readonly DocWrite[]): Promise<void> =>
  docs.batch([...newJobWrites(job), ...extra]);

/** @throws AtlasError not_found */
export async function readJob(docs: DocStore, tenantId: string, jobId: string): Promise<JobDocument> {
  const job = await docs.get<JobDocument>(jobPath(tenantId, jobId));
  if (!job) throw new AtlasError('not_found', `There is no job ${jobId}.`);
  return job;
}

export interface JobChange {
  readonly job?: Partial<JobDocument>;
  readonly events?: readonly NewEvent[];
  readonly writes?: readonly DocWrite[];
}

/**
 * Changes a job in one transaction with the events that tell of it. `decide` sees the job as stored and returns what
 * changes, or undefined to leave everything; it may run more than once. A change that closes the job takes it out of the
 * outbox.
 *
 * @param alsoRead - documents that the decision depends on, read in the same transaction and given in this order.
 * @returns the job as it then stands.
 * @throws AtlasError not_found
 */
export async function changeJob(
  docs: DocStore,
  clock: Clock,
  ids: { tenantId: string; jobId: string },
  decide: (job: JobDocument, also: readonly (DocData | undefined)[]) => JobChange | undefined,
  alsoRead: readonly DocPath[] = [],
): Promise<JobDocument> {
  const path = jobPath(ids.tenantId, ids.jobId);
  return docs.transaction(async (tx) => {
    const [found, ...also] = await tx.getAll([path, ...alsoRead]);
    const job = found as JobDocument | undefined;
    if (!job) throw new AtlasError('not_found', `There is no job ${ids.jobId}.`);
    const change = decide(job, also);
    if (!change) return job;
    const events = change.events ?? [];
    const next = { ...job, ...change.job, eventCount: job.eventCount + events.length };
    tx.set(path, next);
    const told = events.map((event, index) => eventWrite(job, job.eventCount + 1 + index, event, clock.now()));
    applyWrites(tx, [...told, ...(change.writes ?? [])]);
    if (change.job?.status !== undefined && isClosed(next)) tx.delete(outboxPath(job.id));
    return next;
  });
}

/** What the customer sees of a job. */
export function publicJob(job: JobDocument): Job {
  const shown = Object.fromEntries(Object.keys(JobSchema.shape).map((key) => [key, job[key as keyof Job]]));
  return JSON.parse(JSON.stringify(shown)) as Job;
}
