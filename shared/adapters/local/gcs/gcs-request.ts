import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Change, DiskBucket } from '../disk-bucket.ts';
import type { StoredObject } from '../disk-object.ts';
import type { GcsBuckets } from './gcs-buckets.ts';
import { conditionNotMet, GcsFault, noObject } from './gcs-fault.ts';
import { objectResource, withChecksum } from './object-resource.ts';

/** What happened to an object. https://cloud.google.com/storage/docs/pubsub-notifications#events */
export type ObjectEvent = 'OBJECT_FINALIZE' | 'OBJECT_DELETE' | 'OBJECT_METADATA_UPDATE';

/** One request to the JSON API, with what its route needs. */
export interface GcsRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Names in the path, without their escapes. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  /** Scheme, host and port under which the caller sees the server. */
  readonly origin: string;
  readonly buckets: GcsBuckets;
  announce(event: ObjectEvent, bucket: string, resource: Record<string, unknown>): Promise<void>;
}

export type GcsHandler = (request: GcsRequest) => Promise<void>;

/** Metadata documents are small; bytes of objects are streamed and not bound by this. */
const jsonBytes = 1 << 20;

export async function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let seen = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    seen += chunk.length;
    if (seen > jsonBytes) throw new GcsFault('invalid', 'The metadata document is too large.');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  const value: unknown = text === '' ? {} : JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GcsFault('invalid', 'The body must be a JSON object.');
  }
  return value as Record<string, unknown>;
}

export function answerJson(res: ServerResponse, json: unknown, status = 200): void {
  const body = JSON.stringify(json);
  res.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  });
  res.end(body);
}

/** @throws GcsFault noSuchBucket */
export async function bucketOf({ buckets }: GcsRequest, name = ''): Promise<DiskBucket> {
  const bucket = await buckets.get(name);
  if (!bucket) throw new GcsFault('noSuchBucket', 'The specified bucket does not exist.');
  return bucket;
}

/** @throws GcsFault noSuchKey, preconditionFailed */
export function settled(change: Change, bucket: string, key: string): StoredObject {
  if (change === 'missing') throw noObject(bucket, key);
  if (change === 'refused') throw conditionNotMet();
  return change;
}

/** An object’s resource, with a checksum in any case. */
export const resourceOf = async (request: GcsRequest, name: string, info: StoredObject) =>
  objectResource(request.origin, name, await withChecksum(await bucketOf(request, name), info));

/** Answers with the resource of an object that was just made. */
export async function answerMade(request: GcsRequest, name: string, info: StoredObject): Promise<void> {
  const resource = await resourceOf(request, name, info);
  await request.announce('OBJECT_FINALIZE', name, resource);
  answerJson(request.res, resource);
}
