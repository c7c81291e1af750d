import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventsPath, jobPath } from '../../shared/records/jobs.ts';
import type { JobDocument } from '../../shared/schema/index.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';

let server: TestServer;
let assetId: string;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  assetId = await server.upload();
});

const body = (change: Record<string, unknown> = {}) => ({
  source: { kind: 'asset', assetId },
  targets: ['web', 'mobile-ar'],
  ...change,
});
const create = (change: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  server.call('POST', '/v1/jobs', { json: body(change), headers });
const stored = (jobId: string) => server.deps.docs.get<JobDocument>(jobPath(server.tenantId, jobId));
const outbox = async () => (await server.deps.docs.query('jobOutbox')).map(({ id }) => id);

describe('POST /v1/jobs', () => {
  test('accepts a job, prices it, starts its workflow and tells where it is', async () => {
    const answer = await create({ labels: { team: 'lamps' }, recipe: { convert: { triangles: 900 } } });
    expect(answer).toMatchObject({ status: 201, json: { status: 'queued', outputs: [], results: [] } });
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${answer.json.id}`);
    expect(answer.json.request).toMatchObject({ candidates: 1, labels: { team: 'lamps' } });
    expect(server.started.at(-1)).toMatchObject({ tenantId: server.tenantId, jobId: answer.json.id });
    const job = await stored(answer.json.id);
    expect(job?.executionName).toBe(`executions/${server.started.length}`);
    expect(job?.plans.map(({ profile, convert }) => [profile, convert.triangles])).toEqual([
      ['web', 900],
      ['mobile-ar', 900],
    ]);
    expect(await outbox()).toEqual([answer.json.id]);
    const events = await server.deps.docs.query(eventsPath(server.tenantId, answer.json.id));
    expect(events.map(({ data }) => data.type)).toEqual(['job.created']);
    expect((await server.call('GET', `/v1/jobs/${answer.json.id}`)).json).toEqual(answer.json);
  });

  test('shows nothing that only Atlas needs', async () => {
    const { json } = await create();
    for (const hidden of ['tenantId', 'plans', 'executionName', 'eventCount']) expect(json).not.toHaveProperty(hidden);
  });

  test('costs what the quote said, and counts one call', async () => {
    const before = await server.call('GET', '/v1/usage');
    const quote = await server.call('POST', '/v1/quotes', { json: body() });
    const job = await create({ maxCostMicroUsd: quote.json.maxMicroUsd });
    expect(job.json.priceMicroUsd).toBe(quote.json.maxMicroUsd);
    const after = await server.call('GET', '/v1/usage');
    const calls = (answer: typeof after) => answer.json.items[0]?.quantity ?? 0;
    expect(calls(after) - calls(before)).toBe(1);
    const events = await server.call('GET', `/v1/usage/events?jobId=${job.json.id}`);
    expect(events.json.items).toMatchObject([{ metric: 'api_call', quantity: 1, at: job.json.createdAt }]);
  });

  test.each<[string, Record<string, unknown>, number, string, string]>([
    ['an unknown target', { targets: ['gameboy'] }, 422, 'unknown_target', '/targets/0'],
    ['a second target that is unknown', { targets: ['web', 'gameboy'] }, 422, 'unknown_target', '/targets/1'],
    ['a cap below the price', { maxCostMicroUsd: 1 }, 402, 'cost_cap_exceeded', '/maxCostMicroUsd'],
    [
      'an asset that is not there',
      { source: { kind: 'asset', assetId: 'ast_0123456789abcdef' } },
      404,
      'not_found',
      '/source/assetId',
    ],
    [
      'a packing that a target cannot read',
      { targets: ['roblox-mesh'], recipe: { convert: { geometryCompression: 'draco' } } },
      400,
      'invalid_request',
      '/recipe/convert/geometryCompression',
    ],
  ])('refuses %s and writes nothing', async (_case, change, status, code, pointer) => {
    const before = [(await server.call('GET', '/v1/jobs?limit=100')).json.items.length, await outbox()];
    expect(await create(change)).toMatchObject({ status, json: { code, pointer } });
    expect([(await server.call('GET', '/v1/jobs?limit=100')).json.items.length, await outbox()]).toEqual(before);
  });

  test('refuses a source whose bytes have not arrived', async () => {
    const upload = await server.call('POST', '/v1/uploads', { json: { fileName: 'a.glb', sizeBytes: 4 } });
    const answer = await create({ source: { kind: 'asset', assetId: upload.json.assetId } });
    expect(answer).toMatchObject({ status: 409, json: { code: 'upload_incomplete', pointer: '/source/assetId' } });
  });

  test('accepts a job while the workflow engine is down, and leaves it in the outbox to be started', async () => {
    server.broken.workflows = true;
    const answer = await create();
    server.broken.workflows = false;
    expect(answer.status).toBe(201);
    expect(await outbox()).toContain(answer.json.id);
    expect((await stored(answer.json.id))?.executionName).toBeUndefined();
  });

  test('keeps a job in the outbox until it has ended', async () => {
    const { json } = await create();
    expect(await outbox()).toContain(json.id);
    await server.call('POST', `/v1/jobs/${json.id}:cancel`);
    expect(await outbox()).not.toContain(json.id);
  });
});

describe('GET /v1/jobs', () => {
  test('lists newest first in pages that neither repeat nor lose a job', async () => {
    const made: string[] = [];
    for (let count = 0; count < 5; count++) {
      server.advance(1);
      made.unshift((await create()).json.id);
    }
    const seen: string[] = [];
    let path = '/v1/jobs?limit=2';
    while (seen.length < made.length) {
      const { json } = await server.call('GET', path);
      seen.push(...json.items.map(({ id }: { id: string }) => id));
      path = `/v1/jobs?limit=2&cursor=${json.nextCursor}`;
    }
    expect(seen.slice(0, 5)).toEqual(made);
  });

  test('finds jobs by status and by label, also together', async () => {
    const labels = { 'cost-centre': 'a b/ü' };
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) {
      server.advance(1);
      ids.unshift((await create({ labels })).json.id);
    }
    server.advance(1);
    await create({ labels: { 'cost-centre': 'other' } });
    await server.call('POST', `/v1/jobs/${ids[1]}:cancel`);
    const label = `label=${encodeURIComponent('cost-centre:a b/ü')}`;
    const list = async (query: string) => {
      const { json } = await server.call('GET', `/v1/jobs?${query}`);
      return { ids: json.items.map(({ id }: { id: string }) => id), next: json.nextCursor };
    };
    expect(await list(label)).toEqual({ ids, next: undefined });
    expect(await list(`${label}&status=cancelled`)).toEqual({ ids: [ids[1]], next: undefined });
    expect((await list('status=cancelled&limit=1')).ids).toEqual([ids[1]]);
    expect(await list(`${label}&limit=3`)).toEqual({ ids, next: undefined });
    const first = await list(`${label}&limit=2`);
    expect(first.ids).toEqual(ids.slice(0, 2));
    expect(await list(`${label}&limit=2&cursor=${first.next}`)).toEqual({ ids: ids.slice(2), next: undefined });
    const queued = await list(`${label}&limit=1&status=queued`);
    expect(queued.ids).toEqual([ids[0]]);
    expect((await list(`${label}&limit=1&status=queued&cursor=${queued.next}`)).ids).toEqual([ids[2]]);
    expect((await list('label=cost-centre:nobody')).ids).toEqual([]);
  });
});

describe('POST /v1/jobs/{jobId}:cancel', () => {
  test('cancels the job and its workflow, and cancelling again changes nothing', async () => {
    const { json } = await create();
    const first = await server.call('POST', `/v1/jobs/${json.id}:cancel`);
    expect(first).toMatchObject({ status: 200, json: { status: 'cancelled' } });
    const usage = await server.call('GET', `/v1/usage/events?jobId=${json.id}`);
    expect(usage.json.items).toHaveLength(1);
    expect(first.json.chargedMicroUsd).toBe(usage.json.items[0].amountMicroUsd);
    expect(server.cancelled.at(-1)).toBe((await stored(json.id))?.executionName);
    server.advance(1000);
    const second = await server.call('POST', `/v1/jobs/${json.id}:cancel`);
    expect(second.json).toEqual(first.json);
    const events = await server.deps.docs.query(eventsPath(server.tenantId, json.id));
    expect(events.map(({ data }) => data.type)).toEqual(['job.created', 'job.cancelled']);
  });

  test('leaves a job that has ended as it is', async () => {
    const { json } = await create();
    await server.deps.docs.set(jobPath(server.tenantId, json.id), { status: 'delivered' }, { merge: true });
    const before = server.cancelled.length;
    const answer = await server.call('POST', `/v1/jobs/${json.id}:cancel`);
    expect(answer).toMatchObject({ status: 200, json: { status: 'delivered' } });
    expect(server.cancelled).toHaveLength(before);
  });

  test('also ends an execution that was started while the job was being cancelled', async () => {
    server.broken.workflows = true;
    const { json } = await create();
    server.broken.workflows = false;
    const job = await stored(json.id);
    await server.call('POST', `/v1/jobs/${json.id}:cancel`);
    const { startJob } = await import('../start-job.ts');
    if (job) await startJob(server.deps, job);
    expect(server.cancelled.at(-1)).toBe(`executions/${server.started.length}`);
    expect(await outbox()).not.toContain(json.id);
  });
});
