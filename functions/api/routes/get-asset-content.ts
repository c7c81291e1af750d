import { assetParams } from '../api-schemas.ts';
import { arrivedAsset } from '../arrived-asset.ts';
import { defineRoute } from '../route.ts';

export const getAssetContent = defineRoute({
  id: 'getAssetContent',
  method: 'GET',
  path: '/v1/assets/{assetId}/content',
  summary: 'Download a file: redirects to a fresh signed URL.',
  scope: 'assets:read',
  params: assetParams,
  successes: [{ status: 302, description: 'The file is there.', headers: { location: 'Signed URL.' } }],
  errors: ['upload_incomplete'],
  async handler({ deps, tenantId, params }) {
    const { signed } = await arrivedAsset(deps, tenantId, params.assetId);
    return { status: 302, headers: { location: signed.url } };
  },
});
