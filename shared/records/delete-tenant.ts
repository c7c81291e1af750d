import { AtlasError } from '../errors.ts';
import {
  type Clock,
  type DocQuery,
  type DocStore,
  type DocWrite,
  increment,
  type ObjectStore,
} from '../ports/index.ts';
import { type JobDocument, type TenantDeletion, type TenantDocument, terminalStatuses } from '../schema/index.ts';
import { applyWrites } from './apply-writes.ts';
import { eventsPath, outboxPath } from './jobs.ts';
import { jobLabelWrites } from './list-jobs.ts';
import { closeQuotasWrite } from './quotas.ts';
import { type IsOver, runAlone, type SweepCounts } from './sweeps.ts';
import { tenantDeletionPath, tenantPath } from './tenants.ts';
import { deliveriesCollection, webhooksCollection } from './webhooks.ts';

/** Collections below a tenant whose documents have nothing below them. */
const leafCollections = [
  'assets',
  'audit',
  'idempotency',
  'provenance',
  'quota',
  'refusedDays',
  'stages',
  'usage',
  'usageDays',
] as const;
/** Collections of the whole installation whose documents name their tenant. */
const sharedCollections = ['apiKeys', 'jobOutbox', 'webhookOutbox'] as const;

/** Documents that one commit deletes, below Firestore’s limit of 500 with the count beside them. */
const deletesPerCommit = 400;
const objectsPerCount = 100;
/** Somebody may be writing for a moment longer; more passes than this mean that something is wrong. */
const passesAtMost = 10;

export interface DeletionDeps {
  readonly docs: DocStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  /** Ends an execution that works for the tenant; one that has ended already is no failure. */
  cancelExecution(name: string): Promise<void>;
  /** Removes messages and executions of the tenant; absent where only time removes them (infra/threat-model.md). */
  readonly purgeOutside?: PurgeOutside | undefined;
  /** True when the time of this call is used up: then `SliceOver` is thrown, and the next call goes on. */
  readonly isOver?: IsOver;
}

/** Removes what an installation keeps of a tenant beside documents and objects. */
export type PurgeOutside = (tenantId: string) => Promise<{ messages: number; executions: number }>;

/** The time of a call was over before a deletion was. */
class SliceOver extends Error {}

const goOn = ({ isOver }: DeletionDeps): void => {
  if (isOver?.()) throw new SliceOver('the deletion goes on with the next call');
};

type Counts = Partial<Pick<TenantDeletion, 'documents' | 'objects' | 'objectBytes' | 'messages' | 'executions'>>;

const countWrite = (tenantId: string, counts: Counts): DocWrite => ({
  kind: 'set',
  merge: true,
  path: tenantDeletionPath(tenantId),
  data: Object.fromEntries(Object.entries(counts).map(([name, by]) => [name, increment(by)])),
});

/** Deletes what a query finds, page by page; each page and its count are one commit. Returns how many went. */
async function deleteFound(
  deps: DeletionDeps,
  tenantId: string,
  collection: string,
  query: DocQuery = {},
): Promise<number> {
  const { docs } = deps;
  for (let count = 0; ; ) {
    goOn(deps);
    const found = await docs.query(collection, { ...query, limit: deletesPerCommit });
    if (found.length === 0) return count;
    await docs.batch([
      ...found.map(({ path }): DocWrite => ({ kind: 'delete', path })),
      countWrite(tenantId, { documents: found.length }),
    ]);
    count += found.length;
  }
}

/**
 * Ends and deletes one job. It is marked as ended before its events go: whoever works for it writes nothing more, and its
 * own document goes last, so that an interrupted deletion finds the rest.
 */
async function deleteJob(deps: DeletionDeps, path: string): Promise<void> {
  const { docs, cancelExecution } = deps;
  const job = await docs.transaction(async (tx) => {
    const now = await tx.get<JobDocument>(path);
    if (now && !terminalStatuses.includes(now.status)) tx.set(path, { ...now, status: 'cancelled' });
    return now;
  });
  if (!job) return;
  if (job.executionName && !terminalStatuses.includes(job.status)) await cancelExecution(job.executionName);
  await deleteFound(deps, job.tenantId, eventsPath(job.tenantId, job.id));
  const rest = [...jobLabelWrites(job).map((write) => write.path), outboxPath(job.id), path];
  await docs.batch([
    ...rest.map((one): DocWrite => ({ kind: 'delete', path: one })),
    countWrite(job.tenantId, { documents: rest.length - 1 }),
  ]);
}

async function deleteJobs(deps: DeletionDeps, tenantId: string): Promise<number> {
  for (let count = 0; ; ) {
    const found = await deps.docs.query(`tenants/${tenantId}/jobs`, { limit: deletesPerCommit });
    if (found.length === 0) return count;
    for (const { path } of found) await deleteJob(deps, path);
    count += found.length;
  }
}

async function deleteObjects(deps: DeletionDeps, tenantId: string): Promise<number> {
  const { docs, objects } = deps;
  const found = await objects.list(`${tenantPath(tenantId)}/`);
  for (let at = 0; at < found.length; at += objectsPerCount) {
    goOn(deps);
    const some = found.slice(at, at + objectsPerCount);
    for (const { key } of some) await objects.delete(key);
    const objectBytes = some.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    await docs.batch([countWrite(tenantId, { objects: some.length, objectBytes })]);
  }
  return found.length;
}

/** Deletes whatever of the tenant is there now. Returns how much that was: 0 means that nothing is left. */
async function deletePass(deps: DeletionDeps, tenantId: string): Promise<number> {
  const { docs } = deps;
  const ofTenant: DocQuery = { where: [{ field: 'tenantId', op: '==', value: tenantId }] };
  let count = 0;
  for (const collection of sharedCollections) count += await deleteFound(deps, tenantId, collection, ofTenant);
  count += await deleteJobs(deps, tenantId);
  for (const { id } of await docs.query(webhooksCollection(tenantId))) {
    count += await deleteFound(deps, tenantId, deliveriesCollection(tenantId, id));
  }
  count += await deleteFound(deps, tenantId, webhooksCollection(tenantId));
  for (const collection of leafCollections) {
    count += await deleteFound(deps, tenantId, `${tenantPath(tenantId)}/${collection}`);
  }
  count += await deleteObjects(deps, tenantId);
  const outside = (await deps.purgeOutside?.(tenantId)) ?? { messages: 0, executions: 0 };
  if (outside.messages + outside.executions > 0) await docs.batch([countWrite(tenantId, outside)]);
  return count + outside.messages + outside.executions;
}

/** Closes the tenant: from here on no key of it works and nothing is accepted. @throws AtlasError not_found */
async function beginDeletion(
  { docs, clock }: Pick<DeletionDeps, 'docs' | 'clock'>,
  tenantId: string,
  by: string,
): Promise<void> {
  await docs.transaction(async (tx) => {
    const [tenant, before] = [
      await tx.get<TenantDocument>(tenantPath(tenantId)),
      await tx.get(tenantDeletionPath(tenantId)),
    ];
    if (before) return;
    if (!tenant) throw new AtlasError('not_found', `There is no tenant ${tenantId}.`);
    const requestedAt = clock.now().toISOString();
    const counts = { documents: 0, objects: 0, objectBytes: 0, messages: 0, executions: 0 };
    const deletion: TenantDeletion = { tenantId, requestedAt, requestedBy: by, state: 'running', ...counts };
    tx.set(tenantPath(tenantId), { ...tenant, deletingAt: requestedAt });
    tx.create(tenantDeletionPath(tenantId), deletion);
    applyWrites(tx, [closeQuotasWrite(tenantId)]);
  });
}

/** Goes on with a deletion that was begun, until nothing is left but the record of it. */
export async function continueDeletion(deps: DeletionDeps, tenantId: string): Promise<TenantDeletion> {
  const { docs, clock } = deps;
  for (let pass = 1; (await deletePass(deps, tenantId)) > 0; pass++) {
    if (pass === passesAtMost) throw new AtlasError('conflict', `Tenant ${tenantId} is still being written to.`);
  }
  const path = tenantDeletionPath(tenantId);
  return docs.transaction(async (tx) => {
    const deletion = await tx.get<TenantDeletion>(path);
    if (!deletion) throw new AtlasError('not_found', `No deletion of tenant ${tenantId} was begun.`);
    const tenant = await tx.get(tenantPath(tenantId));
    if (deletion.state === 'done' && !tenant) return deletion;
    const documents = deletion.documents + (tenant ? 1 : 0);
    const done: TenantDeletion = { ...deletion, documents, state: 'done', finishedAt: clock.now().toISOString() };
    tx.delete(tenantPath(tenantId));
    tx.set(path, done);
    return done;
  });
}

/**
 * Deletes a tenant with every document, object, message and execution. In steps that can be cut off anywhere: called
 * again, it goes on. What stays is one document that says when, by whom, and how much.
 *
 * @throws AtlasError not_found when there is and was no such tenant
 */
export async function deleteTenant(deps: DeletionDeps, tenantId: string, by: string): Promise<TenantDeletion> {
  await beginDeletion(deps, tenantId, by);
  return continueDeletion(deps, tenantId);
}

/** Only begins: a sweep goes on with it. @throws AtlasError not_found */
export const requestDeletion = beginDeletion;

/** Work that began before the deletion may end this much later, and be written down: it is looked for until then. */
const lookAgainMs = 15 * 60_000;
/** Deletions that one call looks at. */
const deletionsAtOnce = 50;

/**
 * Goes on with deletions that were cut off, and looks again after those that have just ended. Costs two reads when there
 * are none. One that fails does not keep the others waiting: what it threw is thrown at the end.
 */
export async function sweepDeletions(deps: DeletionDeps): Promise<SweepCounts> {
  const { docs, clock } = deps;
  const since = new Date(clock.now().getTime() - lookAgainMs).toISOString();
  const running = await docs.query<TenantDeletion>('tenantDeletions', {
    where: [{ field: 'state', op: '==', value: 'running' }],
    limit: deletionsAtOnce,
  });
  const recent = await docs.query<TenantDeletion>('tenantDeletions', {
    where: [{ field: 'finishedAt', op: '>=', value: since }],
    orderBy: 'finishedAt',
    limit: deletionsAtOnce,
  });
  const found = [...running, ...recent];
  const failures: unknown[] = [];
  let finished = 0;
  let more = false;
  if (found.length === 0) return { counts: { finished }, more };
  // Two at once would count what they delete twice.
  await runAlone(deps, 'deletions', async () => {
    for (const { data } of found) {
      try {
        await continueDeletion(deps, data.tenantId);
        if (data.state === 'running') finished += 1;
      } catch (error) {
        if (error instanceof SliceOver) more = true;
        else failures.push(error);
      }
      if (more) return;
    }
  });
  if (failures.length > 0) throw failures[0];
  return { counts: { finished }, more: more || running.length === deletionsAtOnce };
}
