import { AtlasError, type ErrorCode } from '../errors.ts';
import { type Clock, type DocStore, type DocTransaction, type DocWrite, increment } from '../ports/index.ts';
import {
  type AssetDocument,
  type JobDocument,
  type LimitsReport,
  type TenantDocument,
  type TenantLimits,
  tenantLimits,
} from '../schema/index.ts';
import { assetPath, assetWrite } from './assets.ts';
import { newJobWrites } from './jobs.ts';
import { tenantPath } from './tenants.ts';

/** What a tenant holds now. */
interface QuotaNow {
  readonly activeJobs?: number;
  readonly storedBytes?: number;
}

/** What the jobs accepted on one day cost: their price until they end, then what was charged. */
interface QuotaDay {
  readonly spendMicroUsd?: number;
}

const nowPath = (tenantId: string): string => `tenants/${tenantId}/quota/now`;
const dayPath = (tenantId: string, day: string): string => `tenants/${tenantId}/quota/day_${day}`;
const dayOf = (at: string): string => at.slice(0, 10);

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

const turns = new WeakMap<DocStore, Map<string, Promise<unknown>>>();

/**
 * Runs what changes a tenant’s counters one after another in this process: they share one document, and the store would
 * let all but one of a crowd begin anew. Between processes the transaction decides.
 */
function inTurn<T>(docs: DocStore, tenantId: string, act: () => Promise<T>): Promise<T> {
  const queue = turns.get(docs) ?? new Map<string, Promise<unknown>>();
  turns.set(docs, queue);
  const mine = (queue.get(tenantId) ?? Promise.resolve()).then(act, act);
  const settled = mine.then(
    () => undefined,
    () => undefined,
  );
  queue.set(tenantId, settled);
  void settled.then(() => (queue.get(tenantId) === settled ? queue.delete(tenantId) : undefined));
  return mine;
}

async function readCounters(tx: DocTransaction, tenantId: string): Promise<{ limits: TenantLimits; now: QuotaNow }> {
  const tenant = await tx.get<TenantDocument>(tenantPath(tenantId));
  if (!tenant || tenant.deletingAt) throw new AtlasError('unauthenticated', 'The tenant of this API key is deleted.');
  return { limits: tenantLimits(tenant), now: (await tx.get<QuotaNow>(nowPath(tenantId))) ?? {} };
}

function applyWrites(tx: DocTransaction, writes: readonly DocWrite[]): void {
  for (const write of writes) {
    if (write.kind === 'create') tx.create(write.path, write.data);
    else if (write.kind === 'set') tx.set(write.path, write.data, { merge: write.merge === true });
    else tx.delete(write.path);
  }
}

/**
 * Accepts a job if the tenant’s quotas have room for it: the check, the job and the counters are one transaction.
 *
 * @param extra - further writes of the same commit.
 * @throws QuotaExceeded quota_jobs, quota_storage, quota_spend; DocExists when the job is there already
 */
export function admitJob(docs: DocStore, clock: Clock, job: JobDocument, extra: readonly DocWrite[]): Promise<void> {
  const { tenantId, priceMicroUsd } = job;
  const spendPath = dayPath(tenantId, dayOf(job.createdAt));
  return inTurn(docs, tenantId, () =>
    docs.transaction(async (tx) => {
      const { limits, now } = await readCounters(tx, tenantId);
      const { spendMicroUsd = 0 } = (await tx.get<QuotaDay>(spendPath)) ?? {};
      if ((now.activeJobs ?? 0) >= limits.concurrentJobs) {
        throw new QuotaExceeded('quota_jobs', `${limits.concurrentJobs} jobs are under way.`, jobsRetryS);
      }
      if ((now.storedBytes ?? 0) > limits.storedBytes) {
        throw new QuotaExceeded('quota_storage', `More than ${limits.storedBytes} bytes are stored.`, storageRetryS);
      }
      if (spendMicroUsd + priceMicroUsd > limits.spendMicroUsdPerDay) {
        const left = Math.max(0, limits.spendMicroUsdPerDay - spendMicroUsd);
        const today = clock.now();
        throw new QuotaExceeded(
          'quota_spend',
          `The job can cost ${priceMicroUsd} micro-USD; ${left} of ${limits.spendMicroUsdPerDay} are left today (UTC).`,
          Math.ceil((midnightAfter(today).getTime() - today.getTime()) / 1000),
        );
      }
      applyWrites(tx, [...newJobWrites(job), ...extra]);
      tx.set(nowPath(tenantId), { activeJobs: increment(1) }, { merge: true });
      tx.set(spendPath, { spendMicroUsd: increment(priceMicroUsd) }, { merge: true });
    }),
  );
}

/**
 * Makes an announced upload known if there is room for its bytes; one that was announced before under this id is given
 * back as it stands.
 *
 * @throws QuotaExceeded quota_storage
 */
export function admitUpload(docs: DocStore, asset: AssetDocument): Promise<AssetDocument> {
  const { tenantId, sizeBytes } = asset;
  return inTurn(docs, tenantId, () =>
    docs.transaction(async (tx) => {
      const { limits, now } = await readCounters(tx, tenantId);
      const before = await tx.get<AssetDocument>(assetPath(tenantId, asset.id));
      if (before) return before;
      const stored = Math.max(0, now.storedBytes ?? 0);
      if (stored + sizeBytes > limits.storedBytes) {
        throw new QuotaExceeded(
          'quota_storage',
          `${stored} of ${limits.storedBytes} bytes are stored; ${sizeBytes} more do not fit.`,
          storageRetryS,
        );
      }
      applyWrites(tx, [assetWrite(asset)]);
      tx.set(nowPath(tenantId), { storedBytes: increment(sizeBytes) }, { merge: true });
      return asset;
    }),
  );
}

/** The writes that give back what a job held; they go into the commit that ends it, and so happen once. */
export function jobEndWrites(
  job: Pick<JobDocument, 'tenantId' | 'createdAt' | 'priceMicroUsd'>,
  end: { chargedMicroUsd: number; deliveredBytes: number },
): DocWrite[] {
  return [
    {
      kind: 'set',
      merge: true,
      path: nowPath(job.tenantId),
      data: { activeJobs: increment(-1), storedBytes: increment(end.deliveredBytes) },
    },
    {
      kind: 'set',
      merge: true,
      path: dayPath(job.tenantId, dayOf(job.createdAt)),
      data: { spendMicroUsd: increment(end.chargedMicroUsd - job.priceMicroUsd) },
    },
  ];
}

/** The write that gives back the room of deleted files. */
export const freedBytesWrite = (tenantId: string, sizeBytes: number): DocWrite => ({
  kind: 'set',
  merge: true,
  path: nowPath(tenantId),
  data: { storedBytes: increment(-sizeBytes) },
});

/** Jobs under way, as the counter has them. */
export async function activeJobs(docs: DocStore, tenantId: string): Promise<number> {
  return Math.max(0, (await docs.get<QuotaNow>(nowPath(tenantId)))?.activeJobs ?? 0);
}

/** The limits of a tenant and what is used of them. */
export async function readLimits(
  docs: DocStore,
  clock: Clock,
  tenantId: string,
  requestsUsed: number,
): Promise<LimitsReport> {
  const today = clock.now();
  const [tenant, now, day] = await docs.getAll<TenantDocument & QuotaNow & QuotaDay>([
    tenantPath(tenantId),
    nowPath(tenantId),
    dayPath(tenantId, dayOf(today.toISOString())),
  ]);
  const limits = tenantLimits(tenant);
  const gauge = (limit: number, used = 0) => ({ limit, used: Math.max(0, used) });
  return {
    requestsPerMinute: gauge(limits.requestsPerMinute, requestsUsed),
    concurrentJobs: gauge(limits.concurrentJobs, now?.activeJobs),
    storedBytes: gauge(limits.storedBytes, now?.storedBytes),
    spendMicroUsdPerDay: {
      ...gauge(limits.spendMicroUsdPerDay, day?.spendMicroUsd),
      resetsAt: midnightAfter(today).toISOString(),
    },
    retentionDays: { uploads: limits.uploadRetentionDays, files: limits.fileRetentionDays },
  };
}
