import { crc32c, crc32cText } from '../crc32c.ts';
import type { DiskBucket, Preconditions } from '../disk-bucket.ts';
import type { ObjectAttributes, OpenObject, StoredObject } from '../disk-object.ts';
import { GcsFault } from './gcs-fault.ts';

/** Counts the checksum of an object that was written without one. */
export async function withChecksum(bucket: DiskBucket, info: StoredObject): Promise<StoredObject> {
  if (info.crc32c !== undefined) return info;
  let crc = 0;
  const object: OpenObject | undefined = await bucket.open(info.key);
  if (object) for await (const chunk of object.stream()) crc = crc32c(chunk as Buffer, crc);
  return { ...info, crc32c: crc32cText(crc) };
}

/** An object as the JSON API shows it. https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export function objectResource(origin: string, bucket: string, info: StoredObject): Record<string, unknown> {
  const created = new Date(Number(BigInt(info.generation) / 1000n)).toISOString();
  const link = `${origin}/storage/v1/b/${bucket}/o/${encodeURIComponent(info.key)}`;
  const { contentType, metadata, cacheControl, contentDisposition, contentEncoding, componentCount } = info;
  return {
    kind: 'storage#object',
    id: `${bucket}/${info.key}/${info.generation}`,
    selfLink: link,
    mediaLink: `${origin}/download${link.slice(origin.length)}?generation=${info.generation}&alt=media`,
    name: info.key,
    bucket,
    generation: info.generation,
    metageneration: String(info.metageneration),
    ...{ contentType, metadata, cacheControl, contentDisposition, contentEncoding, componentCount },
    storageClass: info.storageClass ?? 'STANDARD',
    size: String(info.sizeBytes),
    md5Hash: info.md5,
    crc32c: info.crc32c,
    etag: Buffer.from(`${info.generation}/${info.metageneration}`).toString('base64'),
    timeCreated: created,
    updated: created,
  };
}

const textFields = ['contentType', 'cacheControl', 'contentDisposition', 'contentEncoding', 'storageClass'] as const;

/** The attributes that a resource in a request sets. @throws GcsFault invalid when one has another type */
export function attributesOf(resource: Record<string, unknown>): Partial<ObjectAttributes> {
  const texts = textFields.filter((name) => resource[name] !== undefined);
  for (const name of texts) {
    if (typeof resource[name] !== 'string') throw new GcsFault('invalid', `Invalid value for: ${name}`);
  }
  const { metadata } = resource;
  if (metadata !== undefined && typeof metadata !== 'object') {
    throw new GcsFault('invalid', 'Invalid value for: metadata');
  }
  const pairs = Object.entries((metadata as Record<string, unknown>) ?? {}).filter(([, value]) => value !== null);
  return {
    ...Object.fromEntries(texts.map((name) => [name, resource[name]])),
    ...(metadata === undefined ? {} : { metadata: Object.fromEntries(pairs.map(([k, v]) => [k, String(v)])) }),
  };
}

/** Preconditions of a request to the JSON API; `prefix` is `ifSource` for the source of a copy. */
export function preconditionsOf(query: URLSearchParams, prefix: 'if' | 'ifSource' = 'if'): Preconditions {
  const number = (name: string): string | undefined => {
    const value = query.get(prefix + name) ?? undefined;
    if (value !== undefined && !/^\d+$/.test(value))
      throw new GcsFault('invalid', `Invalid value for: ${prefix}${name}`);
    return value;
  };
  const all = {
    generation: number('GenerationMatch'),
    notGeneration: number('GenerationNotMatch'),
    metageneration: number('MetagenerationMatch'),
    notMetageneration: number('MetagenerationNotMatch'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
