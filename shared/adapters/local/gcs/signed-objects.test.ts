import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { manualClock } from '../../../testing/manual-clock.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { diskBucket } from '../disk-bucket.ts';
import { diskObjectStore } from '../disk-object-store.ts';
import { fileUrlKey } from '../file-keys.ts';
import { type SignedObjects, signedObjects } from './signed-objects.ts';
import { hmacUrlKey } from './url-key.ts';

const clock = manualClock();
const folder = mkdtempSync(join(tempFolder(), 'store-'));
const keyFile = join(folder, 'keys', 'url-rsa.pem');
let url = 'http://localhost';
const bucket = diskBucket(folder);
const key = fileUrlKey(keyFile);
const store = diskObjectStore(bucket, { key, baseUrl: () => url, clock });
/** As the local mode mounts it. */
const settings: SignedObjects = {
  ...{ keys: [key], clock, faults: 'problem' },
  bucket: async (name) => (name === 'objects' ? bucket : undefined),
};
const inAMinute = () => new Date(clock.now().getTime() + 60_000);
let server: Server;
let numbered = 0;

beforeAll(async () => {
  const serve = signedObjects(settings);
  server = createServer((req, res) => void serve(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const type = { 'content-type': 'application/octet-stream' };
/** The headers that come with the URL. */
const terms = (sizeBytes: number): Record<string, string> => ({
  ...type,
  'x-goog-content-length-range': `${sizeBytes},${sizeBytes}`,
  'x-goog-if-generation-match': '0',
});
const freshKey = () => `up/${numbered++}`;
const putUrl = async (key: string, sizeBytes: number): Promise<string> =>
  (await store.signedUrl(key, { method: 'PUT', expiresAt: inAMinute(), sizeBytes, contentType: type['content-type'] }))
    .url;
const getUrl = async (key: string): Promise<string> =>
  (await store.signedUrl(key, { method: 'GET', expiresAt: inAMinute(), fileName: 'a.glb' })).url;
const put = (to: string, body: RequestInit['body'], headers: Record<string, string> = terms(5)) =>
  fetch(to, { method: 'PUT', headers, body, duplex: 'half' } as RequestInit);
const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code;
const partsLeft = (): string[] => {
  try {
    return readdirSync(bucket.incoming);
  } catch {
    return [];
  }
};

describe('a signed URL', () => {
  const change =
    (name: string, value: string) =>
    (text: string): string => {
      const changed = new URL(text);
      changed.searchParams.set(name, value);
      return changed.href;
    };
  const drop =
    (name: string) =>
    (text: string): string => {
      const changed = new URL(text);
      changed.searchParams.delete(name);
      return changed.href;
    };

  test.each<[string, (text: string) => string]>([
    ['another key', (text) => text.replace(/up\/\d+/, 'up/other')],
    ['its key spelled with an escape', (text) => text.replace('/up/', '/up%2F')],
    ['a key that climbs', (text) => text.replace('/up/', '/x/../up/../')],
    ['a name for another bucket', (text) => text.replace('/objects/', '/other/')],
    ['a later end', change('X-Goog-Expires', '600000')],
    ['no end', drop('X-Goog-Expires')],
    ['an end past all limits', change('X-Goog-Expires', '99999999')],
    ['a later beginning', change('X-Goog-Date', '20261123T080001Z')],
    ['a date that is none', change('X-Goog-Date', 'tomorrow')],
    ['another account', (text) => text.replace('atlas%40', 'other%40')],
    ['another algorithm', change('X-Goog-Algorithm', 'GOOG4-HMAC-SHA256')],
    ['no size among what is signed', (text) => text.replace('x-goog-content-length-range%3B', '')],
    ['no host among what is signed', (text) => text.replace('host%3B', '')],
    ['another name', change('response-content-disposition', 'attachment; filename=evil.exe')],
    ['a line break in a field', change('X-Goog-SignedHeaders', 'host\n')],
    ['no signature', drop('X-Goog-Signature')],
    ['an empty signature', change('X-Goog-Signature', '')],
    ['a signature that is no hexadecimal', change('X-Goog-Signature', 'zz'.repeat(256))],
    ['half a signature', (text) => text.slice(0, -256)],
    ['one bit more', (text) => text.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
  ])('with %s is refused', async (_case, tamper) => {
    const response = await put(tamper(await putUrl(freshKey(), 5)), 'hello');
    expect([response.status, await codeOf(response)]).toEqual([403, 'signature_invalid']);
  });

  test('for PUT shows nothing, and for GET takes nothing', async () => {
    const key = freshKey();
    const upload = await putUrl(key, 5);
    expect((await put(upload, 'hello')).status).toBe(200);
    for (const method of ['GET', 'HEAD']) {
      expect((await fetch(upload, { method, headers: terms(5) })).status).toBe(403);
      expect((await fetch(upload, { method })).status).toBe(400);
    }
    expect((await put(await getUrl(freshKey()), 'hello')).status).toBe(403);
  });

  test('for GET also answers HEAD, and nothing else', async () => {
    const key = freshKey();
    await store.put(key, Buffer.from('hello'), { contentType: 'application/octet-stream' });
    const download = await getUrl(key);
    const head = await fetch(download, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', '']);
    for (const method of ['POST', 'PATCH']) expect((await fetch(download, { method })).status).toBe(405);
    expect((await fetch(download, { method: 'DELETE' })).status).toBe(403);
  });

  test('of another installation is refused', async () => {
    const others = fileUrlKey(join(folder, 'keys', 'other.pem'));
    const stranger = diskObjectStore(bucket, { key: others, baseUrl: () => url, clock });
    const foreign = await stranger.signedUrl('up/x', { method: 'GET', expiresAt: inAMinute() });
    expect((await fetch(foreign.url)).status).toBe(403);
  });

  test('is signed by a key that only its owner can read', () => {
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['another type', { 'content-type': 'text/html' }, 403, 'signature_invalid'],
    ['another size', { 'x-goog-content-length-range': '0,500' }, 403, 'signature_invalid'],
    ['leave to overwrite', { 'x-goog-if-generation-match': '1' }, 403, 'signature_invalid'],
    ['more than was signed', { 'x-goog-meta-a': 'b' }, 403, 'signature_invalid'],
  ])('sent with %s is refused', async (_case, changed, status, code) => {
    const response = await put(await putUrl(freshKey(), 5), 'hello', { ...terms(5), ...changed });
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  test.each(Object.keys(terms(5)))('sent without the header %s is refused, and says which is missing', async (name) => {
    const { [name]: _left, ...headers } = terms(5);
    // Bytes have no type of their own, which fetch would add.
    const response = await put(await putUrl(freshKey(), 5), Buffer.from('hello'), headers);
    const problem = (await response.json()) as { code: string; detail: string };
    expect([response.status, problem.code]).toEqual([400, 'upload_mismatch']);
    expect(problem.detail).toContain(name);
  });

  test('of an HMAC key counts as well', async () => {
    const hmac = hmacUrlKey('GOOG1EXAMPLE', 'secret');
    const serve = signedObjects({ ...settings, keys: [key, hmac] });
    const second = createServer((req, res) => void serve(req, res));
    await new Promise<void>((resolve) => second.listen(0, '127.0.0.1', resolve));
    const baseUrl = () => `http://127.0.0.1:${(second.address() as AddressInfo).port}`;
    await store.put('hmac', Buffer.from('hello'), { contentType: 'text/plain' });
    const signed = await diskObjectStore(bucket, { key: hmac, baseUrl, clock }).signedUrl('hmac', {
      ...{ method: 'GET', expiresAt: inAMinute() },
    });
    expect(await (await fetch(signed.url)).text()).toBe('hello');
    const changed = signed.url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    expect((await fetch(changed)).status).toBe(403);
    second.closeAllConnections();
    await new Promise((resolve) => second.close(resolve));
  });

  test('that has expired says so, to upload as to download', async () => {
    const [upload, download] = [await putUrl(freshKey(), 5), await getUrl(freshKey())];
    clock.advance(61_000);
    for (const response of [await put(upload, 'hello'), await fetch(download)]) {
      expect([response.status, await codeOf(response)]).toEqual([410, 'upload_expired']);
    }
  });

  test('to what is not there is 404, with the same request id in document and header', async () => {
    const response = await fetch(await getUrl('up/none'));
    const problem = (await response.json()) as { code: string; requestId: string };
    expect([response.status, problem.code]).toEqual([404, 'not_found']);
    expect(problem.requestId).toBe(response.headers.get('x-request-id'));
  });
});

describe('an upload', () => {
  /** Bytes in chunks, without a content-length. */
  const chunked = (sizeBytes: number) => new Blob([new Uint8Array(sizeBytes)]).stream();

  test.each<[string, number, () => RequestInit['body']]>([
    ['one byte too many', 4, () => 'hello'],
    ['one byte too few', 6, () => 'hello'],
    ['no bytes', 5, () => ''],
    ['too few bytes in chunks', 1_000_001, () => chunked(1_000_000)],
    ['far too many bytes in chunks', 5, () => chunked(24_000_000)],
  ])('of %s is refused with a problem document, and nothing is kept', async (_case, size, body) => {
    const key = freshKey();
    const response = await put(await putUrl(key, size), body(), terms(size));
    expect([response.status, await codeOf(response)]).toEqual([400, 'upload_mismatch']);
    expect([await store.head(key), partsLeft()]).toEqual([undefined, []]);
  });

  test('with a wrong signature is refused although its bytes are on their way', async () => {
    const changed = (await putUrl(freshKey(), 24_000_000)).replace('up/', 'no/');
    const response = await put(changed, chunked(24_000_000), terms(24_000_000));
    expect([response.status, await codeOf(response)]).toEqual([403, 'signature_invalid']);
  });

  test('that breaks off is never visible, and may be sent again', async () => {
    const key = freshKey();
    const upload = new URL(await putUrl(key, 100));
    await new Promise<void>((resolve) => {
      const socket = connect(Number(upload.port), upload.hostname, () => {
        const head = `PUT ${upload.pathname}${upload.search} HTTP/1.1\r\nhost: ${upload.host}\r\ncontent-length: 100`;
        const lines = Object.entries(terms(100)).map(([name, value]) => `${name}: ${value}`);
        socket.write(`${[head, ...lines].join('\r\n')}\r\n\r\nhalf of it`);
      });
      const look = (): void => {
        if (partsLeft().length === 0) return void setImmediate(look);
        socket.destroy();
        resolve();
      };
      look();
    });
    while (partsLeft().length > 0) await new Promise(setImmediate);
    expect(await store.head(key)).toBeUndefined();
    expect((await put(upload.href, 'x'.repeat(100), terms(100))).status).toBe(200);
  });

  test('that comes twice at once is kept whole, once', async () => {
    const key = freshKey();
    const upload = await putUrl(key, 100_000);
    const bodies = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000));
    const statuses = await Promise.all(bodies.map(async (body) => (await put(upload, body, terms(100_000))).status));
    expect(statuses.sort()).toEqual([200, 409, 409]);
    expect(bodies).toContain(Buffer.from(await store.get(key)).toString());
    expect(partsLeft()).toEqual([]);
  });
});

describe('a download', () => {
  test('carries the name of the file', async () => {
    await store.put('named', Buffer.from('hello'), { contentType: 'application/octet-stream' });
    const signed = await store.signedUrl('named', { method: 'GET', expiresAt: inAMinute(), fileName: 'ä.glb' });
    expect((await fetch(signed.url)).headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''%C3%A4.glb",
    );
  });
});

describe('a range', () => {
  test.each([
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=3-5', 206, '345', 'bytes 3-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=7-400', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-400', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=-', 200, '0123456789', null],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('%s is answered with %i', async (range, status, text, contentRange) => {
    await store.put('ranged', Buffer.from('0123456789'), { contentType: 'application/octet-stream' });
    const response = await fetch(await getUrl('ranged'), { headers: { range } });
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });
});
