import { type Clock, type Doc, type DocStore, type DocWrite, increment, type ObjectStore } from '../ports/index.ts';
import {
  type AssetDocument,
  type JobDocument,
  type TenantLimits,
  tenantLimits,
  terminalStatuses,
} from '../schema/index.ts';
import { applyWrites } from './apply-writes.ts';
import { isClosed, jobPath } from './jobs.ts';
import { activeJobs, freedBytesWrite } from './quotas.ts';
import { type StageRecord, stagesPath } from './stages.ts';
import { type IsOver, never, type SweepCounts, walkTenants } from './sweeps.ts';

export interface RetentionDeps {
  readonly docs: DocStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

const dayMs = 86_400_000;
/** Uploads and jobs that are read at once. */
const perPass = 200;
const pageSize = 400;

/** How far the files of jobs are deleted, and which objects of the job under way still have to go. */
interface Progress {
  readonly throughJobId?: string;
  readonly keys?: readonly string[];
}

/** How much was dealt with, and whether there may be more. */
interface Expired {
  readonly count: number;
  readonly more: boolean;
}

const progressPath = (tenantId: string): string => `tenants/${tenantId}/quota/retention`;
const remove = ({ path }: { path: string }): DocWrite => ({ kind: 'delete', path });

/** Uploads from before `cutoff`, oldest first. */
const dueUploads = (docs: DocStore, tenantId: string, cutoff: string): Promise<Doc<AssetDocument>[]> =>
  docs.query<AssetDocument>(`tenants/${tenantId}/assets`, {
    where: [
      { field: 'kind', op: '==', value: 'upload' },
      { field: 'createdAt', op: '<', value: cutoff },
    ],
    orderBy: 'createdAt',
    limit: perPass,
  });

/**
 * Deletes uploads: the object first, so that an interrupted pass finds the rest. Their room comes back with the record,
 * once, however many do this at a time.
 */
async function expireUploads(
  { docs, objects }: RetentionDeps,
  tenantId: string,
  due: readonly Doc<AssetDocument>[],
  isOver: IsOver,
): Promise<Expired> {
  let count = 0;
  for (const upload of due) {
    if (isOver()) return { count, more: true };
    await objects.delete(upload.data.objectKey);
    await docs.transaction(async (tx) => {
      if (!(await tx.get(upload.path))) return;
      applyWrites(tx, [remove(upload), freedBytesWrite(tenantId, upload.data.sizeBytes)]);
    });
    count += 1;
  }
  return { count, more: due.length === perPass };
}

/** Keys of content objects that a stage’s result names. */
function contentKeys(record: StageRecord): string[] {
  const found: string[] = [];
  JSON.stringify(record.result ?? null, (name, value) => {
    if (name === 'key' && typeof value === 'string' && value.includes('/sha256/')) found.push(value);
    return value;
  });
  return found;
}

type Stages = readonly Doc<StageRecord>[];

async function readStages(docs: DocStore, tenantId: string): Promise<Stages> {
  const all: Doc<StageRecord>[] = [];
  for (let startAfter: { id: string } | undefined; ; ) {
    const page = await docs.query<StageRecord>(stagesPath(tenantId), {
      limit: pageSize,
      ...(startAfter ? { startAfter } : {}),
    });
    all.push(...page);
    const last = page.at(-1);
    if (!last || page.length < pageSize) return all;
    startAfter = { id: last.id };
  }
}

/**
 * The objects that only this job needs. Files are stored by content: another job may have made, or been given, the same.
 */
async function ownKeys(
  docs: DocStore,
  job: JobDocument,
  assets: readonly Doc<AssetDocument>[],
  stages: Stages,
): Promise<string[]> {
  const mine = stages.filter(({ data }) => data.jobId === job.id);
  const others = new Set(stages.filter(({ data }) => data.jobId !== job.id).flatMap(({ data }) => contentKeys(data)));
  const keys = new Set([...assets.map(({ data }) => data.objectKey), ...mine.flatMap(({ data }) => contentKeys(data))]);
  const own: string[] = [];
  for (const key of keys) {
    if (others.has(key)) continue;
    const users = await docs.query<AssetDocument>(`tenants/${job.tenantId}/assets`, {
      where: [{ field: 'objectKey', op: '==', value: key }],
    });
    if (users.every(({ data }) => data.jobId === job.id)) own.push(key);
  }
  return own;
}

/**
 * Deletes the files of one ended job: what was delivered and what its stages left. The job, its receipt, its provenance and
 * its usage stay. Stage records go before the objects that they name, so that no later job builds on what is gone.
 */
async function expireJob(
  { docs, objects, clock }: RetentionDeps,
  job: JobDocument,
  stages: Stages,
  pending: readonly string[],
): Promise<void> {
  const { tenantId } = job;
  const assets = (
    await docs.query<AssetDocument>(`tenants/${tenantId}/assets`, {
      where: [{ field: 'jobId', op: '==', value: job.id }],
    })
  ).filter(({ data }) => data.kind !== 'receipt');
  const mine = stages.filter(({ data }) => data.jobId === job.id);
  const keys = [...new Set([...pending, ...(await ownKeys(docs, job, assets, stages))])];
  const progress = progressPath(tenantId);
  await docs.batch([...mine.map(remove), { kind: 'set', merge: true, path: progress, data: { keys } }]);
  for (const key of keys) await objects.delete(key);
  const freed = job.outputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const path = jobPath(tenantId, job.id);
  await docs.batch(assets.map(remove));
  await docs.transaction(async (tx) => {
    const now = await tx.get<JobDocument>(path);
    if (!now) return;
    tx.set(path, { ...now, filesDeletedAt: now.filesDeletedAt ?? clock.now().toISOString() });
    if (now.filesDeletedAt === undefined) applyWrites(tx, [freedBytesWrite(tenantId, freed)]);
    tx.set(progress, { throughJobId: job.id, jobs: increment(1) });
  });
}

interface DueJobs {
  readonly jobs: readonly JobDocument[];
  /** Objects of the first of them that an earlier pass was about to delete. */
  readonly pending: readonly string[];
}

/** Ended jobs from before `cutoff` that are not dealt with yet, oldest first. When there are none, this costs two reads. */
async function dueJobs(docs: DocStore, tenantId: string, cutoff: string): Promise<DueJobs> {
  const { throughJobId, keys = [] } = (await docs.get<Progress>(progressPath(tenantId))) ?? {};
  const next = async (limit: number): Promise<JobDocument[]> => {
    const found = await docs.query<JobDocument>(`tenants/${tenantId}/jobs`, {
      limit,
      ...(throughJobId === undefined ? {} : { startAfter: { id: throughJobId } }),
    });
    return found.map(({ data }) => data).filter(({ createdAt }) => createdAt < cutoff);
  };
  if ((await next(1)).length === 0) return { jobs: [], pending: keys };
  const found = await next(perPass);
  // The files of a job in review are still to be delivered; those behind it wait, at most the days of a review.
  const open = found.findIndex((job) => job.status === 'needs_review' && !isClosed(job));
  const jobs = open < 0 ? found : found.slice(0, open);
  return { jobs: jobs.filter(({ status }) => terminalStatuses.includes(status)), pending: keys };
}

/** Stages that a job in review is delivered from: its own, and those of earlier jobs whose results it used. */
async function stagesInReview(docs: DocStore, tenantId: string): Promise<Set<string>> {
  const found = await docs.query<JobDocument>(`tenants/${tenantId}/jobs`, {
    where: [{ field: 'status', op: '==', value: 'needs_review' }],
  });
  const keys = found.flatMap(({ data }) => JSON.stringify(data.settleInput ?? {}).match(/[0-9a-f]{64}/g) ?? []);
  return new Set(keys);
}

async function expireJobs(
  deps: RetentionDeps,
  tenantId: string,
  { jobs, pending }: DueJobs,
  isOver: IsOver,
): Promise<Expired> {
  if (jobs.length === 0) return { count: 0, more: false };
  let stages = await readStages(deps.docs, tenantId);
  const inReview = await stagesInReview(deps.docs, tenantId);
  let count = 0;
  for (const job of jobs) {
    if (isOver()) return { count, more: true };
    // It waits, and those behind it, at most the days of a review.
    if (stages.some(({ id, data }) => data.jobId === job.id && inReview.has(id))) return { count, more: false };
    await expireJob(deps, job, stages, count === 0 ? pending : []);
    stages = stages.filter(({ data }) => data.jobId !== job.id);
    count += 1;
  }
  return { count, more: jobs.length === perPass };
}

/**
 * Deletes what a tenant’s retention no longer allows, as far as one page of uploads and of jobs goes. Waits while jobs of
 * the tenant are under way: one of them may be about to use the very file. When nothing is due, this costs three reads.
 *
 * @returns how many uploads and jobs were dealt with, and whether there may be more.
 */
export async function expireFiles(
  deps: RetentionDeps,
  tenantId: string,
  limits: TenantLimits,
  isOver: IsOver = never,
): Promise<Expired> {
  const { docs, clock } = deps;
  const before = (days: number): string => new Date(clock.now().getTime() - days * dayMs).toISOString();
  const uploadsDue = await dueUploads(docs, tenantId, before(limits.uploadRetentionDays));
  const jobsDue = await dueJobs(docs, tenantId, before(limits.fileRetentionDays));
  if (uploadsDue.length + jobsDue.jobs.length === 0 || (await activeJobs(docs, tenantId)) > 0) {
    return { count: 0, more: false };
  }
  const uploads = await expireUploads(deps, tenantId, uploadsDue, isOver);
  const jobs = await expireJobs(deps, tenantId, jobsDue, isOver);
  return { count: uploads.count + jobs.count, more: uploads.more || jobs.more };
}

/** Retention is a matter of days: four looks a day are often enough, and each costs four reads for every tenant. */
const everyMs = 6 * 3_600_000;

/** Looks at the files of each tenant four times a day; one that has jobs under way waits for the next look. */
export async function sweepRetention(deps: RetentionDeps, isOver: IsOver = never): Promise<SweepCounts> {
  let expired = 0;
  const { more } = await walkTenants(deps, {
    ...{ sweep: 'retention', everyMs, isOver },
    async visit(tenant) {
      if (tenant.deletingAt) return true;
      for (;;) {
        const { count, more: again } = await expireFiles(deps, tenant.id, tenantLimits(tenant), isOver);
        expired += count;
        if (!again) return true;
        if (isOver()) return false;
      }
    },
  });
  return { counts: { expired }, more };
}
