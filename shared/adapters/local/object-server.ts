import { mkdir, open, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AtlasError, errorTable, toAtlasError } from '../../errors.ts';
import { newId } from '../../ids.ts';
import type { Clock } from '../../ports/index.ts';
import type { Admission, DiskObjectStore } from './disk-object-store.ts';

const mismatch = (sizeBytes: number): AtlasError =>
  new AtlasError('upload_mismatch', `The upload holds other than the declared ${sizeBytes} bytes.`);

/** Writes exactly `sizeBytes` of the body to a new file, down to the disk. The connection stays open for a refusal. */
async function writeBody(req: IncomingMessage, path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'wx');
  try {
    let seen = 0;
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      seen += chunk.length;
      if (seen > sizeBytes) throw mismatch(sizeBytes);
      await file.appendFile(chunk);
    }
    if (seen < sizeBytes) throw mismatch(sizeBytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function receive(store: DiskObjectStore, admission: Admission, req: IncomingMessage): Promise<void> {
  const { sizeBytes = 0, contentType } = admission;
  if (contentType !== undefined && req.headers['content-type'] !== contentType) {
    throw new AtlasError('upload_mismatch', `The upload must have the content-type ${contentType}.`);
  }
  const told = req.headers['content-length'];
  if (told !== undefined && Number(told) !== sizeBytes) throw mismatch(sizeBytes);
  await mkdir(store.incoming, { recursive: true });
  const part = join(store.incoming, newId('put'));
  try {
    await writeBody(req, part, sizeBytes);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  const created = await store.adopt(part, admission.key);
  if (!created) throw new AtlasError('conflict', 'The file was uploaded before; it is kept as it is.');
}

/** First and last byte that a Range header of one range asks for; undefined for the whole. RFC 9110 section 14. */
function askedRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end || start >= size ? 'unsatisfiable' : { start, end };
}

async function send(
  store: DiskObjectStore,
  admission: Admission,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const info = await store.head(admission.key);
  if (!info) throw new AtlasError('not_found', 'The file is not there.');
  const range = askedRange(req.headers.range, info.sizeBytes);
  const headers: Record<string, string | number> = {
    'content-type': info.contentType,
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=0',
  };
  if (admission.fileName)
    headers['content-disposition'] = `attachment; filename*=UTF-8''${encodeURIComponent(admission.fileName)}`;
  if (range === 'unsatisfiable') {
    res.writeHead(416, { ...headers, 'content-range': `bytes */${info.sizeBytes}` }).end();
    return;
  }
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${info.sizeBytes}`;
  headers['content-length'] = range ? range.end - range.start + 1 : info.sizeBytes;
  res.writeHead(range ? 206 : 200, headers);
  if (req.method === 'HEAD') res.end();
  else await pipeline(await store.stream(admission.key, range), res);
}

function refuse(res: ServerResponse, thrown: unknown): void {
  const error = toAtlasError(thrown);
  const rule = errorTable[error.code];
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const requestId = newId('req');
  // The connection is kept, and what is left of the body is read and dropped: a client that is still sending when the
  // connection is cut may never get to read why.
  res.writeHead(rule.status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
  res.end(
    JSON.stringify({
      type: 'about:blank',
      title: rule.title,
      status: rule.status,
      code: error.code,
      detail: error.message,
      remedy: rule.remedy,
      requestId,
    }),
  );
}

/** Answers signed PUT and GET requests below `/objects/` as the cloud’s object store would; streams both ways. */
export function objectServer(
  store: DiskObjectStore,
  clock: Clock,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    try {
      const method = req.method ?? 'GET';
      if (!['GET', 'HEAD', 'PUT'].includes(method)) throw new AtlasError('method_not_allowed', 'Use GET, HEAD or PUT.');
      const admission = store.admit(method, new URL(req.url ?? '/', 'http://localhost'), clock.now());
      if (method !== 'PUT') await send(store, admission, req, res);
      else {
        await receive(store, admission, req);
        res.writeHead(200).end();
      }
    } catch (error) {
      refuse(res, error);
    }
  };
}
