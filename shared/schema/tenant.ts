import { z } from 'zod';
import { TenantId, Timestamp } from './ids.ts';
import { PolicyDocument } from './policy.ts';

const gib = 1024 ** 3;
const usd = 1_000_000;

/** What a tenant may use. Money and bytes are counted before the work, by what was announced and quoted. */
export const TenantLimits = z
  .strictObject({
    requestsPerMinute: z.int().min(1).max(1_000_000).describe('Requests; counted by each instance of the API.'),
    concurrentJobs: z.int().min(0).max(1_000_000).describe('Jobs that are queued or running at the same time.'),
    storedBytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER).describe('Bytes of uploads and delivered files.'),
    spendMicroUsdPerDay: z.int().min(0).max(1e12).describe('Price of the jobs accepted on one day (UTC).'),
    uploadRetentionDays: z.int().min(1).max(36_500).describe('Days after which an uploaded file is deleted.'),
    fileRetentionDays: z.int().min(1).max(36_500).describe('Days after which the files of a finished job are deleted.'),
  })
  .describe('What a tenant may use.');
export type TenantLimits = z.infer<typeof TenantLimits>;

/**
 * Limits of a tenant that has none of its own. Wide enough for a studio's nightly build of thousands of assets, and low
 * enough that a key in the wrong hands costs a bounded sum and cannot fill the store.
 */
export const defaultTenantLimits: TenantLimits = {
  requestsPerMinute: 6000,
  concurrentJobs: 2000,
  storedBytes: 500 * gib,
  spendMicroUsdPerDay: 2000 * usd,
  uploadRetentionDays: 90,
  fileRetentionDays: 365,
};

/** A tenant as it is kept. */
export const TenantDocument = z.strictObject({
  id: TenantId,
  limits: TenantLimits.partial().optional().describe('Limits of its own; the defaults stand for the rest.'),
  policy: PolicyDocument.optional(),
  /** Set when its deletion was asked for: from then on no key works and nothing is accepted. */
  deletingAt: Timestamp.optional(),
});
export type TenantDocument = z.infer<typeof TenantDocument>;

export const tenantLimits = (tenant: TenantDocument | undefined): TenantLimits => ({
  ...defaultTenantLimits,
  ...tenant?.limits,
});

const Gauge = z.strictObject({ limit: z.int(), used: z.int() });

export const LimitsReport = z
  .strictObject({
    requestsPerMinute: Gauge.describe('`used`: in the bucket of the instance that answered.'),
    concurrentJobs: Gauge,
    storedBytes: Gauge,
    spendMicroUsdPerDay: Gauge.extend({ resetsAt: Timestamp }),
    retentionDays: z.strictObject({ uploads: z.int(), files: z.int() }),
  })
  .describe('The limits of the tenant and what is used of them.');
export type LimitsReport = z.infer<typeof LimitsReport>;

/** What is left of a tenant that was deleted, or is being deleted. */
export const TenantDeletion = z.strictObject({
  tenantId: TenantId,
  requestedAt: Timestamp,
  requestedBy: z.string(),
  state: z.enum(['running', 'done']),
  finishedAt: Timestamp.optional(),
  documents: z.int(),
  objects: z.int(),
  objectBytes: z.int(),
  messages: z.int(),
  executions: z.int(),
});
export type TenantDeletion = z.infer<typeof TenantDeletion>;
