import { checkedKey } from '../../../ports/index.ts';
import type { Preconditions } from '../disk-bucket.ts';
import type { StoredObject } from '../disk-object.ts';
import type { PartFile } from '../part-file.ts';
import { GcsFault } from './gcs-fault.ts';
import { answerMade, bucketOf, type GcsRequest, settled } from './gcs-request.ts';
import { attributesOf, preconditionsOf } from './object-resource.ts';
import { readRelated } from './read-related.ts';
import { checkHashes, chunksOf, declaredHashes, receiveBody } from './receive-body.ts';

const plainBytes = 'application/octet-stream';

interface Insertion {
  readonly bucket: string;
  readonly key: string;
  readonly resource: Record<string, unknown>;
  readonly contentType: string | undefined;
  readonly when: Preconditions;
  readonly uploadId?: string;
}

/** Makes a part an object, when the checksums in its resource are those of its bytes. */
export async function insert(request: GcsRequest, part: PartFile, made: Insertion): Promise<StoredObject> {
  const { resource, bucket, key, uploadId } = made;
  const { crc32c, md5Hash } = resource as { crc32c?: string; md5Hash?: string };
  checkHashes(part, { ...(crc32c ? { crc32c } : {}), ...(md5Hash ? { md5: md5Hash } : {}) });
  const attributes = {
    ...{ contentType: made.contentType ?? plainBytes, ...attributesOf(resource) },
    ...(uploadId === undefined ? {} : { uploadId }),
  };
  const disk = await bucketOf(request, bucket);
  return settled(await disk.commit(part, key, attributes, made.when), bucket, key);
}

/** The name of an object to be made, from the query or its resource. @throws GcsFault invalid */
export function newName(query: URLSearchParams, resource: Record<string, unknown>): string {
  const name = query.get('name') ?? resource.name;
  if (typeof name !== 'string' || name === '') throw new GcsFault('invalid', 'Required: name');
  return checkedKey(name);
}

/** Uploads in one request: bytes alone (`media`), or after a metadata document (`multipart`). */
export async function insertObject(request: GcsRequest): Promise<void> {
  const { req, query, names } = request;
  const [bucket = ''] = names;
  const part = await (await bucketOf(request, bucket)).part({ md5: true });
  try {
    const type = req.headers['content-type'];
    const when = preconditionsOf(query);
    const multipart = query.get('uploadType') === 'multipart';
    if (!multipart) await receiveBody(req, part);
    const { resource, contentType } = multipart
      ? await readRelated(chunksOf(req), type ?? '', part.write)
      : { resource: {}, contentType: type };
    checkHashes(part, declaredHashes(req.headers));
    const key = newName(query, resource);
    await answerMade(request, bucket, await insert(request, part, { bucket, key, resource, contentType, when }));
  } finally {
    await part.discard();
  }
}
