import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bucket, Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { type GcsServer, type Notification, startGcsServer } from './gcs-server.ts';
import { signedUrl } from './signed-url.ts';
import { rsaUrlKey } from './url-key.ts';

// Google’s own client judges the server: it checks the checksums of what it sends and gets.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const account = 'atlas@test.iam.gserviceaccount.com';
const key = rsaUrlKey(account, () => privateKey);
const folder = mkdtempSync(join(tempFolder(), 'gcs-'));
const notifications: Notification[] = [];
let now = Date.now();
let server: GcsServer;
let storage: Storage;
let bucket: Bucket;
let numbered = 0;

const start = () =>
  startGcsServer(folder, {
    ...{ keys: [key], clock: { now: () => new Date(now) } },
    publish: (notification) => void notifications.push(notification),
  });
const clientOf = (url: string): Storage =>
  new Storage({
    ...{ apiEndpoint: url, projectId: 'test', retryOptions: { autoRetry: false } },
    credentials: {
      client_email: account,
      private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    },
  });

beforeAll(async () => {
  server = await start();
  storage = clientOf(server.url);
});
afterAll(() => server.close());
beforeEach(async () => {
  now = Date.now();
  [bucket] = await storage.createBucket(`bucket-${numbered++}`);
});

/** The client tells the status in three ways. */
const statusOf = (error: unknown): unknown => {
  const { code, status, response } = error as { code?: unknown; status?: unknown; response?: { status: unknown } };
  return Number(code ?? status ?? response?.status);
};
const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no refusal',
    (error: unknown) => statusOf(error),
  );
const save = (name: string, text = 'hello', options = {}) =>
  bucket.file(name).save(text, { resumable: false, ...options });
const textOf = async (name: string) => (await bucket.file(name).download())[0].toString();
const metadataOf = async (name: string) => (await bucket.file(name).getMetadata())[0];

describe('a bucket', () => {
  test('is made once, found, changed, listed and deleted when it is empty', async () => {
    expect(await refusal(storage.createBucket(bucket.name))).toBe(409);
    await bucket.setMetadata({ lifecycle: { rule: [{ action: { type: 'Delete' }, condition: { age: 1 } }] } });
    const [metadata] = await bucket.getMetadata();
    expect(metadata).toMatchObject({ name: bucket.name, lifecycle: { rule: [{ condition: { age: 1 } }] } });
    expect((await storage.getBuckets())[0].map(({ name }) => name)).toContain(bucket.name);
    await save('a');
    expect(await refusal(bucket.delete())).toBe(409);
    await bucket.file('a').delete();
    await bucket.delete();
    expect(await bucket.exists()).toEqual([false]);
  });

  test.each(['../x', 'UPPER', 'a'])('is not made under the name %j', async (name) => {
    const response = await fetch(`${server.url}/storage/v1/b`, { method: 'POST', body: JSON.stringify({ name }) });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 400 } }]);
  });
});

describe('an upload', () => {
  test('in one request brings content type, custom metadata and both checksums', async () => {
    const metadata = { contentType: 'model/gltf-binary', metadata: { job: '1' }, cacheControl: 'no-store' };
    await save('a/b.glb', 'hello', { metadata });
    expect(await metadataOf('a/b.glb')).toMatchObject({
      ...metadata,
      ...{ size: '5', metageneration: '1', crc32c: 'mnG7TA==', md5Hash: 'XUFAKrxLKna5cZ2REBfFkg==' },
      storageClass: 'STANDARD',
    });
    expect(await textOf('a/b.glb')).toBe('hello');
  });

  test('of bytes that hold the boundary’s beginning, line ends and nothing at all is kept as it is', async () => {
    for (const [index, text] of ['\r\n--', '--\r\n\r\n--', '', '\r\n'].entries()) {
      await save(`odd-${index}`, text);
      expect(await textOf(`odd-${index}`)).toBe(text);
    }
  });

  test('of the media type is kept under the name in the query', async () => {
    const url = `${server.url}/upload/storage/v1/b/${bucket.name}/o?uploadType=media&name=m`;
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/css' }, body: 'hello' });
    expect(await response.json()).toMatchObject({ name: 'm', contentType: 'text/css', size: '5' });
  });

  test.each([
    ['single-shot, of unknown length', { resumable: true }],
    ['in chunks of 1 MiB', { resumable: true, chunkSize: 1 << 20 }],
  ])('resumable, %s, is kept whole', async (_case, options) => {
    const bytes = Buffer.alloc(5_000_000, 'abcdefg');
    await bucket.file('large').save(bytes, options);
    expect((await bucket.file('large').download())[0].equals(bytes)).toBe(true);
    expect(
      readdirSync(join(folder, bucket.name, 'incoming', 'resumable')).filter((name) => name.endsWith('.bytes')),
    ).toEqual([]);
  });

  test('that broke off goes on where it stopped, after a restart of the server', async () => {
    const bytes = Buffer.alloc(1_000_000, 'xyz');
    const [uri] = await bucket.file('resumed').createResumableUpload({ metadata: { contentType: 'text/x' } });
    const send = (url: string, range: string, body?: Buffer) =>
      fetch(url, { method: 'PUT', headers: { 'content-range': range }, ...(body ? { body: body as never } : {}) });
    const half = await send(uri, 'bytes 0-524287/*', bytes.subarray(0, 524_288));
    expect([half.status, half.headers.get('range')]).toEqual([308, 'bytes=0-524287']);
    expect(await bucket.file('resumed').exists()).toEqual([false]);
    const second = await start();
    const moved = uri.replace(server.url, second.url);
    const asked = await send(moved, 'bytes */*');
    expect([asked.status, asked.headers.get('range')]).toEqual([308, 'bytes=0-524287']);
    // Some of it comes twice.
    const rest = await send(moved, 'bytes 500000-999999/1000000', bytes.subarray(500_000));
    expect([rest.status, await rest.json()]).toMatchObject([200, { size: '1000000', contentType: 'text/x' }]);
    expect((await bucket.file('resumed').download())[0].equals(bytes)).toBe(true);
    const again = await send(moved, 'bytes */1000000');
    expect([again.status, await again.json()]).toMatchObject([200, { name: 'resumed' }]);
    await second.close();
  });

  test('that leaves a gap is told what is there, and one that is given up is gone', async () => {
    const [uri] = await bucket.file('gap').createResumableUpload();
    const gap = await fetch(uri, { method: 'PUT', headers: { 'content-range': 'bytes 5-9/10' }, body: 'world' });
    expect([gap.status, gap.headers.get('range')]).toEqual([308, null]);
    expect((await fetch(uri, { method: 'DELETE' })).status).toBe(499);
    expect((await fetch(uri, { method: 'PUT', headers: { 'content-range': 'bytes */*' } })).status).toBe(404);
  });

  test.each([
    ['one request', false],
    ['a resumable upload', true],
  ])('in %s with a false checksum is refused and leaves nothing', async (_case, resumable) => {
    const upload = bucket.file('bad').save('hello', { resumable, metadata: { crc32c: 'AAAAAA==', md5Hash: 'AAAA' } });
    expect(await refusal(upload)).toBe(400);
    expect(await bucket.file('bad').exists()).toEqual([false]);
  });

  test.each(['../../etc/x', 'a/../b', '/a', 'a//b', '.', 'a\\b'])('under the name %j is refused', async (name) => {
    expect(await refusal(save(name))).toBe(400);
  });
});

describe('a precondition', () => {
  test.each([
    ['one request', false],
    ['a resumable upload', true],
  ])('on creation holds once, in %s', async (_case, resumable) => {
    const create = () => save('once', 'hello', { resumable, preconditionOpts: { ifGenerationMatch: 0 } });
    await create();
    expect(await refusal(create())).toBe(412);
  });

  test('on the generation lets the right one overwrite, read and delete', async () => {
    await save('a', 'one');
    const { generation } = await metadataOf('a');
    const when = { preconditionOpts: { ifGenerationMatch: generation } };
    await save('a', 'two', when);
    expect(await refusal(save('a', 'three', when))).toBe(412);
    expect(await textOf('a')).toBe('two');
    expect(await refusal(bucket.file('a', { generation: generation as string }).download())).toBe(404);
    expect(await refusal(bucket.file('a').delete({ ifGenerationMatch: generation as never }))).toBe(412);
    await bucket.file('a').delete({ ifGenerationMatch: (await metadataOf('a')).generation as never });
  });

  test('on the metageneration guards a change of metadata', async () => {
    await save('a', 'one', { metadata: { metadata: { old: 'x', kept: 'y' } } });
    await bucket.file('a').setMetadata({ metadata: { old: null, fresh: 'z' } }, { ifMetagenerationMatch: 1 });
    expect(await metadataOf('a')).toMatchObject({ metageneration: '2', metadata: { kept: 'y', fresh: 'z' } });
    expect((await metadataOf('a')).metadata).not.toHaveProperty('old');
    expect(await refusal(bucket.file('a').setMetadata({}, { ifMetagenerationMatch: 1 }))).toBe(412);
    await bucket.file('a').setMetadata({ metadata: null as never });
    expect(await metadataOf('a')).not.toHaveProperty('metadata.kept');
  });
});

describe('a download', () => {
  test.each([
    [{ start: 2, end: 4 }, '234'],
    [{ start: 7 }, '789'],
    [{ end: -3 }, '789'],
    [{ start: 5, end: 500 }, '56789'],
  ])('of the range %j gives %s', async (range, expected) => {
    await save('digits', '0123456789');
    expect((await bucket.file('digits').download(range))[0].toString()).toBe(expected);
  });

  test('past the end is 416, and of nothing is 404', async () => {
    await save('digits', '0123456789');
    expect(await refusal(bucket.file('digits').download({ start: 10 }))).toBe(416);
    expect(await refusal(bucket.file('none').download())).toBe(404);
  });
});

describe('objects', () => {
  test('are listed by prefix, folded at a delimiter, in pages', async () => {
    for (const name of ['a', 'd/1', 'd/2', 'd/e/3', 'd.x', 'f/4']) await save(name);
    const [files] = await bucket.getFiles({ prefix: 'd' });
    expect(files.map(({ name }) => name)).toEqual(['d.x', 'd/1', 'd/2', 'd/e/3']);
    const [folded, , raw] = await bucket.getFiles({ prefix: 'd/', delimiter: '/', autoPaginate: false });
    expect([folded.map(({ name }) => name), (raw as { prefixes: string[] }).prefixes]).toEqual([
      ['d/1', 'd/2'],
      ['d/e/'],
    ]);
    const seen: string[] = [];
    let query: object | null = { delimiter: '/', maxResults: 1, autoPaginate: false };
    while (query) {
      const [page, next, answer] = (await bucket.getFiles(query)) as [
        { name: string }[],
        object | null,
        { prefixes?: string[] },
      ];
      seen.push(...page.map(({ name }) => name), ...(answer.prefixes ?? []));
      query = next;
    }
    expect(seen).toEqual(['a', 'd.x', 'd/', 'f/']);
  });

  test('are copied with their metadata, moved, and composed', async () => {
    await save('a', 'one', { metadata: { contentType: 'text/a', metadata: { k: 'v' } } });
    await bucket.file('a').copy('b');
    expect(await metadataOf('b')).toMatchObject({ contentType: 'text/a', metadata: { k: 'v' }, size: '3' });
    await bucket.file('b').move('c');
    expect([await bucket.file('b').exists(), await textOf('c')]).toEqual([[false], 'one']);
    await save('d', 'two');
    await bucket.combine(['a', 'd', 'a'], 'e');
    expect(await textOf('e')).toBe('onetwoone');
    expect(await metadataOf('e')).toMatchObject({ componentCount: 3 });
    expect(await refusal(bucket.file('a').copy('c', { preconditionOpts: { ifGenerationMatch: 0 } }))).toBe(412);
    expect(await refusal(bucket.combine(['a', 'none'], 'f'))).toBe(404);
  });

  test('that are not there cannot be deleted', async () => {
    expect(await refusal(bucket.file('none').delete())).toBe(404);
  });

  test('and all that is known of them survive a restart', async () => {
    await save('a', 'one', { metadata: { metadata: { k: 'v' } } });
    const before = await metadataOf('a');
    const second = await start();
    const [after] = await clientOf(second.url).bucket(bucket.name).file('a').getMetadata();
    expect({ ...after, selfLink: '', mediaLink: '' }).toEqual({ ...before, selfLink: '', mediaLink: '' });
    await second.close();
  });
});

test('a notification config announces what it asks for, until it is deleted', async () => {
  notifications.length = 0;
  const [config] = await bucket.createNotification('projects/p/topics/t', {
    ...{ eventTypes: ['OBJECT_FINALIZE', 'OBJECT_DELETE'], objectNamePrefix: 'in/', customAttributes: { who: 'me' } },
  });
  await save('in/a', 'hello');
  await save('out/a', 'hello');
  await bucket.file('in/a').setMetadata({ cacheControl: 'no-store' });
  await bucket.file('in/a').delete();
  expect(notifications.map(({ attributes }) => [attributes.eventType, attributes.objectId, attributes.who])).toEqual([
    ['OBJECT_FINALIZE', 'in/a', 'me'],
    ['OBJECT_DELETE', 'in/a', 'me'],
  ]);
  expect(notifications[0]?.topic).toBe('projects/p/topics/t');
  expect(JSON.parse(notifications[0]?.data ?? '')).toMatchObject({ name: 'in/a', size: '5', bucket: bucket.name });
  expect((await bucket.getNotifications())[0]).toHaveLength(1);
  await config.delete();
  await save('in/b', 'hello');
  expect(notifications).toHaveLength(2);
});

test('the server is also reached through STORAGE_EMULATOR_HOST, where the client leaves out /storage/v1', async () => {
  process.env.STORAGE_EMULATOR_HOST = server.url;
  try {
    const file = new Storage({ projectId: 'test' }).bucket(bucket.name).file('env');
    for (const resumable of [true, false]) await file.save('hello', { resumable });
    expect([(await file.download())[0].toString(), (await file.getMetadata())[0].size]).toEqual(['hello', '5']);
  } finally {
    delete process.env.STORAGE_EMULATOR_HOST;
  }
});

test.each([
  [account, { payload: 'aGVsbG8=' }, 200],
  [account, {}, 400],
  [account, { payload: 5 }, 400],
  ['other@test.iam.gserviceaccount.com', { payload: 'aGVsbG8=' }, 404],
])('signBlob in the name of %s of %j is answered %i', async (name, body, status) => {
  const answer = await fetch(`${server.url}/v1/projects/-/serviceAccounts/${name}:signBlob`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(status);
  const { signedBlob } = (await answer.json()) as { signedBlob?: string };
  expect(signedBlob).toBe(status === 200 ? key.sign('hello', '').toString('base64') : undefined);
});

describe('a signed URL of Google’s client', () => {
  const inAMinute = () => new Date(Date.now() + 60_000);
  const signed = async (name: string, action: 'read' | 'write' | 'delete', more = {}) =>
    (await bucket.file(name).getSignedUrl({ version: 'v4', action, expires: inAMinute(), ...more }))[0];
  const codeIn = async (response: Response) => [response.status, /<Code>(\w+)</.exec(await response.text())?.[1]];

  test('is the one that we sign, in every field and the signature', async () => {
    const from = new Date(Math.floor(Date.now() / 1000) * 1000);
    const expiresAt = new Date(from.getTime() + 60_000);
    const [theirs] = await bucket.file('a/b').getSignedUrl({
      ...{ version: 'v4', action: 'write', accessibleAt: from, expires: expiresAt, contentType: 'text/x' },
      extensionHeaders: { 'x-goog-if-generation-match': '0' },
      queryParams: { 'response-content-disposition': "a; filename*=UTF-8''%C3%A4 (1)" },
    });
    const ours = signedUrl(key, {
      ...{ method: 'PUT', from, expiresAt, url: new URL(`/${bucket.name}/a/b`, server.url) },
      headers: { 'content-type': 'text/x', 'x-goog-if-generation-match': '0' },
      query: { 'response-content-disposition': "a; filename*=UTF-8''%C3%A4 (1)" },
    });
    expect([...new URL(ours.url).searchParams].sort()).toEqual([...new URL(theirs).searchParams].sort());
  });

  test('reads, also in ranges, and names nothing else', async () => {
    await save('a', '0123456789');
    const url = await signed('a', 'read');
    expect(await (await fetch(url)).text()).toBe('0123456789');
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await codeIn(await fetch(url.replace('/a?', '/b?')))).toEqual([403, 'SignatureDoesNotMatch']);
  });

  test('writes once where it says so; a repetition is 412', async () => {
    const headers = { 'x-goog-if-generation-match': '0', 'x-goog-meta-who': 'me' };
    const url = await signed('new', 'write', { contentType: 'text/x', extensionHeaders: headers });
    const put = () => fetch(url, { method: 'PUT', headers: { 'content-type': 'text/x', ...headers }, body: 'hello' });
    expect((await put()).status).toBe(200);
    expect(await codeIn(await put())).toEqual([412, 'PreconditionFailed']);
    expect(await metadataOf('new')).toMatchObject({ contentType: 'text/x', metadata: { who: 'me' } });
  });

  test('holds the bytes against a signed SHA-256', async () => {
    const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
    const headers = { 'x-goog-content-sha256': sha256 };
    const url = await signed('hashed', 'write', { extensionHeaders: headers });
    const put = (body: string) => fetch(url, { method: 'PUT', headers, body });
    expect(await codeIn(await put('jello'))).toEqual([400, 'BadDigest']);
    expect((await put('hello')).status).toBe(200);
  });

  test('deletes', async () => {
    await save('gone');
    expect((await fetch(await signed('gone', 'delete'), { method: 'DELETE' })).status).toBe(204);
    expect(await bucket.file('gone').exists()).toEqual([false]);
  });

  test('with another signature is 403, and after its time 400', async () => {
    await save('a');
    const url = await signed('a', 'read');
    const changed = url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    expect(await codeIn(await fetch(changed))).toEqual([403, 'SignatureDoesNotMatch']);
    now += 61_000;
    expect(await codeIn(await fetch(url))).toEqual([400, 'ExpiredToken']);
    now -= 3_600_000;
    expect(await codeIn(await fetch(url))).toEqual([400, 'ExpiredToken']);
  });

  test('is needed: without one nothing is read', async () => {
    await save('a');
    expect((await fetch(`${server.url}/${bucket.name}/a`)).status).toBe(403);
  });
});
