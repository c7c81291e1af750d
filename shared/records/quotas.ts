import { AtlasError, type ErrorCode } from '../errors.ts';
import { type Clock, type DocStore, type DocWrite, increment } from '../ports/index.ts';
import {
  type AssetDocument,
  type JobDocument,
  type LimitsReport,
  type TenantDocument,
  type TenantLimits,
  tenantLimits,
} from '../schema/index.ts';
import { applyWrites } from './apply-writes.ts';
import { assetPath, assetWrite } from './assets.ts';
import { groupCommit } from './group-commit.ts';
import { newJobWrites } from './jobs.ts';
import { mergeWrites } from './merge-writes.ts';
import { allShards, shardOf } from './shards.ts';
import { tenantPath } from './tenants.ts';

/**
 * What was let in, ever. One document a tenant, because a limit is only exact where it is counted in one place; a crowd of
 * requests shares one commit of it.
 */
interface Accepted {
  readonly jobs?: number;
  readonly uploadedBytes?: number;
  /** What had ended when the shards were last read. Who fits in by these old sums needs no newer ones. */
  readonly endedJobs?: number;
  readonly endedBytes?: number;
  /** The tenant is being deleted. */
  readonly closed?: boolean;
}

/** What has ended, ever, spread over shards. It only grows, so that an old sum refuses too much, never too little. */
interface Ended {
  readonly jobs?: number;
  readonly deliveredBytes?: number;
  readonly freedBytes?: number;
}

/** The price of the jobs accepted on one day; and, in shards, what of it came back when they ended (at most 0). */
interface Spend {
  readonly spendMicroUsd?: number;
  /** What had come back when the shards were last read. */
  readonly returnedMicroUsd?: number;
}

const quotaPath = (tenantId: string, name: string): string => `tenants/${tenantId}/quota/${name}`;
const acceptedPath = (tenantId: string): string => quotaPath(tenantId, 'accepted');
const spendPath = (tenantId: string, day: string): string => quotaPath(tenantId, `accepted_${day}`);
const endedPath = (tenantId: string, shard: number): string => quotaPath(tenantId, `ended_${shard}`);
const returnedPath = (tenantId: string, day: string, shard: number): string =>
  quotaPath(tenantId, `ended_${day}_${shard}`);
const dayOf = (at: string): string => at.slice(0, 10);
/** When the store may forget the counters of a day: a job that was accepted on it has ended long before. */
const expiryOf = (day: string): string => new Date(Date.parse(day) + 35 * 86_400_000).toISOString();

/** A quota is used up; the code names which. */
export class QuotaExceeded extends AtlasError {
  readonly retryAfterS: number;
  constructor(code: ErrorCode, message: string, retryAfterS: number) {
    super(code, message);
    this.retryAfterS = retryAfterS;
  }
}

/** A usual job ends within seconds. */
const jobsRetryS = 5;
/** Room comes back when files are deleted, by hand or by retention: no sooner than somebody does something. */
const storageRetryS = 3600;

const midnightAfter = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));

/** The sums of the shards, of jobs and bytes over all time and of spend on one day. */
interface Sums {
  readonly jobs: number;
  /** May be negative: what was freed less what was delivered. */
  readonly bytes: number;
  readonly returnedMicroUsd: number;
}

async function readEnded(docs: DocStore, tenantId: string, day: string): Promise<Sums> {
  const found = await docs.getAll<Ended & Spend>([
    ...allShards.map((shard) => endedPath(tenantId, shard)),
    ...allShards.map((shard) => returnedPath(tenantId, day, shard)),
  ]);
  const sum = (pick: (shard: Ended & Spend) => number | undefined): number =>
    found.reduce((total, shard) => total + ((shard && pick(shard)) ?? 0), 0);
  return {
    jobs: sum(({ jobs }) => jobs),
    bytes: sum(({ deliveredBytes }) => deliveredBytes) - sum(({ freedBytes }) => freedBytes),
    returnedMicroUsd: -sum(({ spendMicroUsd }) => spendMicroUsd),
  };
}

interface Asked {
  readonly clock: Clock;
  readonly job: JobDocument;
  readonly extra: readonly DocWrite[];
}

/** The sums as they were last read; none of them was ever larger. Bytes may have been delivered since, by a few jobs. */
const lastSums = (accepted: Accepted, spend: Spend): Sums => ({
  jobs: accepted.endedJobs ?? 0,
  bytes: accepted.endedBytes ?? 0,
  returnedMicroUsd: spend.returnedMicroUsd ?? 0,
});

/** Why a job is not let in, undefined when it is. */
function refusal(
  { clock, job }: Asked,
  limits: TenantLimits,
  used: { jobs: number; bytes: number; spendMicroUsd: number },
): QuotaExceeded | undefined {
  if (used.jobs >= limits.concurrentJobs) {
    return new QuotaExceeded('quota_jobs', `${limits.concurrentJobs} jobs are under way.`, jobsRetryS);
  }
  if (used.bytes > limits.storedBytes) {
    return new QuotaExceeded('quota_storage', `More than ${limits.storedBytes} bytes are stored.`, storageRetryS);
  }
  if (used.spendMicroUsd + job.priceMicroUsd > limits.spendMicroUsdPerDay) {
    const left = Math.max(0, limits.spendMicroUsdPerDay - used.spendMicroUsd);
    const today = clock.now();
    return new QuotaExceeded(
      'quota_spend',
      `The job can cost ${job.priceMicroUsd} micro-USD; ${left} of ${limits.spendMicroUsdPerDay} are left today (UTC).`,
      Math.ceil((midnightAfter(today).getTime() - today.getTime()) / 1000),
    );
  }
  return undefined;
}

/**
 * The limits of a tenant that is not closed, read while a transaction holds its `accepted`: a deletion that begins later
 * changes that document, and the commit fails.
 */
async function openLimits(docs: DocStore, tenantId: string, accepted: Accepted): Promise<TenantLimits> {
  const tenant = await docs.get<TenantDocument>(tenantPath(tenantId));
  if (!tenant || tenant.deletingAt || accepted.closed) {
    throw new AtlasError('unauthenticated', 'The tenant of this API key is deleted.');
  }
  return tenantLimits(tenant);
}

/** Which of the jobs fit, in their order. */
function judgeGroup(
  group: readonly Asked[],
  limits: TenantLimits,
  { accepted, spend, ended }: { accepted: Accepted; spend: Spend; ended: Sums },
): (QuotaExceeded | undefined)[] {
  const used = {
    jobs: (accepted.jobs ?? 0) - ended.jobs,
    bytes: (accepted.uploadedBytes ?? 0) + ended.bytes,
    spendMicroUsd: (spend.spendMicroUsd ?? 0) - ended.returnedMicroUsd,
  };
  return group.map((asked) => {
    const refused = refusal(asked, limits, used);
    if (!refused) {
      used.jobs += 1;
      used.spendMicroUsd += asked.job.priceMicroUsd;
    }
    return refused;
  });
}

/** Judges the jobs of one tenant and one day in their order, and lets in those that fit, in one commit. */
function admitGroup(docs: DocStore, group: readonly Asked[]): Promise<(QuotaExceeded | undefined)[]> {
  const [first] = group;
  if (!first) return Promise.resolve([]);
  const { tenantId, createdAt } = first.job;
  const day = dayOf(createdAt);
  return docs.transaction(async (tx) => {
    const [accepted = {}, spend = {}] = await tx.getAll<Accepted & Spend>([
      acceptedPath(tenantId),
      spendPath(tenantId, day),
    ]);
    const limits = await openLimits(docs, tenantId, accepted);
    let ended = lastSums(accepted, spend);
    let outcomes = judgeGroup(group, limits, { accepted, spend, ended });
    if (outcomes.some((refused) => refused)) {
      ended = await readEnded(docs, tenantId, day);
      outcomes = judgeGroup(group, limits, { accepted, spend, ended });
    }
    const admitted = group.filter((_, index) => !outcomes[index]);
    if (admitted.length === 0) return outcomes;
    const price = admitted.reduce((sum, { job }) => sum + job.priceMicroUsd, 0);
    applyWrites(tx, mergeWrites(admitted.flatMap(({ job, extra }) => [...newJobWrites(job), ...extra])));
    const acceptedNow = { jobs: increment(admitted.length), endedJobs: ended.jobs, endedBytes: ended.bytes };
    tx.set(acceptedPath(tenantId), acceptedNow, { merge: true });
    const spendNow = { spendMicroUsd: increment(price), returnedMicroUsd: ended.returnedMicroUsd };
    tx.set(spendPath(tenantId, day), { ...spendNow, expiresAt: expiryOf(day) }, { merge: true });
    return outcomes;
  });
}

const admissions = groupCommit<Asked, QuotaExceeded | undefined>({
  commit: admitGroup,
  weight: ({ extra, job }) => newJobWrites(job).length + extra.length,
});

/**
 * Accepts a job if the tenant’s quotas have room for it: the check, the job and the counters are one transaction, which
 * jobs that come at the same time share.
 *
 * @param extra - further writes of the same commit.
 * @throws QuotaExceeded quota_jobs, quota_storage, quota_spend; DocExists when the job is there already
 */
export async function admitJob(
  docs: DocStore,
  clock: Clock,
  job: JobDocument,
  extra: readonly DocWrite[],
): Promise<void> {
  const refused = await admissions(docs, `${job.tenantId} ${dayOf(job.createdAt)}`, { clock, job, extra });
  if (refused) throw refused;
}

/**
 * Makes an announced upload known if there is room for its bytes; one that was announced before under this id is given
 * back as it stands.
 *
 * @throws QuotaExceeded quota_storage
 */
export async function admitUpload(docs: DocStore, asset: AssetDocument): Promise<AssetDocument> {
  const { tenantId, sizeBytes } = asset;
  const path = assetPath(tenantId, asset.id);
  return docs.transaction(async (tx) => {
    const accepted = (await tx.get<Accepted>(acceptedPath(tenantId))) ?? {};
    const before = await tx.get<AssetDocument>(path);
    if (before) return before;
    const limits = await openLimits(docs, tenantId, accepted);
    const storedBy = ({ bytes }: Pick<Sums, 'bytes'>): number => Math.max(0, (accepted.uploadedBytes ?? 0) + bytes);
    let stored = storedBy(lastSums(accepted, {}));
    if (stored + sizeBytes > limits.storedBytes) {
      stored = storedBy(await readEnded(docs, tenantId, dayOf(asset.createdAt)));
    }
    if (stored + sizeBytes > limits.storedBytes) {
      throw new QuotaExceeded(
        'quota_storage',
        `${stored} of ${limits.storedBytes} bytes are stored; ${sizeBytes} more do not fit.`,
        storageRetryS,
      );
    }
    applyWrites(tx, [assetWrite(asset)]);
    tx.set(acceptedPath(tenantId), { uploadedBytes: increment(sizeBytes) }, { merge: true });
    return asset;
  });
}

type HeldByJob = Pick<JobDocument, 'id' | 'tenantId' | 'createdAt' | 'priceMicroUsd'>;

/** The writes that give back what a job held; they go into the commit that ends it, and so happen once. */
export const jobEndWrites = (job: HeldByJob, end: { chargedMicroUsd: number; deliveredBytes: number }): DocWrite[] => [
  ...jobWaitsWrites(job, end),
  ...jobDecidedWrites(job, { ...end, deliveredBytes: 0 }),
];

/**
 * The writes for a job whose work is over while a person has to decide: its place among the jobs at the same time is free;
 * its whole price stays reserved.
 */
export const jobWaitsWrites = (job: HeldByJob, { deliveredBytes }: { deliveredBytes: number }): DocWrite[] => [
  {
    kind: 'set',
    merge: true,
    path: endedPath(job.tenantId, shardOf(job.id)),
    data: { jobs: increment(1), deliveredBytes: increment(deliveredBytes) },
  },
];

/** The writes for a job that was decided on after it had waited: what it is not charged comes back. */
export function jobDecidedWrites(job: HeldByJob, end: { chargedMicroUsd: number; deliveredBytes: number }): DocWrite[] {
  const shard = shardOf(job.id);
  const day = dayOf(job.createdAt);
  return [
    ...(end.deliveredBytes === 0
      ? []
      : [
          {
            kind: 'set' as const,
            merge: true,
            path: endedPath(job.tenantId, shard),
            data: { deliveredBytes: increment(end.deliveredBytes) },
          },
        ]),
    {
      kind: 'set',
      merge: true,
      path: returnedPath(job.tenantId, day, shard),
      data: { spendMicroUsd: increment(end.chargedMicroUsd - job.priceMicroUsd), expiresAt: expiryOf(day) },
    },
  ];
}

/** The write that gives back the room of deleted files. */
export const freedBytesWrite = (tenantId: string, sizeBytes: number): DocWrite => ({
  kind: 'set',
  merge: true,
  path: endedPath(tenantId, 0),
  data: { freedBytes: increment(sizeBytes) },
});

/** The write that lets nothing more in; it goes into the commit that begins a deletion. */
export const closeQuotasWrite = (tenantId: string): DocWrite => ({
  kind: 'set',
  merge: true,
  path: acceptedPath(tenantId),
  data: { closed: true },
});

/** Jobs under way, as the counters have them. */
export async function activeJobs(docs: DocStore, tenantId: string): Promise<number> {
  const [accepted, ...ended] = await docs.getAll<Accepted & Ended>([
    acceptedPath(tenantId),
    ...allShards.map((shard) => endedPath(tenantId, shard)),
  ]);
  return Math.max(
    0,
    ended.reduce((left, shard) => left - (shard?.jobs ?? 0), accepted?.jobs ?? 0),
  );
}

/** The limits of a tenant and what is used of them. */
export async function readLimits(
  docs: DocStore,
  clock: Clock,
  tenantId: string,
  requestsUsed: number,
): Promise<LimitsReport> {
  const today = clock.now();
  const day = dayOf(today.toISOString());
  const [[tenant, accepted, spend], ended] = await Promise.all([
    docs.getAll<TenantDocument & Accepted & Spend>([
      tenantPath(tenantId),
      acceptedPath(tenantId),
      spendPath(tenantId, day),
    ]),
    readEnded(docs, tenantId, day),
  ]);
  const limits = tenantLimits(tenant);
  const gauge = (limit: number, used: number) => ({ limit, used: Math.max(0, used) });
  return {
    requestsPerMinute: gauge(limits.requestsPerMinute, requestsUsed),
    concurrentJobs: gauge(limits.concurrentJobs, (accepted?.jobs ?? 0) - ended.jobs),
    storedBytes: gauge(limits.storedBytes, (accepted?.uploadedBytes ?? 0) + ended.bytes),
    spendMicroUsdPerDay: {
      ...gauge(limits.spendMicroUsdPerDay, (spend?.spendMicroUsd ?? 0) - ended.returnedMicroUsd),
      resetsAt: midnightAfter(today).toISOString(),
    },
    retentionDays: { uploads: limits.uploadRetentionDays, files: limits.fileRetentionDays },
  };
}
