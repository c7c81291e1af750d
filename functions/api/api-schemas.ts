import { z } from 'zod';
import {
  ApiKey,
  ApiKeyRequest,
  Asset,
  AssetId,
  AuditRecord,
  Job,
  JobEvent,
  JobId,
  JobRequest,
  KeyId,
  KeyRotation,
  LimitsReport,
  Policy,
  PolicyRequest,
  Problem,
  Profile,
  ProfileId,
  Provenance,
  page,
  Quote,
  ReceiptEnvelope,
  RefusedDay,
  ReviewCase,
  ReviewRequest,
  Upload,
  UploadRequest,
  UsageEvent,
  UsageTotal,
  Webhook,
  WebhookDelivery,
  WebhookId,
  WebhookRequest,
} from '../../shared/schema/index.ts';

export const JobPage = page(Job).describe('One page of jobs, newest first.');
export const JobEventPage = page(JobEvent).describe('One page of events, oldest first.');
export const ProfileList = page(Profile).describe('All target profiles.');
export const UsageEventPage = page(UsageEvent).describe('One page of usage events, oldest first.');
export const WebhookList = page(Webhook).describe('All webhook endpoints, oldest first.');
export const WebhookDeliveryPage = page(WebhookDelivery).describe('One page of deliveries, newest first.');

export const KeyList = z.strictObject({ items: z.array(ApiKey) }).describe('All API keys, oldest first.');
export const AuditPage = page(AuditRecord)
  .extend({ refused: z.array(RefusedDay).describe('Refused authentications by day, newest first.') })
  .describe('One page of acts, newest first.');

export const UsageSummary = z
  .strictObject({ from: z.iso.date(), to: z.iso.date(), items: z.array(UsageTotal), totalMicroUsd: z.int() })
  .describe('Sums for each day (UTC) and metric.');

export const ReceiptKeys = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        keyId: z.string().describe('`keyid` in the signatures of receipts.'),
        algorithm: z.literal('Ed25519'),
        publicKeyPem: z.string().describe('SubjectPublicKeyInfo in PEM.'),
      }),
    ),
  })
  .describe('The public keys that receipts are signed with.');

export const Health = z.strictObject({ status: z.literal('ok') }).describe('The API and its store answer.');

/** Schemas of answers, by their names in the OpenAPI document. */
export const answerSchemas: Record<string, z.ZodType> = {
  ApiKey,
  Asset,
  AuditPage,
  AuditRecord,
  Health,
  Job,
  JobEvent,
  JobEventPage,
  JobPage,
  KeyList,
  LimitsReport,
  Policy,
  Problem,
  Profile,
  ProfileList,
  Provenance,
  Quote,
  ReceiptEnvelope,
  ReceiptKeys,
  ReviewCase,
  Upload,
  UsageEvent,
  UsageEventPage,
  UsageSummary,
  UsageTotal,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookList,
};

/** Schemas of request bodies: here a field with a default may be left out. */
export const requestSchemas: Record<string, z.ZodType> = {
  ApiKeyRequest,
  JobRequest,
  KeyRotation,
  PolicyRequest,
  ReviewRequest,
  UploadRequest,
  WebhookRequest,
};

/** Path parameters. */
export const jobParams = z.strictObject({ jobId: JobId });
export const assetParams = z.strictObject({ assetId: AssetId });
export const profileParams = z.strictObject({ profileId: ProfileId });
export const keyParams = z.strictObject({ keyId: KeyId });
export const webhookParams = z.strictObject({ webhookId: WebhookId });

/** The job that the documentation’s examples are about. */
export const exampleJobRequest = {
  source: { kind: 'asset', assetId: 'ast_01jd8m4v9qf3x7t2k5c6n8r0wz' },
  targets: ['web', 'mobile-ar'],
  recipe: { convert: { triangles: 50_000 } },
  maxCostMicroUsd: 500_000,
  labels: { project: 'spring-catalogue' },
};
