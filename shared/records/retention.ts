import { type Clock, type Doc, type DocStore, type DocWrite, increment, type ObjectStore } from '../ports/index.ts';
import {
  type AssetDocument,
  type JobDocument,
  type TenantDocument,
  type TenantLimits,
  tenantLimits,
  terminalStatuses,
} from '../schema/index.ts';
import { jobPath } from './jobs.ts';
import { activeJobs, freedBytesWrite } from './quotas.ts';
import { type StageRecord, stagesPath } from './stages.ts';

export interface RetentionDeps {
  readonly docs: DocStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

const dayMs = 86_400_000;
/** Uploads and jobs that one pass takes at most; the next goes on. */
const perPass = 200;
const pageSize = 400;

/** How far the files of jobs are deleted, and which objects of the job under way still have to go. */
interface Progress {
  readonly throughJobId?: string;
  readonly keys?: readonly string[];
}

const progressPath = (tenantId: string): string => `tenants/${tenantId}/quota/retention`;
const remove = ({ path }: { path: string }): DocWrite => ({ kind: 'delete', path });

/** Deletes uploads from before `cutoff`: the object first, so that an interrupted pass finds the rest. */
async function expireUploads({ docs, objects }: RetentionDeps, tenantId: string, cutoff: string): Promise<number> {
  const found = await docs.query<AssetDocument>(`tenants/${tenantId}/assets`, {
    where: [
      { field: 'kind', op: '==', value: 'upload' },
      { field: 'createdAt', op: '<', value: cutoff },
    ],
    orderBy: 'createdAt',
    limit: perPass,
  });
  for (const upload of found) {
    await objects.delete(upload.data.objectKey);
    await docs.batch([remove(upload), freedBytesWrite(tenantId, upload.data.sizeBytes)]);
  }
  return found.length;
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
  await docs.batch([
    ...assets.map(remove),
    freedBytesWrite(tenantId, freed),
    {
      kind: 'set',
      merge: true,
      path: jobPath(tenantId, job.id),
      data: { filesDeletedAt: clock.now().toISOString() },
    },
    { kind: 'set', path: progress, data: { throughJobId: job.id, jobs: increment(1) } },
  ]);
}

/** Goes through the jobs in the order in which they came, up to `cutoff`. */
async function expireJobs(deps: RetentionDeps, tenantId: string, cutoff: string): Promise<number> {
  const { docs } = deps;
  const progress = (await docs.get<Progress>(progressPath(tenantId))) ?? {};
  const found = await docs.query<JobDocument>(`tenants/${tenantId}/jobs`, {
    limit: perPass,
    ...(progress.throughJobId === undefined ? {} : { startAfter: { id: progress.throughJobId } }),
  });
  const due = found.filter(({ data }) => data.createdAt < cutoff && terminalStatuses.includes(data.status));
  if (due.length === 0) return 0;
  let stages = await readStages(docs, tenantId);
  let pending = progress.keys ?? [];
  for (const { data: job } of due) {
    await expireJob(deps, job, stages, pending);
    pending = [];
    stages = stages.filter(({ data }) => data.jobId !== job.id);
  }
  return due.length;
}

/**
 * Deletes what a tenant’s retention no longer allows. Waits while jobs of the tenant are under way: one of them may be
 * about to use the very file.
 *
 * @returns how many uploads and jobs were dealt with.
 */
export async function expireFiles(deps: RetentionDeps, tenantId: string, limits: TenantLimits): Promise<number> {
  if ((await activeJobs(deps.docs, tenantId)) > 0) return 0;
  const before = (days: number): string => new Date(deps.clock.now().getTime() - days * dayMs).toISOString();
  const uploads = await expireUploads(deps, tenantId, before(limits.uploadRetentionDays));
  return uploads + (await expireJobs(deps, tenantId, before(limits.fileRetentionDays)));
}

/** How often the files of one tenant are looked at. */
const everyMs = 3_600_000;

/** A sweep over all tenants that looks at each once an hour, and costs one query otherwise nothing. */
export function retentionSweep(deps: RetentionDeps): () => Promise<number> {
  const lookedMs = new Map<string, number>();
  let nextMs = 0;
  return async () => {
    const nowMs = deps.clock.now().getTime();
    if (nowMs < nextMs) return 0;
    nextMs = nowMs + everyMs / 12;
    let count = 0;
    for (const { data } of await deps.docs.query<TenantDocument>('tenants')) {
      if (data.deletingAt || nowMs - (lookedMs.get(data.id) ?? Number.NEGATIVE_INFINITY) < everyMs) continue;
      if ((await activeJobs(deps.docs, data.id)) > 0) continue;
      lookedMs.set(data.id, nowMs);
      count += await expireFiles(deps, data.id, tenantLimits(data));
    }
    return count;
  };
}
