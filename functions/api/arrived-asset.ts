import { AtlasError } from '../../shared/errors.ts';
import type { SignedUrl } from '../../shared/ports/index.ts';
import { readAsset } from '../../shared/records/assets.ts';
import type { AssetDocument } from '../../shared/schema/index.ts';
import type { ApiDeps } from './route.ts';

/** Signed URLs are short-lived: asking for an asset again gives a fresh one. */
export const signedUrlMs = 15 * 60_000;

/**
 * An asset whose bytes are there, and a signed URL to them.
 *
 * @throws AtlasError not_found, upload_incomplete
 */
export async function arrivedAsset(
  deps: ApiDeps,
  tenantId: string,
  assetId: string,
): Promise<{ asset: AssetDocument; signed: SignedUrl; urlExpiresAt: string }> {
  const asset = await readAsset(deps.docs, tenantId, assetId);
  if (asset.kind === 'upload' && !(await deps.objects.head(asset.objectKey))) {
    throw new AtlasError('upload_incomplete', `The file of ${asset.id} has not arrived.`);
  }
  const expiresAt = new Date(deps.clock.now().getTime() + signedUrlMs);
  const signed = await deps.objects.signedUrl(asset.objectKey, { method: 'GET', expiresAt, fileName: asset.fileName });
  return { asset, signed, urlExpiresAt: expiresAt.toISOString() };
}
