import { AtlasError } from '../../../shared/errors.ts';
import { readAsset } from '../../../shared/records/assets.ts';
import { readJob } from '../../../shared/records/jobs.ts';
import { ReceiptEnvelope } from '../../../shared/schema/index.ts';
import { jobParams } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const getReceipt = defineRoute({
  id: 'getReceipt',
  method: 'GET',
  path: '/v1/receipts/{jobId}',
  summary: 'Read the signed receipt of a job that has ended.',
  scope: 'jobs:read',
  params: jobParams,
  successes: [
    { status: 200, description: 'The DSSE envelope, byte for byte as it was signed.', schema: ReceiptEnvelope },
  ],
  async handler({ deps, tenantId, params }) {
    const job = await readJob(deps.docs, tenantId, params.jobId);
    if (!job.receiptAssetId) throw new AtlasError('not_found', `There is no receipt for ${job.id}.`);
    const asset = await readAsset(deps.docs, tenantId, job.receiptAssetId);
    const bytes = await deps.objects.get(asset.objectKey);
    return { status: 200, headers: { 'content-type': 'application/json' }, bytes };
  },
});
