import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { objectStoreContract } from '../../testing/contracts/object-store-contract.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { diskObjectStore } from './disk-object-store.ts';
import { objectServer } from './object-server.ts';

const folder = tempFolder();
const secret = new Uint8Array(32).fill(7);
const clock = manualClock();
let url = 'http://localhost';
const make = () => diskObjectStore(mkdtempSync(join(folder, 'store-')), { secret, baseUrl: () => url });

objectStoreContract('diskObjectStore', async () => make());

describe('a signed URL', () => {
  const store = make();
  const server = createServer((req, res) => void objectServer(store, clock)(req, res));
  const inAMinute = () => new Date(clock.now().getTime() + 60_000);
  const put = (key: string, sizeBytes: number) =>
    store.signedUrl(key, { method: 'PUT', expiresAt: inAMinute(), sizeBytes, contentType: 'application/octet-stream' });
  const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code];

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('takes an upload once, and gives it back whole and in ranges', async () => {
    const upload = await put('up/a', 5);
    const sent = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: 'hello' });
    expect(sent.status).toBe(200);
    const again = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: 'other' });
    expect(await codeOf(again)).toEqual([409, 'conflict']);
    const get = await store.signedUrl('up/a', { method: 'GET', expiresAt: inAMinute(), fileName: 'ä.glb' });
    const whole = await fetch(get.url);
    expect([whole.headers.get('content-disposition'), await whole.text()]).toEqual([
      "attachment; filename*=UTF-8''%C3%A4.glb",
      'hello',
    ]);
    const part = await fetch(get.url, { headers: { range: 'bytes=1-3' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 1-3/5', 'ell']);
    const tail = await fetch(get.url, { headers: { range: 'bytes=-2' } });
    expect(await tail.text()).toBe('lo');
    expect((await fetch(get.url, { headers: { range: 'bytes=9-' } })).status).toBe(416);
  });

  test.each([
    ['too many bytes', 4, 'hello'],
    ['too few bytes', 6, 'hello'],
  ])('refuses %s and keeps nothing of them', async (_, size, body) => {
    const upload = await put(`up/wrong-${size}`, size);
    const response = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body });
    expect(await codeOf(response)).toEqual([400, 'upload_mismatch']);
    expect(await store.head(`up/wrong-${size}`)).toBeUndefined();
  });

  test.each([
    ['another key', (text: string) => text.replace('up/b', 'up/c')],
    ['another size', (text: string) => text.replace('size=5', 'size=500')],
    ['a later end', (text: string) => text.replace(/expires=\d+/, 'expires=99999999999')],
    ['no signature', (text: string) => text.replace(/&signature=.*/, '')],
  ])('with %s is refused', async (_, tamper) => {
    const upload = await put('up/b', 5);
    const response = await fetch(tamper(upload.url), { method: 'PUT', headers: upload.headers, body: 'hello' });
    expect(await codeOf(response)).toEqual([403, 'signature_invalid']);
  });

  test('for GET does not allow PUT', async () => {
    const get = await store.signedUrl('up/d', { method: 'GET', expiresAt: inAMinute() });
    expect((await fetch(get.url, { method: 'PUT', body: 'x' })).status).toBe(403);
  });

  test('ends when its time is over', async () => {
    const get = await store.signedUrl('up/a', { method: 'GET', expiresAt: inAMinute() });
    clock.advance(61_000);
    expect(await codeOf(await fetch(get.url))).toEqual([410, 'upload_expired']);
  });
});
