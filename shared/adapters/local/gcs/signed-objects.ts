import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, checkedKey } from '../../../ports/index.ts';
import type { DiskBucket } from '../disk-bucket.ts';
import type { ObjectAttributes, StoredObject } from '../disk-object.ts';
import { conditionNotMet, GcsFault, noObject, toFault } from './gcs-fault.ts';
import { withChecksum } from './object-resource.ts';
import { type BodyTerms, checkHashes, declaredHashes, lengthRange, receiveBody } from './receive-body.ts';
import { sendObject } from './send-object.ts';
import type { UrlKey } from './url-key.ts';
import { verifySignedUrl } from './verify-signed-url.ts';
import { type FaultForm, writeFault } from './write-fault.ts';

export interface SignedObjects {
  /** Whose signatures count. */
  readonly keys: readonly UrlKey[];
  readonly clock: Clock;
  readonly faults: FaultForm;
  bucket(name: string): Promise<DiskBucket | undefined>;
  /** Told of each object that was made. */
  readonly made?: (bucket: string, info: StoredObject) => Promise<void>;
}

const text = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** Attributes that the headers of the XML API set. */
function attributesIn({ headers }: IncomingMessage): ObjectAttributes {
  const custom = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('x-goog-meta-') ? [[name.slice('x-goog-meta-'.length), text(value)]] : [],
  );
  const all = {
    contentType: headers['content-type'] ?? 'application/octet-stream',
    cacheControl: headers['cache-control'],
    contentDisposition: headers['content-disposition'],
    contentEncoding: headers['content-encoding'],
    storageClass: text(headers['x-goog-storage-class']),
    metadata: custom.length > 0 ? Object.fromEntries(custom) : undefined,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as unknown as ObjectAttributes;
}

async function receive(disk: DiskBucket, key: string, req: IncomingMessage): Promise<StoredObject> {
  const { headers } = req;
  const sha256 = text(headers['x-goog-content-sha256']);
  const terms: BodyTerms = {
    ...lengthRange(text(headers['x-goog-content-length-range'])),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
  const generation = text(headers['x-goog-if-generation-match']);
  const metageneration = text(headers['x-goog-if-metageneration-match']);
  const part = await disk.part({ md5: true });
  try {
    await receiveBody(req, part, terms);
    checkHashes(part, declaredHashes(headers));
    const change = await disk.commit(part, key, attributesIn(req), {
      ...(generation === undefined ? {} : { generation }),
      ...(metageneration === undefined ? {} : { metageneration }),
    });
    if (typeof change === 'string') {
      if (generation !== '0') throw conditionNotMet();
      throw new GcsFault('preconditionFailed', 'The file was uploaded before; it is kept as it is.');
    }
    return change;
  } finally {
    await part.discard();
  }
}

async function serve(settings: SignedObjects, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method = 'GET', url: target = '/' } = req;
  if (!['GET', 'HEAD', 'PUT', 'DELETE'].includes(method)) {
    throw new GcsFault('methodNotAllowed', 'Use GET, HEAD, PUT or DELETE.');
  }
  const query = verifySignedUrl(settings.keys, { method, target, headers: req.headers }, settings.clock.now());
  const [, name = '', path = ''] = /^\/([^/?]+)\/([^?]*)/.exec(target) ?? [];
  const key = checkedKey(decodeURIComponent(path));
  const disk = await settings.bucket(name);
  if (!disk) throw new GcsFault('noSuchBucket', 'The specified bucket does not exist.');
  if (method === 'PUT') {
    const info = await receive(disk, key, req);
    await settings.made?.(name, info);
    const hashes = `crc32c=${info.crc32c},md5=${info.md5}`;
    res.writeHead(200, { 'x-goog-generation': info.generation, 'x-goog-hash': hashes, 'content-length': 0 }).end();
  } else if (method === 'DELETE') {
    if ((await disk.remove(key)) === 'missing') throw noObject(name, key);
    res.writeHead(204).end();
  } else {
    const object = await disk.open(key);
    if (!object) throw noObject(name, key);
    await sendObject({ ...object, info: await withChecksum(disk, object.info) }, req, res, query);
  }
}

/**
 * Answers requests with signed URLs, `/bucket/key?X-Goog-…`, as Cloud Storage’s XML API does; streams both ways. An
 * object appears whole or not at all.
 */
export function signedObjects(settings: SignedObjects): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    try {
      await serve(settings, req, res);
    } catch (error) {
      writeFault(res, toFault(error), settings.faults);
    }
  };
}
