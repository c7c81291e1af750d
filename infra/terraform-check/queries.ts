import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A query that the product asks; `equal` fields are compared with ==, `sort` also carries any < or >. */
export interface StoreQuery {
  readonly file: string;
  readonly collection: string;
  readonly equal?: readonly string[];
  readonly sort?: string;
  readonly descending?: boolean;
}

/** Every query of the product. A file that asks and is not listed here is a finding. */
export const storeQueries: readonly StoreQuery[] = [
  { file: 'shared/records/list-jobs.ts', collection: 'jobs', sort: 'id', descending: true },
  { file: 'shared/records/list-jobs.ts', collection: 'jobs', equal: ['status'], sort: 'id', descending: true },
  { file: 'shared/records/api-keys.ts', collection: 'apiKeys', equal: ['tenantId'] },
  { file: 'shared/records/audit.ts', collection: 'audit', sort: 'id', descending: true },
  { file: 'shared/records/audit.ts', collection: 'refusedDays', sort: 'day', descending: true },
  { file: 'shared/records/tenants.ts', collection: 'tenants' },
  { file: 'shared/records/delete-tenant.ts', collection: 'tenantDeletions', equal: ['state'] },
  { file: 'shared/records/delete-tenant.ts', collection: 'tenantDeletions', sort: 'finishedAt' },
  { file: 'shared/records/delete-tenant.ts', collection: 'jobOutbox', equal: ['tenantId'] },
  { file: 'shared/records/retention.ts', collection: 'assets', equal: ['kind'], sort: 'createdAt' },
  { file: 'shared/records/retention.ts', collection: 'assets', equal: ['objectKey'] },
  { file: 'shared/records/retention.ts', collection: 'assets', equal: ['jobId'] },
  { file: 'shared/records/retention.ts', collection: 'stages' },
  { file: 'shared/records/retention.ts', collection: 'jobs', equal: ['status'] },
  { file: 'shared/records/stages.ts', collection: 'stages', equal: ['jobId'] },
  { file: 'shared/records/outbox.ts', collection: 'jobOutbox', sort: 'dueAt' },
  { file: 'shared/records/outbox.ts', collection: 'webhookOutbox', sort: 'dueAt' },
  { file: 'shared/records/sweeps.ts', collection: 'tenants' },
  { file: 'shared/records/idempotency.ts', collection: 'idempotency', sort: 'expiresAt' },
  { file: 'shared/records/usage.ts', collection: 'usageDays', sort: 'day' },
  { file: 'shared/records/usage.ts', collection: 'usage', sort: 'at' },
  { file: 'shared/records/usage.ts', collection: 'usage', equal: ['jobId'], sort: 'at' },
  { file: 'shared/records/webhooks.ts', collection: 'webhooks' },
  { file: 'shared/records/webhooks.ts', collection: 'webhookOutbox', equal: ['tenantId', 'jobId'] },
  { file: 'functions/api/event-stream.ts', collection: 'events', sort: 'seq' },
  { file: 'functions/api/routes/list-webhooks.ts', collection: 'webhooks' },
  { file: 'functions/api/routes/create-webhook.ts', collection: 'webhooks' },
  { file: 'functions/api/routes/delete-webhook.ts', collection: 'deliveries' },
  {
    file: 'functions/api/routes/list-webhook-deliveries.ts',
    collection: 'deliveries',
    sort: 'createdAt',
    descending: true,
  },
];

/**
 * The composite index that Firestore wants for a query, as `field ORDER` parts; undefined when its automatic indexes do.
 * Those serve one sorted field either way with ids in the same direction, and equalities with ids ascending.
 * https://firebase.google.com/docs/firestore/query-data/index-overview
 */
export function indexFor({ equal = [], sort, descending = false }: StoreQuery): string | undefined {
  const direction = descending ? 'DESCENDING' : 'ASCENDING';
  if (sort === undefined || equal.length === 0) return undefined;
  return [...equal.map((field) => `${field} ASCENDING`), `${sort} ${direction}`].join(', ');
}

/** Source files under `roots` that ask the document store something. */
export function askingFiles(roots: readonly string[]): string[] {
  return roots.flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, name).replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .filter((file) => /\bdocs\.query\b/.test(readFileSync(file, 'utf8'))),
  );
}
