import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JobDocument } from '../../shared/schema/index.ts';
import { type CallOptions, type TestServer, testServer } from '../../shared/testing/api-server.ts';

let server: TestServer;
let assetId: string;
beforeEach(async () => {
  server = await testServer();
  assetId = await server.upload();
});
afterEach(() => server.close());

const body = (targets = ['web']) => ({ source: { kind: 'asset', assetId }, targets });
const create = (options: CallOptions = {}, key = 'order 7') =>
  server.call('POST', '/v1/jobs', { json: body(), ...options, headers: { 'idempotency-key': key } });
const jobs = async () =>
  (await server.deps.docs.query<JobDocument>(`tenants/${server.tenantId}/jobs`)).map(({ data }) => data);
const callsCounted = async () => (await server.call('GET', '/v1/usage')).json.items[0]?.quantity;

describe('a request with an Idempotency-Key', () => {
  test('is answered with the first answer when it comes again, and makes one job', async () => {
    const first = await create();
    server.advance(60_000);
    const second = await create();
    expect([second.status, second.text]).toEqual([201, first.text]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(await jobs()).toHaveLength(1);
    expect(await callsCounted()).toBe(1);
    expect(server.started).toHaveLength(1);
  });

  test('is the same request when its JSON is only written another way', async () => {
    const first = await create();
    const { source, targets } = body();
    const again = await create({ body: JSON.stringify({ targets, source }, null, 2), json: undefined });
    expect(again.json.id).toBe(first.json.id);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['another body', () => create({ json: body(['unreal']) })],
    [
      'another address',
      () => server.call('POST', '/v1/quotes', { json: body(), headers: { 'idempotency-key': 'order 7' } }),
    ],
  ])('is refused with %s', async (_case, again) => {
    await create();
    expect(await again()).toMatchObject({ status: 409, json: { code: 'idempotency_mismatch' } });
  });

  test('is another request under the key of another tenant', async () => {
    const first = await create();
    const theirAsset = await server.upload(Buffer.from('glTF'), { key: server.foreignKey });
    const json = { source: { kind: 'asset', assetId: theirAsset }, targets: ['web'] };
    const second = await create({ key: server.foreignKey, json });
    expect(second.status).toBe(201);
    expect(second.json.id).not.toBe(first.json.id);
  });

  test('is told to wait while the first is running', async () => {
    const { start } = server.deps.workflows;
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    Object.assign(server.deps.workflows, {
      start: async (...given: Parameters<typeof start>) => {
        await held;
        return start(...given);
      },
    });
    const first = create();
    while ((await jobs()).length === 0) await new Promise(setImmediate);
    const second = await create();
    expect(second).toMatchObject({ status: 409, json: { code: 'idempotency_in_flight' } });
    expect(second.headers.get('retry-after')).toBe('2');
    release();
    expect((await first).status).toBe(201);
  });

  test('makes one job out of twenty that come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create()));
    const codes = new Set(answers.map(({ status, json }) => (status === 201 ? 'made' : json.code)));
    expect([...codes].filter((code) => code !== 'made' && code !== 'idempotency_in_flight')).toEqual([]);
    expect(await jobs()).toHaveLength(1);
    expect(await callsCounted()).toBe(1);
  });

  test('frees its key when it is refused: the corrected request may use it', async () => {
    const refused = await create({ json: body(['gameboy']) });
    expect(refused.status).toBe(422);
    expect((await create()).status).toBe(201);
  });

  test('can be sent again as it was once what was missing has come', async () => {
    const upload = await server.call('POST', '/v1/uploads', { json: { fileName: 'a.glb', sizeBytes: 4 } });
    assetId = upload.json.assetId;
    expect((await create()).json.code).toBe('upload_incomplete');
    await fetch(upload.json.url, { method: 'PUT', headers: upload.json.headers, body: 'glTF' });
    expect((await create()).status).toBe(201);
  });

  test('never runs while the store cannot tell', async () => {
    await server.call('GET', '/v1/jobs');
    server.broken.docs = true;
    const answer = await create();
    server.broken.docs = false;
    expect(answer).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
    expect(await jobs()).toEqual([]);
    expect(server.started).toEqual([]);
  });

  test('finds the job again when its holder died after making it', async () => {
    // The holder dies between the job’s commit and its answer: nothing of what follows is written.
    const { docs, workflows } = server.deps;
    const { start } = workflows;
    Object.assign(workflows, {
      start: async () => {
        server.broken.docs = true;
        throw new Error('killed');
      },
    });
    await create();
    server.broken.docs = false;
    Object.assign(workflows, { start });
    expect(await jobs()).toHaveLength(1);
    expect(await create()).toMatchObject({ status: 409, json: { code: 'idempotency_in_flight' } });
    server.advance(60_000);
    const again = await create();
    expect(again).toMatchObject({ status: 201, json: { id: (await jobs())[0]?.id } });
    expect(await jobs()).toHaveLength(1);
    expect(await callsCounted()).toBe(1);
    expect(server.started).toHaveLength(1);
    expect(await docs.query('jobOutbox')).toMatchObject([{ data: { starts: 1 } }]);
  });

  test('finds the job again although it would be refused now', async () => {
    // The holder dies after the job’s commit; then the source is taken away before the request comes again.
    const { workflows, docs } = server.deps;
    const { start } = workflows;
    Object.assign(workflows, {
      start: async () => {
        server.broken.docs = true;
        throw new Error('killed');
      },
    });
    await create();
    server.broken.docs = false;
    Object.assign(workflows, { start });
    await docs.delete(`tenants/${server.tenantId}/assets/${assetId}`);
    server.advance(60_000);
    const again = await create();
    expect(again).toMatchObject({ status: 201, json: { id: (await jobs())[0]?.id } });
    expect((await create()).headers.get('idempotent-replayed')).toBe('true');
    expect(await jobs()).toHaveLength(1);
  });

  test('makes a job whose id sorts by time like every other', async () => {
    const first = await create({}, 'one');
    server.advance(5);
    const plain = await server.call('POST', '/v1/jobs', { json: body() });
    server.advance(5);
    const last = await create({}, 'two');
    const ids = [first.json.id, plain.json.id, last.json.id];
    expect(ids).toEqual([...ids].sort());
  });

  test('for an upload gives the same asset with a URL that is valid now', async () => {
    const announce = () =>
      server.call('POST', '/v1/uploads', {
        json: { fileName: 'a.glb', sizeBytes: 4 },
        headers: { 'idempotency-key': 'up' },
      });
    const first = await announce();
    server.advance(2 * 3_600_000);
    const second = await announce();
    expect(second.json.assetId).toBe(first.json.assetId);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const put = (url: string) => fetch(url, { method: 'PUT', headers: second.json.headers, body: 'glTF' });
    expect((await put(first.json.url)).status).toBe(410);
    expect((await put(second.json.url)).status).toBe(200);
    const records = await server.deps.docs.query(`tenants/${server.tenantId}/idempotency`);
    expect(JSON.stringify(records)).not.toMatch(/signature=/i);
  });

  test('for a webhook gives the same endpoint and secret', async () => {
    const register = () =>
      server.call('POST', '/v1/webhooks', {
        json: { url: 'https://studio.example/hook' },
        headers: { 'idempotency-key': 'hook' },
      });
    const first = await register();
    expect((await register()).text).toBe(first.text);
    expect((await server.call('GET', '/v1/webhooks')).json.items).toHaveLength(1);
  });
});

describe('an Idempotency-Key', () => {
  test.each([
    ['empty', ''],
    ['too long', 'k'.repeat(256)],
    ['not printable', 'a\tb'],
    ['not ASCII', 'sch\u00f6n'],
  ])('must be 1 to 255 printable characters: %s', async (_case, key) => {
    expect(await create({}, key)).toMatchObject({
      status: 400,
      json: { code: 'invalid_request', pointer: '/headers/idempotency-key' },
    });
  });

  test.each(['k', 'k'.repeat(255), '~!@#$%^&*(){}[]|;:",.<>?/ \\'])('may be %s', async (key) => {
    expect((await create({}, key)).status).toBe(201);
  });
});
