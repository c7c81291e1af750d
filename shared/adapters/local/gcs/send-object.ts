import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ByteRange, OpenObject } from '../disk-object.ts';

/** The range that a Range header of one range asks for; undefined for the whole. RFC 9110 section 14. */
export function askedRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}

const ifSet = (name: string, value: string | undefined | null): Record<string, string> =>
  value ? { [name]: value } : {};

/** The headers that tell about an object. `query` may replace what a browser makes of it. */
function objectHeaders({ info }: OpenObject, query: URLSearchParams): Record<string, string> {
  const hashes = [info.crc32c && `crc32c=${info.crc32c}`, info.md5 && `md5=${info.md5}`].filter(Boolean).join(',');
  const custom = Object.entries(info.metadata ?? {}).map(([name, value]) => [`x-goog-meta-${name}`, value]);
  return {
    'content-type': query.get('response-content-type') ?? info.contentType,
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'cache-control': info.cacheControl ?? 'private, max-age=0',
    etag: `"${info.generation}-${info.metageneration}"`,
    'x-goog-generation': info.generation,
    'x-goog-metageneration': String(info.metageneration),
    'x-goog-storage-class': info.storageClass ?? 'STANDARD',
    'x-goog-stored-content-length': String(info.sizeBytes),
    'x-goog-stored-content-encoding': info.contentEncoding ?? 'identity',
    ...ifSet('content-encoding', info.contentEncoding),
    ...ifSet('content-disposition', query.get('response-content-disposition') ?? info.contentDisposition),
    ...ifSet('x-goog-hash', hashes),
    ...Object.fromEntries(custom),
  };
}

/** Sends an object, or the range of it that was asked for, and closes it. */
export async function sendObject(
  object: OpenObject,
  req: IncomingMessage,
  res: ServerResponse,
  query: URLSearchParams,
): Promise<void> {
  const { sizeBytes } = object.info;
  const range = askedRange(req.headers.range, sizeBytes);
  const headers = objectHeaders(object, query);
  if (range === 'unsatisfiable') {
    await object.close();
    res.writeHead(416, { ...headers, 'content-range': `bytes */${sizeBytes}` }).end();
    return;
  }
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${sizeBytes}`;
  headers['content-length'] = String(range ? range.end - range.start + 1 : sizeBytes);
  res.writeHead(range ? 206 : 200, headers);
  if (req.method === 'HEAD') {
    await object.close();
    res.end();
  } else await pipeline(object.stream(range), res);
}
