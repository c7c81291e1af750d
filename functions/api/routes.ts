import type { Route } from './route.ts';
import { cancelJob } from './routes/cancel-job.ts';
import { createJobRoute } from './routes/create-job.ts';
import { createKey } from './routes/create-key.ts';
import { createQuote } from './routes/create-quote.ts';
import { createUpload } from './routes/create-upload.ts';
import { createWebhook } from './routes/create-webhook.ts';
import { deleteWebhook } from './routes/delete-webhook.ts';
import { getAsset } from './routes/get-asset.ts';
import { getAssetContent } from './routes/get-asset-content.ts';
import { getAssetProvenance } from './routes/get-asset-provenance.ts';
import { getHealth, getHealthz } from './routes/get-health.ts';
import { getJob } from './routes/get-job.ts';
import { getKey } from './routes/get-key.ts';
import { getLimits } from './routes/get-limits.ts';
import { getOpenapi } from './routes/get-openapi.ts';
import { getPolicy } from './routes/get-policy.ts';
import { getProfile } from './routes/get-profile.ts';
import { getReceipt } from './routes/get-receipt.ts';
import { getReview } from './routes/get-review.ts';
import { getUsage } from './routes/get-usage.ts';
import { getWebhook } from './routes/get-webhook.ts';
import { listAuditRoute } from './routes/list-audit.ts';
import { listJobEvents } from './routes/list-job-events.ts';
import { listJobs } from './routes/list-jobs.ts';
import { listKeys } from './routes/list-keys.ts';
import { listProfiles } from './routes/list-profiles.ts';
import { listReceiptKeys } from './routes/list-receipt-keys.ts';
import { listUsageEventsRoute } from './routes/list-usage-events.ts';
import { listWebhookDeliveries } from './routes/list-webhook-deliveries.ts';
import { listWebhooks } from './routes/list-webhooks.ts';
import { putPolicy } from './routes/put-policy.ts';
import { replayWebhookDelivery } from './routes/replay-webhook-delivery.ts';
import { reviewJob } from './routes/review-job.ts';
import { revokeKey } from './routes/revoke-key.ts';
import { rotateKey } from './routes/rotate-key.ts';

/** Every route of the public API, in the order of the documentation. */
export const routes: readonly Route[] = [
  createUpload,
  createQuote,
  createJobRoute,
  listJobs,
  getJob,
  cancelJob,
  listJobEvents,
  getReview,
  reviewJob,
  getAsset,
  getAssetContent,
  getAssetProvenance,
  listProfiles,
  getProfile,
  getPolicy,
  putPolicy,
  getUsage,
  listUsageEventsRoute,
  getLimits,
  getReceipt,
  listReceiptKeys,
  createWebhook,
  listWebhooks,
  getWebhook,
  deleteWebhook,
  listWebhookDeliveries,
  replayWebhookDelivery,
  createKey,
  listKeys,
  getKey,
  rotateKey,
  revokeKey,
  listAuditRoute,
  getHealth,
  getHealthz,
  getOpenapi(() => routes),
];
