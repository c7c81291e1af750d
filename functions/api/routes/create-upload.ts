import { uploadKey } from '../../../shared/records/assets.ts';
import { admitUpload } from '../../../shared/records/quotas.ts';
import { type AssetDocument, Upload, UploadRequest } from '../../../shared/schema/index.ts';
import { defineRoute } from '../route.ts';

/** The upload has to begin within this time; how long it then takes is its own matter. */
const uploadMs = 15 * 60_000;

/** Types that storage and browsers shall see; every other file is plain bytes. */
const contentTypes: Record<string, string> = {
  glb: 'model/gltf-binary',
  gltf: 'model/gltf+json',
  obj: 'model/obj',
  zip: 'application/zip',
};

const contentTypeOf = (fileName: string): string =>
  contentTypes[fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';

export const createUpload = defineRoute({
  id: 'createUpload',
  method: 'POST',
  path: '/v1/uploads',
  summary: 'Announce a file and get a signed URL to PUT it to.',
  scope: 'assets:write',
  body: UploadRequest,
  bodyExample: { fileName: 'dragon.glb', sizeBytes: 31_457_280 },
  idempotency: 'again',
  successes: [{ status: 201, description: 'The file is expected.', schema: Upload }],
  errors: ['quota_storage'],
  async handler({ deps, tenantId, body, newId }) {
    const now = deps.clock.now();
    const id = newId('ast');
    const announced: AssetDocument = {
      id,
      tenantId,
      kind: 'upload',
      objectKey: uploadKey(tenantId, id),
      fileName: body.fileName,
      contentType: contentTypeOf(body.fileName),
      sizeBytes: body.sizeBytes,
      ...(body.sha256 === undefined ? {} : { sha256: body.sha256 }),
      createdAt: now.toISOString(),
    };
    const asset = await admitUpload(deps.docs, announced);
    const expiresAt = new Date(now.getTime() + uploadMs);
    const { objectKey, sizeBytes, contentType } = asset;
    const signed = await deps.objects.signedUrl(objectKey, { method: 'PUT', expiresAt, sizeBytes, contentType });
    return {
      status: 201,
      headers: { location: `/v1/assets/${id}` },
      json: {
        assetId: id,
        method: 'PUT',
        url: signed.url,
        headers: signed.headers,
        expiresAt: expiresAt.toISOString(),
      },
    };
  },
});
