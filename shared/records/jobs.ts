import { AtlasError } from '../errors.ts';
import type { Clock, DocData, DocPath, DocStore, DocWrite } from '../ports/index.ts';
import { type Job, type JobDocument, type JobEvent, Job as JobSchema } from '../schema/index.ts';

export const jobPath = (tenantId: string, jobId: string): string => `tenants/${tenantId}/jobs/${jobId}`;
export const eventsPath = (tenantId: string, jobId: string): string => `${jobPath(tenantId, jobId)}/events`;
/** Jobs whose workflow may not have been started yet; swept at start-up. */
export const outboxPath = (jobId: string): string => `jobOutbox/${jobId}`;

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
  { kind: 'create', path: outboxPath(job.id), data: { tenantId: job.tenantId, jobId: job.id } },
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
 * changes, or undefined to leave everything; it may run more than once.
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
    const job = await tx.get<JobDocument>(path);
    if (!job) throw new AtlasError('not_found', `There is no job ${ids.jobId}.`);
    const also: (DocData | undefined)[] = [];
    for (const other of alsoRead) also.push(await tx.get(other));
    const change = decide(job, also);
    if (!change) return job;
    const events = change.events ?? [];
    const next = { ...job, ...change.job, eventCount: job.eventCount + events.length };
    tx.set(path, next);
    events.forEach((event, index) => {
      const write = eventWrite(job, job.eventCount + 1 + index, event, clock.now());
      if (write.kind === 'create') tx.create(write.path, write.data);
    });
    for (const write of change.writes ?? []) applyWrite(tx, write);
    return next;
  });
}

function applyWrite(tx: Parameters<Parameters<DocStore['transaction']>[0]>[0], write: DocWrite): void {
  if (write.kind === 'create') tx.create(write.path, write.data);
  else if (write.kind === 'set') tx.set(write.path, write.data, { merge: write.merge === true });
  else tx.delete(write.path);
}

/** What the customer sees of a job. */
export function publicJob(job: JobDocument): Job {
  const shown = Object.fromEntries(Object.keys(JobSchema.shape).map((key) => [key, job[key as keyof Job]]));
  return JSON.parse(JSON.stringify(shown)) as Job;
}
