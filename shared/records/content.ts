import type { EngineFile, ObjectStore } from '../ports/index.ts';
import type { ResourceDescriptor, StoredObject } from '../schema/index.ts';

const contentTypes = {
  glb: 'model/gltf-binary',
  json: 'application/json',
  html: 'text/html; charset=utf-8',
  webp: 'image/webp',
  bin: 'application/octet-stream',
} as const;

/** Content-addressed place of a tenant’s file. */
const contentKey = (tenantId: string, sha256: string, ending: string): string =>
  `tenants/${tenantId}/sha256/${sha256.slice(0, 2)}/${sha256}.${ending}`;

/** Stores bytes under their hash; storing them again changes nothing. */
export async function putContent(
  objects: ObjectStore,
  tenantId: string,
  file: EngineFile,
  ending: keyof typeof contentTypes,
): Promise<StoredObject> {
  const key = contentKey(tenantId, file.sha256, ending);
  await objects.put(key, file.bytes, { contentType: contentTypes[ending] });
  return { key, sha256: file.sha256, sizeBytes: file.bytes.byteLength };
}

/** How a receipt names a stored file. */
export const describe = (name: string, object: { sha256: string; sizeBytes: number }): ResourceDescriptor => ({
  name,
  digest: { sha256: object.sha256 },
  annotations: { sizeBytes: object.sizeBytes },
});

/** Deep copy of JSON-like settings, without fields that are undefined. */
export const plain = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value));
