import { z } from 'zod';
import { AssetId, DeliveryId, JobId, ProfileId, Sha256, TenantId, Timestamp, WebhookId } from './ids.ts';
import { limits } from './limits.ts';

export const UploadRequest = z
  .strictObject({
    fileName: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^/\\\p{Cc}]+$/u, 'must be a plain file name')
      .describe('Name of the file; its ending helps to tell formats apart.'),
    sizeBytes: z.int().min(1).max(limits.uploadBytes).describe('Exact size of the file.'),
    sha256: Sha256.optional().describe('When given, other bytes are refused.'),
  })
  .describe('A file that is about to be uploaded.');
export type UploadRequest = z.infer<typeof UploadRequest>;

export const Upload = z
  .strictObject({
    assetId: AssetId,
    method: z.literal('PUT'),
    url: z.url().describe('Signed; PUT the bytes here once.'),
    headers: z.record(z.string(), z.string()).describe('Headers to send with the PUT.'),
    expiresAt: Timestamp,
  })
  .describe('Where to PUT the file.');
export type Upload = z.infer<typeof Upload>;

/** A file that Atlas keeps for a tenant, as stored. */
export const AssetDocument = z.strictObject({
  id: AssetId,
  tenantId: TenantId,
  kind: z.enum(['upload', 'master', 'refined', 'model', 'lod', 'report', 'receipt']),
  objectKey: z.string(),
  fileName: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  sha256: Sha256.optional().describe('Absent until an upload has been read.'),
  jobId: JobId.optional(),
  target: ProfileId.optional(),
  createdAt: Timestamp,
});
export type AssetDocument = z.infer<typeof AssetDocument>;

export const Asset = AssetDocument.omit({ tenantId: true, objectKey: true })
  .extend({
    url: z.url().describe('Signed GET URL; ask again when it has expired.'),
    urlExpiresAt: Timestamp,
  })
  .describe('A file and where to get it.');
export type Asset = z.infer<typeof Asset>;

/** W3C PROV (https://www.w3.org/TR/prov-dm/) in PROV-JSON form. */
export const Provenance = z
  .strictObject({
    prefix: z.record(z.string(), z.string()),
    entity: z.record(z.string(), z.record(z.string(), z.unknown())),
    activity: z.record(z.string(), z.record(z.string(), z.unknown())),
    agent: z.record(z.string(), z.record(z.string(), z.unknown())),
    used: z.record(z.string(), z.record(z.string(), z.unknown())),
    wasGeneratedBy: z.record(z.string(), z.record(z.string(), z.unknown())),
    wasDerivedFrom: z.record(z.string(), z.record(z.string(), z.unknown())),
    wasAssociatedWith: z.record(z.string(), z.record(z.string(), z.unknown())),
  })
  .describe('How this file came to be, in W3C PROV terms.');
export type Provenance = z.infer<typeof Provenance>;

export const WebhookRequest = z
  .strictObject({
    url: z.url().max(2048).describe('Public https address on port 443.'),
    events: z
      .array(z.enum(['job.delivered', 'job.rejected', 'job.needs_review', 'job.failed', 'job.cancelled']))
      .min(1)
      .optional()
      .describe('Which events to send; all when absent.'),
    description: z.string().max(200).optional(),
  })
  .describe('Where to send events.');
export type WebhookRequest = z.infer<typeof WebhookRequest>;

export const Webhook = z
  .strictObject({
    id: WebhookId,
    url: z.string(),
    events: z.array(z.string()),
    description: z.string().optional(),
    createdAt: Timestamp,
    disabledAt: Timestamp.optional().describe('Set when the endpoint answered 410 Gone.'),
    secret: z.string().optional().describe('Standard Webhooks secret (whsec_…); only in the answer to its creation.'),
  })
  .describe('An endpoint that receives events, signed as https://www.standardwebhooks.com says.');
export type Webhook = z.infer<typeof Webhook>;

export const WebhookAttempt = z.strictObject({
  at: Timestamp,
  status: z.int().optional().describe('HTTP status of the answer.'),
  error: z.string().optional(),
  ms: z.int(),
});

export const WebhookDelivery = z
  .strictObject({
    id: DeliveryId,
    webhookId: WebhookId,
    type: z.string(),
    jobId: JobId,
    state: z.enum(['pending', 'delivered', 'failed', 'abandoned']),
    createdAt: Timestamp,
    attempts: z.array(WebhookAttempt),
  })
  .describe('One event on its way to one endpoint, with every attempt.');
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    pointer: z.string().optional(),
    requestId: z.string(),
    remedy: z.string(),
    errors: z.array(z.strictObject({ pointer: z.string(), message: z.string() })).optional(),
  })
  .describe('RFC 9457 problem document.');
export type Problem = z.infer<typeof Problem>;

export const page = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().optional() });
