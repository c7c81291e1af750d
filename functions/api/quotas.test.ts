import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { operator } from '../../shared/records/audit.ts';
import { setTenantLimits } from '../../shared/records/tenants.ts';
import { defaultTenantLimits, type TenantLimits } from '../../shared/schema/index.ts';
import { type CallOptions, type TestServer, testServer } from '../../shared/testing/api-server.ts';

let server: TestServer;
let assetId: string;
beforeEach(async () => {
  server = await testServer();
  assetId = await server.upload();
});
afterEach(() => server.close());

const limit = (changes: { [name in keyof TenantLimits]?: number | null }) =>
  setTenantLimits(server.deps.docs, server.deps.clock, server.tenantId, changes, operator);
const post = (options: CallOptions = {}) =>
  server.call('POST', '/v1/jobs', { json: { source: { kind: 'asset', assetId }, targets: ['web'] }, ...options });
const announce = (sizeBytes: number, options: CallOptions = {}) =>
  server.call('POST', '/v1/uploads', { json: { fileName: 'a.glb', sizeBytes }, ...options });
const report = async () => (await server.call('GET', '/v1/limits')).json;
const refusal = ({ status, json, headers }: Awaited<ReturnType<typeof post>>) => [
  status,
  json.code,
  Number(headers.get('retry-after')),
];

describe('jobs at the same time', () => {
  test('are as many as allowed, also when a crowd asks at once; the rest is told to come again', async () => {
    await limit({ concurrentJobs: 5 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => post()));
    const codes = answers.map(({ status, json }) => json.code ?? status);
    expect(codes.filter((code) => code === 201)).toHaveLength(5);
    expect(codes.filter((code) => code === 'quota_jobs')).toHaveLength(35);
    expect(await server.deps.docs.query(`tenants/${server.tenantId}/jobs`)).toHaveLength(5);
    expect((await report()).concurrentJobs).toEqual({ limit: 5, used: 5 });
    expect(refusal(await post())).toEqual([429, 'quota_jobs', 5]);
  });

  test('make room when one is cancelled, once', async () => {
    await limit({ concurrentJobs: 1 });
    const { json } = await post();
    expect((await post()).status).toBe(429);
    for (let i = 0; i < 3; i++) await server.call('POST', `/v1/jobs/${json.id}:cancel`);
    expect((await post()).status).toBe(201);
    expect((await post()).status).toBe(429);
  });

  test('of another tenant take no room', async () => {
    await limit({ concurrentJobs: 0 });
    const foreign = await server.upload(undefined, { key: server.foreignKey });
    const json = { source: { kind: 'asset', assetId: foreign }, targets: ['web'] };
    expect((await post({ key: server.foreignKey, json })).status).toBe(201);
  });

  test('that were accepted before are answered again although the quota is full now', async () => {
    const headers = { 'idempotency-key': 'one' };
    const first = await post({ headers });
    await limit({ concurrentJobs: 1 });
    expect((await post({ headers })).json.id).toBe(first.json.id);
  });

  test('that were refused may be sent again under their Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'later' };
    await limit({ concurrentJobs: 0 });
    expect((await post({ headers })).status).toBe(429);
    await limit({ concurrentJobs: 1 });
    expect((await post({ headers })).status).toBe(201);
  });
});

describe('the spend of a day', () => {
  test('is bounded by the price of what was accepted, and begins anew with the day', async () => {
    const price = (await post()).json.priceMicroUsd;
    await limit({ spendMicroUsdPerDay: 2 * price });
    expect((await post()).status).toBe(201);
    expect(refusal(await post())).toEqual([429, 'quota_spend', 14 * 3600]);
    expect((await report()).spendMicroUsdPerDay).toEqual({
      limit: 2 * price,
      used: 2 * price,
      resetsAt: '2026-11-24T00:00:00.000Z',
    });
    server.advance(14 * 3_600_000);
    expect((await post()).status).toBe(201);
    expect((await report()).spendMicroUsdPerDay.used).toBe(price);
  });

  test('counts of a cancelled job only what was charged', async () => {
    const { json } = await post();
    const { json: ended } = await server.call('POST', `/v1/jobs/${json.id}:cancel`);
    expect((await report()).spendMicroUsdPerDay.used).toBe(ended.chargedMicroUsd);
    expect(ended.chargedMicroUsd).toBeLessThan(json.priceMicroUsd);
  });
});

describe('stored bytes', () => {
  test('are counted as announced, and refused when they do not fit', async () => {
    await limit({ storedBytes: 1000 });
    expect((await announce(996)).status).toBe(201);
    expect(refusal(await announce(1))).toEqual([429, 'quota_storage', 3600]);
    expect((await report()).storedBytes).toEqual({ limit: 1000, used: 1000 });
  });

  test('of an upload that is announced again under its Idempotency-Key count once', async () => {
    const headers = { 'idempotency-key': 'same' };
    for (let i = 0; i < 3; i++) expect((await announce(100, { headers })).status).toBe(201);
    expect((await report()).storedBytes.used).toBe(104);
  });

  test('over the limit let no further job in', async () => {
    await limit({ storedBytes: 0 });
    expect(refusal(await post())[1]).toBe('quota_storage');
  });
});

describe('requests a minute', () => {
  test('are as many as allowed, then fill up evenly', async () => {
    await limit({ requestsPerMinute: 30 });
    server.advance(4000);
    const codes: number[] = [];
    for (let i = 0; i < 31; i++) codes.push((await server.call('GET', '/v1/jobs')).status);
    expect(codes).toEqual([...Array(30).fill(200), 429]);
    expect(refusal(await server.call('GET', '/v1/jobs'))).toEqual([429, 'quota_requests', 2]);
    server.advance(2000);
    expect((await server.call('GET', '/v1/jobs')).status).toBe(200);
    expect((await server.call('GET', '/v1/jobs')).status).toBe(429);
    expect((await server.call('GET', '/v1/jobs', { key: server.foreignKey })).status).toBe(200);
    expect((await server.call('GET', '/health')).status).toBe(200);
  });
});

test('limits of its own are given back to the default with null', async () => {
  await limit({ concurrentJobs: 1, storedBytes: 5 });
  await limit({ concurrentJobs: null });
  const { concurrentJobs, storedBytes } = await report();
  expect([concurrentJobs.limit, storedBytes.limit]).toEqual([defaultTenantLimits.concurrentJobs, 5]);
});
