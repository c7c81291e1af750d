import { Asset } from '../../../shared/schema/index.ts';
import { assetParams } from '../api-schemas.ts';
import { arrivedAsset } from '../arrived-asset.ts';
import { defineRoute } from '../route.ts';

export const getAsset = defineRoute({
  id: 'getAsset',
  method: 'GET',
  path: '/v1/assets/{assetId}',
  summary: 'Read about a file and get a fresh signed URL to it.',
  scope: 'assets:read',
  params: assetParams,
  successes: [{ status: 200, description: 'The file and where to get it.', schema: Asset }],
  errors: ['upload_incomplete'],
  async handler({ deps, tenantId, params }) {
    const { asset, signed, urlExpiresAt } = await arrivedAsset(deps, tenantId, params.assetId);
    const { tenantId: _tenantId, objectKey: _objectKey, ...shown } = asset;
    return { status: 200, json: { ...shown, url: signed.url, urlExpiresAt } };
  },
});
