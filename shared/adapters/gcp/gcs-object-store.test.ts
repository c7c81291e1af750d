import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { objectStoreContract } from '../../testing/contracts/object-store-contract.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { folderBuckets } from '../local/gcs/gcs-buckets.ts';
import { gcsHandler } from '../local/gcs/gcs-server.ts';
import { rsaUrlKey } from '../local/gcs/url-key.ts';
import { gcsObjectStore } from './gcs-object-store.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const account = 'atlas@test.iam.gserviceaccount.com';
const credentials = {
  client_email: account,
  private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
};
const buckets = folderBuckets(mkdtempSync(join(tempFolder(), 'gcs-')));
const handle = gcsHandler({ buckets, keys: [rsaUrlKey(account, () => privateKey)], clock: { now: () => new Date() } });
type Handler = (req: IncomingMessage, res: ServerResponse) => void;
/** Stands before the store: loses answers, or refuses. */
let front: Handler = (req, res) => void handle(req, res);
const server = createServer((req, res) => front(req, res));
let url = '';
let numbered = 0;

const storeIn = (bucket: string) =>
  gcsObjectStore({ bucket, client: { apiEndpoint: url, projectId: 'test', credentials } });
async function freshStore() {
  const name = `bucket-${numbered++}`;
  await buckets.create(name, {});
  return storeIn(name);
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

objectStoreContract('gcsObjectStore', freshStore);

const type = { contentType: 'model/gltf-binary' };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const inAMinute = () => new Date(Date.now() + 60_000);

/** Answers through `change` until the end of `act`. */
async function through<T>(change: Handler, act: () => Promise<T>): Promise<T> {
  const before = front;
  front = change;
  try {
    return await act();
  } finally {
    front = before;
  }
}

describe('gcsObjectStore', () => {
  test('keeps the content type', async () => {
    const store = await freshStore();
    await store.put('a', text('x'), type);
    expect(await store.head('a')).toEqual({ key: 'a', sizeBytes: 1, ...type });
  });

  test('keeps an empty object, and streams all of a larger one', async () => {
    const store = await freshStore();
    await store.put('empty', new Uint8Array(0), type);
    expect((await store.get('empty')).length).toBe(0);
    const bytes = Buffer.alloc(3_000_000, 'abc');
    await store.put('large', bytes, type);
    const parts: Buffer[] = [];
    for await (const part of await store.stream('large')) parts.push(part as Buffer);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  test('knows its own object when the answer to its making was lost', async () => {
    const store = await freshStore();
    let lost = 0;
    const losing: Handler = (req, res) => {
      if (req.method === 'POST' && lost++ === 0) res.end = () => res.destroy() as unknown as ServerResponse;
      void handle(req, res);
    };
    expect(await through(losing, () => store.put('a', text('x'), type))).toBe(true);
    expect(lost).toBe(2);
    expect(await store.put('a', text('x'), type)).toBe(false);
  });

  test('refuses bytes that changed on their way', async () => {
    const store = await freshStore();
    await store.put('a', text('hello'), type);
    const changing: Handler = (req, res) => {
      const write = res.write.bind(res) as (chunk: Buffer) => boolean;
      res.write = (chunk: Buffer) => write(Buffer.from('jello').subarray(0, chunk.length));
      void handle(req, res);
    };
    await expect(through(changing, () => store.get('a'))).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  test.each([
    [403, 'internal'],
    [400, 'internal'],
    [404, 'not_found'],
  ])('turns the answer %i into %s, with its cause', async (status, code) => {
    const store = await freshStore();
    const refusing: Handler = (_req, res) => void res.writeHead(status).end('{}');
    const error = await through(refusing, () => store.get('a')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect((error as Error).cause).toBeDefined();
  });

  test('in a bucket that does not exist fails to put, and finds nothing', async () => {
    const store = storeIn('no-such-bucket');
    await expect(store.put('a', text('x'), type)).rejects.toMatchObject({ code: 'not_found' });
    expect(await store.head('a')).toBeUndefined();
  });
});

describe('its signed URL', () => {
  test('takes exactly the announced upload, once', async () => {
    const store = await freshStore();
    const upload = await store.signedUrl('up/a', { method: 'PUT', expiresAt: inAMinute(), sizeBytes: 5, ...type });
    expect(upload.headers).toEqual({
      'content-type': 'model/gltf-binary',
      'x-goog-content-length-range': '5,5',
      'x-goog-if-generation-match': '0',
    });
    const put = (body: string, headers = upload.headers) => fetch(upload.url, { method: 'PUT', headers, body });
    expect((await put('hell')).status).toBe(400);
    expect((await put('hello', { ...upload.headers, 'content-type': 'text/html' })).status).toBe(403);
    expect((await put('hello')).status).toBe(200);
    expect((await put('hello')).status).toBe(412);
    expect(Buffer.from(await store.get('up/a')).toString()).toBe('hello');
  });

  test('gives the bytes under the name of the file', async () => {
    const store = await freshStore();
    await store.put('a', text('hello'), type);
    const signed = await store.signedUrl('a', { method: 'GET', expiresAt: inAMinute(), fileName: "ä 'b'.glb" });
    const answer = await fetch(signed.url);
    expect([answer.headers.get('content-disposition'), await answer.text()]).toEqual([
      "attachment; filename*=UTF-8''%C3%A4%20%27b%27.glb",
      'hello',
    ]);
  });

  test('is signed by IAM where the client has no private key', async () => {
    const { OAuth2Client } = await import('google-auth-library');
    const asked: string[] = [];
    const { sign } = rsaUrlKey(account, () => privateKey);
    const iam: Handler = (req, res) => {
      asked.push(`${req.method} ${req.url} ${req.headers.authorization}`);
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        const payload = Buffer.from((JSON.parse(body) as { payload: string }).payload, 'base64').toString();
        res.setHeader('content-type', 'application/json');
        res.end(JSON.stringify({ signedBlob: sign(payload, '').toString('base64') }));
      });
    };
    const authClient = new OAuth2Client();
    authClient.setCredentials({ access_token: 'token-of-the-machine', expiry_date: Date.now() + 3_600_000 });
    await (await freshStore()).put('a', text('hello'), type);
    const store = gcsObjectStore({
      bucket: `bucket-${numbered - 1}`,
      client: {
        apiEndpoint: url,
        projectId: 'test',
        credentials: { client_email: account },
        authClient: authClient as never,
      },
      signingEndpoint: `${url}/iam/`,
    });
    const { url: signedUrl } = await through(iam, () =>
      store.signedUrl('a', { method: 'GET', expiresAt: inAMinute() }),
    );
    expect(asked).toEqual([`POST /iam/${account}:signBlob Bearer token-of-the-machine`]);
    expect(await (await fetch(signedUrl)).text()).toBe('hello');
  });
});

describe('beside the server that stands in for Cloud Storage and IAM', () => {
  const emulated = (bucket: string, inTheNameOf = account) =>
    gcsObjectStore({ bucket, emulator: { url, account: inTheNameOf } });

  test('it makes its bucket, and finds it made', async () => {
    expect(await emulated('made-here').put('a', text('hello'), type)).toBe(true);
    expect(Buffer.from(await emulated('made-here').get('a')).toString()).toBe('hello');
  });

  test('its URLs are signed by that server, and checked', async () => {
    const store = emulated('signed-here');
    await store.put('a', text('hello'), type);
    await store.put('b', text('other'), type);
    const { url: signed } = await store.signedUrl('a', { method: 'GET', expiresAt: inAMinute() });
    expect(await (await fetch(signed)).text()).toBe('hello');
    expect((await fetch(signed.replace('/a?', '/b?'))).status).toBe(403);
  });

  test('an account that the server does not know gets no URL', async () => {
    const store = emulated('signed-here', 'other@test.iam.gserviceaccount.com');
    await expect(store.signedUrl('a', { method: 'GET', expiresAt: inAMinute() })).rejects.toMatchObject({
      code: 'store_unavailable',
    });
  });
});
