import { mkdtempSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { manualClock } from '../../testing/manual-clock.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { diskObjectStore } from './disk-object-store.ts';
import { objectServer } from './object-server.ts';

const secret = new Uint8Array(32).fill(7);
const clock = manualClock();
const folder = mkdtempSync(join(tempFolder(), 'store-'));
let url = 'http://localhost';
const store = diskObjectStore(folder, { secret, baseUrl: () => url });
const inAMinute = () => new Date(clock.now().getTime() + 60_000);
let server: Server;
let numbered = 0;

beforeAll(async () => {
  const serve = objectServer(store, clock);
  server = createServer((req, res) => void serve(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const type = { 'content-type': 'application/octet-stream' };
const freshKey = () => `up/${numbered++}`;
const putUrl = async (key: string, sizeBytes: number): Promise<string> =>
  (await store.signedUrl(key, { method: 'PUT', expiresAt: inAMinute(), sizeBytes, contentType: type['content-type'] }))
    .url;
const getUrl = async (key: string): Promise<string> =>
  (await store.signedUrl(key, { method: 'GET', expiresAt: inAMinute(), fileName: 'a.glb' })).url;
const put = (to: string, body: RequestInit['body'], headers: Record<string, string> = type) =>
  fetch(to, { method: 'PUT', headers, body, duplex: 'half' } as RequestInit);
const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code;
const partsLeft = (): string[] => {
  try {
    return readdirSync(store.incoming);
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
    ['a later end', change('expires', '99999999999')],
    ['no end', drop('expires')],
    ['another size', change('size', '500')],
    ['no size', drop('size')],
    ['another type', change('type', 'text/html')],
    ['another name', change('name', 'evil.exe')],
    ['a field that holds a line break', change('type', 'application/octet-stream\n')],
    ['no signature', drop('signature')],
    ['an empty signature', change('signature', '')],
    ['a signature that is no hexadecimal', change('signature', 'zz'.repeat(32))],
    ['half a signature', (text) => text.slice(0, -32)],
    ['one bit more', (text) => text.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
  ])('with %s is refused', async (_case, tamper) => {
    const response = await put(tamper(await putUrl(freshKey(), 5)), 'hello');
    expect([response.status, await codeOf(response)]).toEqual([403, 'signature_invalid']);
  });

  test('for PUT shows nothing, and for GET takes nothing', async () => {
    const key = freshKey();
    const upload = await putUrl(key, 5);
    expect((await put(upload, 'hello')).status).toBe(200);
    for (const method of ['GET', 'HEAD']) expect((await fetch(upload, { method })).status).toBe(403);
    expect((await put(await getUrl(freshKey()), 'hello')).status).toBe(403);
  });

  test('for GET also answers HEAD, and nothing else', async () => {
    const key = freshKey();
    await store.put(key, Buffer.from('hello'), { contentType: 'application/octet-stream' });
    const download = await getUrl(key);
    const head = await fetch(download, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', '']);
    for (const method of ['POST', 'DELETE', 'PATCH']) {
      expect((await fetch(download, { method })).status).toBe(405);
    }
  });

  test('of another installation is refused', async () => {
    const stranger = diskObjectStore(folder, { secret: new Uint8Array(32).fill(8), baseUrl: () => url });
    const foreign = await stranger.signedUrl('up/x', { method: 'GET', expiresAt: inAMinute() });
    expect((await fetch(foreign.url)).status).toBe(403);
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

  test.each<[string, number, () => RequestInit['body'], Record<string, string>]>([
    ['one byte too many', 4, () => 'hello', type],
    ['one byte too few', 6, () => 'hello', type],
    ['no bytes', 5, () => '', type],
    ['too few bytes in chunks', 1_000_001, () => chunked(1_000_000), type],
    ['far too many bytes in chunks', 5, () => chunked(24_000_000), type],
    ['another type', 5, () => 'hello', { 'content-type': 'text/html' }],
  ])('of %s is refused with a problem document, and nothing is kept', async (_case, size, body, headers) => {
    const key = freshKey();
    const response = await put(await putUrl(key, size), body(), headers);
    expect([response.status, await codeOf(response)]).toEqual([400, 'upload_mismatch']);
    expect([await store.head(key), partsLeft()]).toEqual([undefined, []]);
  });

  test('with a wrong signature is refused although its bytes are on their way', async () => {
    const response = await put((await putUrl(freshKey(), 24_000_000)).replace('up/', 'no/'), chunked(24_000_000));
    expect([response.status, await codeOf(response)]).toEqual([403, 'signature_invalid']);
  });

  test('that breaks off is never visible, and may be sent again', async () => {
    const key = freshKey();
    const upload = new URL(await putUrl(key, 100));
    await new Promise<void>((resolve) => {
      const socket = connect(Number(upload.port), upload.hostname, () => {
        const head = `PUT ${upload.pathname}${upload.search} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n`;
        socket.write(`${head}content-type: application/octet-stream\r\n\r\nhalf of it`);
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
    expect((await put(upload.href, 'x'.repeat(100))).status).toBe(200);
  });

  test('that comes twice at once is kept whole, once', async () => {
    const key = freshKey();
    const upload = await putUrl(key, 100_000);
    const bodies = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000));
    const statuses = await Promise.all(bodies.map(async (body) => (await put(upload, body)).status));
    expect(statuses.sort()).toEqual([200, 409, 409]);
    expect(bodies).toContain(Buffer.from(await store.get(key)).toString());
    expect(partsLeft()).toEqual([]);
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
