import { AtlasError } from '../../../shared/errors.ts';
import { readAsset } from '../../../shared/records/assets.ts';
import { provenanceOf, provenancePath } from '../../../shared/records/provenance.ts';
import { type AssetDocument, Provenance } from '../../../shared/schema/index.ts';
import { assetParams } from '../api-schemas.ts';
import { connectedProvenance } from '../connected-provenance.ts';
import { type ApiDeps, defineRoute } from '../route.ts';

/** An uploaded file came from outside: all that is known is whose it is. */
function uploadedFile(asset: AssetDocument): Provenance {
  const graph = provenanceOf(asset, []);
  const id = asset.sha256 === undefined ? `atlas:asset/${asset.id}` : `atlas:sha256/${asset.sha256}`;
  const hash = asset.sha256 === undefined ? {} : { 'atlas:sha256': asset.sha256 };
  return { ...graph, entity: { [id]: { 'prov:label': asset.fileName, ...hash } } };
}

async function madeFile(deps: ApiDeps, asset: AssetDocument, jobId: string): Promise<Provenance> {
  const graph = await deps.docs.get<Provenance>(provenancePath(asset.tenantId, jobId));
  if (!graph || asset.sha256 === undefined) {
    throw new AtlasError('not_found', `The provenance of ${asset.id} is not written yet.`);
  }
  return connectedProvenance(graph, asset.sha256);
}

export const getAssetProvenance = defineRoute({
  id: 'getAssetProvenance',
  method: 'GET',
  path: '/v1/assets/{assetId}/provenance',
  summary: 'How a file came to be, as a W3C PROV graph.',
  scope: 'assets:read',
  params: assetParams,
  successes: [{ status: 200, description: 'PROV-JSON of this file and what it was made from.', schema: Provenance }],
  async handler({ deps, tenantId, params }) {
    const asset = await readAsset(deps.docs, tenantId, params.assetId);
    const graph = asset.jobId === undefined ? uploadedFile(asset) : await madeFile(deps, asset, asset.jobId);
    return { status: 200, json: graph };
  },
});
