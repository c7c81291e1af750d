import type { StoredObject } from '../disk-object.ts';
import { keyedLock } from '../keyed-lock.ts';
import { GcsFault } from './gcs-fault.ts';
import { answerJson, answerMade, bucketOf, type GcsRequest, readJson, resourceOf } from './gcs-request.ts';
import { insert, newName } from './insert-object.ts';
import { preconditionsOf } from './object-resource.ts';
import { checkHashes, chunksOf, declaredHashes } from './receive-body.ts';
import {
  appendBytes,
  beginSession,
  findSession,
  forgetBytes,
  forgetSession,
  gather,
  keptBytes,
  type ResumableSession,
} from './resumable-session.ts';

/** Where the bytes of a request lie in the upload. Without `totalBytes` the end is not known yet. */
export interface ContentRange {
  /** First byte; undefined when the request only asks how much has arrived. */
  readonly start?: number;
  readonly totalBytes?: number;
  /** The bytes of this request are the last ones, however many they are. */
  readonly last: boolean;
}

/** Reads a Content-Range header: `bytes 0-99/300`, `bytes 0-99/*`, `bytes 0-*` + `/*`, or a question: `bytes *` + `/*`. */
export function contentRange(header: string | undefined): ContentRange {
  if (header === undefined) return { start: 0, last: true };
  const [whole, span, start, end, total] = /^bytes (\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(header) ?? [];
  if (whole === undefined) throw new GcsFault('invalid', `Failed to parse Content-Range header: ${header}`);
  const size = total === '*' ? {} : { totalBytes: Number(total) };
  if (span === '*') return { ...size, last: false };
  const complete = end === '*' ? true : total !== '*' && Number(end) + 1 === Number(total);
  return { start: Number(start), ...size, last: complete };
}

const told = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

export async function beginUpload(request: GcsRequest): Promise<void> {
  const { req, res, query, names, origin } = request;
  const [bucket = ''] = names;
  const disk = await bucketOf(request, bucket);
  const resource = await readJson(req);
  const contentType = told(req.headers['x-upload-content-type']);
  const total = told(req.headers['x-upload-content-length']);
  const key = newName(query, resource);
  const id = await beginSession(disk, {
    ...{ bucket, key, resource, when: preconditionsOf(query) },
    ...(contentType === undefined ? {} : { contentType }),
    ...(total === undefined ? {} : { totalBytes: Number(total) }),
  });
  const name = encodeURIComponent(key);
  const location = `${origin}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&name=${name}&upload_id=${id}`;
  res.writeHead(200, { location, 'x-guploader-uploadid': id, 'content-length': 0 }).end();
}

/** Drops bytes that are kept already: a client that does not know what arrived sends them again. */
async function* after(chunks: AsyncIterable<Buffer>, skipBytes: number): AsyncGenerator<Buffer> {
  let left = skipBytes;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

const sessionLock = keyedLock();

/** The object that a session made, also when the process died right after it appeared. */
async function finished(request: GcsRequest, session: ResumableSession): Promise<StoredObject | undefined> {
  const found = await (await bucketOf(request, session.bucket)).find(session.key);
  return found?.uploadId === session.id ? found : undefined;
}

async function complete(request: GcsRequest, session: ResumableSession): Promise<void> {
  const disk = await bucketOf(request, session.bucket);
  const part = await disk.part({ md5: true });
  try {
    await gather(disk, session.id, part);
    checkHashes(part, declaredHashes(request.req.headers));
    const made = await insert(request, part, {
      ...{ bucket: session.bucket, key: session.key, resource: session.resource, contentType: session.contentType },
      ...{ when: session.when, uploadId: session.id },
    });
    await forgetBytes(disk, session.id);
    await answerMade(request, session.bucket, made);
  } finally {
    await part.discard();
  }
}

async function goOn(request: GcsRequest, session: ResumableSession): Promise<void> {
  const { req, res } = request;
  const disk = await bucketOf(request, session.bucket);
  const done = await finished(request, session);
  if (done) {
    answerJson(res, await resourceOf(request, session.bucket, done));
    return;
  }
  const range = contentRange(req.headers['content-range']);
  const totalBytes = range.totalBytes ?? session.totalBytes;
  let kept = await keptBytes(disk, session.id);
  const { start } = range;
  if (start !== undefined && start <= kept) {
    await appendBytes(disk, session.id, after(chunksOf(req), kept - start));
    kept = await keptBytes(disk, session.id);
  }
  if (totalBytes !== undefined && kept > totalBytes) {
    await forgetSession(disk, session.id);
    throw new GcsFault('invalid', `The upload holds more than the declared ${totalBytes} bytes.`);
  }
  const all = totalBytes === undefined ? range.last && start !== undefined && start <= kept : kept === totalBytes;
  if (all) await complete(request, session);
  else {
    const have = kept > 0 ? { range: `bytes=0-${kept - 1}` } : {};
    res.writeHead(308, { ...have, 'x-guploader-uploadid': session.id, 'content-length': 0 }).end();
  }
}

/** Takes a piece of an upload, tells how much has arrived (308 and Range), or ends it. */
export async function continueUpload(request: GcsRequest): Promise<void> {
  const { req, res, query, names } = request;
  const disk = await bucketOf(request, names[0]);
  const id = query.get('upload_id') ?? '';
  await sessionLock(id, async () => {
    const session = await findSession(disk, id);
    if (!session) throw new GcsFault('noSuchUpload', 'There is no such upload, or it was given up.');
    if (req.method !== 'DELETE') return goOn(request, session);
    await forgetSession(disk, id);
    res.writeHead(499, { 'content-length': 0 }).end();
  });
}
