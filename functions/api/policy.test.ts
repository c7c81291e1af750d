import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { operator } from '../../shared/records/audit.ts';
import { jobPath } from '../../shared/records/jobs.ts';
import { setTenantLimits } from '../../shared/records/tenants.ts';
import type { JobDocument, Scope } from '../../shared/schema/index.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await testServer();
});
afterEach(() => server.close());

const put = (json: unknown, more: { key?: string } = {}) => server.call('PUT', '/v1/policy', { json, ...more });
const get = (more: { key?: string } = {}) => server.call('GET', '/v1/policy', more);
const checks = { floaters: { action: 'block' }, baked_light: { action: 'review', limit: 0.5 } };

async function jobNow(): Promise<JobDocument> {
  const source = { kind: 'asset', assetId: await server.upload() };
  const { json } = await server.call('POST', '/v1/jobs', { json: { source, targets: ['web', 'roblox-mesh'] } });
  return (await server.deps.docs.get<JobDocument>(jobPath(server.tenantId, json.id)))!;
}

describe('/v1/policy', () => {
  test('is empty at first', async () => {
    expect((await get()).json).toEqual({ checks: {}, reviewDays: 14, held: [] });
  });

  test('holds what was put, until something else is put; empty checks clear it', async () => {
    const first = await put({ checks, reviewDays: 7 });
    expect(first).toMatchObject({ status: 200, json: { checks, reviewDays: 7, since: '2026-11-23T10:00:00.000Z' } });
    expect((await get()).json).toEqual(first.json);
    server.advance(60_000);
    expect((await put({ checks, reviewDays: 7 })).json).toEqual(first.json);
    const other = await put({ checks: { holes: { action: 'off' } } });
    expect([other.json.checks, other.json.reviewDays]).toEqual([{ holes: { action: 'off' } }, 14]);
    expect(other.json.sha256).not.toBe(first.json.sha256);
    server.advance(1000);
    expect((await put({ checks: {} })).json).toEqual({ checks: {}, reviewDays: 14, held: [] });
    const { json } = await server.call('GET', '/v1/audit');
    const acts = json.items.filter(({ action }: { action: string }) => action === 'policy.changed');
    expect(acts.map(({ detail }: { detail: { codes: string[] } }) => detail.codes)).toEqual([
      [],
      ['holes'],
      ['baked_light', 'floaters'],
    ]);
  });

  test('tells where hard limits of targets stay', async () => {
    const { json } = await put({ checks: { limit_triangles_per_mesh: { action: 'off' } } });
    expect(json.held).toEqual([{ target: 'roblox-mesh', code: 'limit_triangles_per_mesh', limit: 20_000 }]);
  });

  test.each<[string, unknown, string, RegExp]>([
    [
      'an unknown code, naming the nearest',
      { checks: { floater: { action: 'off' } } },
      '/checks/floater',
      /"floaters"/,
    ],
    ['an unknown action', { checks: { holes: { action: 'ignore' } } }, '/checks/holes/action', /./],
    ['a limit that is no number', { checks: { holes: { action: 'warn', limit: '1' } } }, '/checks/holes/limit', /./],
    ['a negative limit', { checks: { holes: { action: 'warn', limit: -1 } } }, '/checks/holes/limit', /./],
    ['that a file need not open', { checks: { no_triangles: { action: 'warn' } } }, '/checks/no_triangles', /always/],
    ['no checks', { reviewDays: 3 }, '/checks', /./],
    ['too many days', { checks: {}, reviewDays: 31 }, '/reviewDays', /./],
    ['an unknown field', { checks: {}, check: {} }, '/check', /./],
  ])('refuses %s, and keeps what stood', async (_case, body, pointer, detail) => {
    await put({ checks });
    const answer = await put(body);
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request', pointer } });
    expect(answer.json.detail).toMatch(detail);
    expect((await get()).json.checks).toEqual(checks);
  });

  test('refuses an unknown target', async () => {
    const answer = await put({ checks: {}, targets: { wep: { holes: { action: 'off' } } } });
    expect(answer).toMatchObject({ status: 422, json: { code: 'unknown_target', pointer: '/targets/wep' } });
  });

  test('is of one tenant', async () => {
    await put({ checks });
    expect((await get({ key: server.foreignKey })).json.checks).toEqual({});
  });

  test('needs its scopes', async () => {
    const { docs, clock } = server.deps;
    const keyOf = async (...scopes: Scope[]) =>
      (await createApiKey(docs, { name: 'one', tenantId: server.tenantId, scopes }, clock)).key;
    const reader = await keyOf('policy:read');
    expect([(await get({ key: reader })).status, (await put({ checks }, { key: reader })).status]).toEqual([200, 403]);
    expect((await get({ key: await keyOf('jobs:read', 'jobs:write') })).status).toBe(403);
  });

  test('stays when the limits of the tenant change, or a key is made', async () => {
    await put({ checks });
    const { docs, clock } = server.deps;
    await setTenantLimits(docs, clock, server.tenantId, { concurrentJobs: 3 }, operator);
    await createApiKey(docs, { name: 'two', tenantId: server.tenantId }, clock);
    expect((await get()).json.checks).toEqual(checks);
  });
});

describe('a job', () => {
  test('keeps the policy that stood when it was accepted', async () => {
    const targets = { 'roblox-mesh': { limit_triangles_per_mesh: { action: 'block', limit: 5000 } } };
    const { json } = await put({ checks, targets, reviewDays: 7 });
    const made = await jobNow();
    expect(made.policy).toEqual({ sha256: json.sha256, reviewDays: 7 });
    const of = { of: server.tenantId, since: '2026-11-23' };
    expect(made.plans).toMatchObject([
      { profile: 'web', policy: { ...of, checks } },
      {
        profile: 'roblox-mesh',
        convert: { triangles: 5000 },
        policy: { ...of, checks: { ...checks, ...targets['roblox-mesh'] } },
      },
    ]);
    await put({ checks: {} });
    expect((await server.deps.docs.get<JobDocument>(jobPath(server.tenantId, made.id)))?.plans).toEqual(made.plans);
    expect((await server.call('GET', `/v1/jobs/${made.id}`)).json.policy).toEqual(made.policy);
  });

  test('of a tenant without a policy names none', async () => {
    const made = await jobNow();
    expect(made).not.toHaveProperty('policy');
    for (const plan of made.plans) expect(plan).not.toHaveProperty('policy');
  });
});
