import { AtlasError } from '../errors.ts';
import type { DocStore, DocWrite } from '../ports/index.ts';
import type { AssetDocument } from '../schema/index.ts';

export const assetPath = (tenantId: string, assetId: string): string => `tenants/${tenantId}/assets/${assetId}`;

/** Where the bytes of an upload arrive. */
export const uploadKey = (tenantId: string, assetId: string): string => `tenants/${tenantId}/uploads/${assetId}`;

/** @throws AtlasError not_found, also for an asset of another tenant. */
export async function readAsset(docs: DocStore, tenantId: string, assetId: string): Promise<AssetDocument> {
  const asset = await docs.get<AssetDocument>(assetPath(tenantId, assetId));
  if (!asset) throw new AtlasError('not_found', `There is no asset ${assetId}.`);
  return asset;
}

/** The write that makes an asset known; an id is used once. */
export const assetWrite = (asset: AssetDocument): DocWrite => ({
  kind: 'create',
  path: assetPath(asset.tenantId, asset.id),
  data: { ...asset },
});

/** Notes the hash of an upload once its bytes have been read. */
export const setAssetSha256 = (docs: DocStore, tenantId: string, assetId: string, sha256: string): Promise<void> =>
  docs.set(assetPath(tenantId, assetId), { sha256 }, { merge: true });
