import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createApiKey, revokeApiKey } from '../../shared/records/api-keys.ts';
import { operator } from '../../shared/records/audit.ts';
import { setTenantLimits } from '../../shared/records/tenants.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const audit = async (query = '') => (await server.call('GET', `/v1/audit${query}`)).json;

test('each security-relevant act leaves one record that says who, when, and by which request', async () => {
  const { deps, tenantId } = server;
  server.advance(1);
  const requestIds: (string | null)[] = [];
  const act = async (method: string, path: string, json?: object) => {
    const answer = await server.call(method, path, { json });
    expect(answer.status).toBeLessThan(300);
    requestIds.unshift(answer.headers.get('x-request-id'));
    server.advance(1);
    return answer.json;
  };
  const key = await act('POST', '/v1/keys', { name: 'ci', scopes: ['jobs:read'] });
  await act('POST', `/v1/keys/${key.id}:rotate`, {});
  await act('DELETE', `/v1/keys/${key.id}`);
  const hook = await act('POST', '/v1/webhooks', { url: 'https://studio.example/secret-path' });
  await act('DELETE', `/v1/webhooks/${hook.id}`);
  const assetId = await server.upload();
  const { json: job } = await server.call('POST', '/v1/jobs', {
    json: { source: { kind: 'asset', assetId }, targets: ['web'] },
  });
  await act('POST', `/v1/jobs/${job.id}:cancel`);
  server.advance(1);
  await setTenantLimits(deps.docs, deps.clock, tenantId, { concurrentJobs: 3 }, operator);

  const { items } = await audit();
  expect(items.map(({ action, subject }: Record<string, string>) => [action, subject])).toEqual([
    ['tenant.limits_changed', tenantId],
    ['job.cancelled', job.id],
    ['webhook.deleted', hook.id],
    ['webhook.created', hook.id],
    ['key.revoked', key.id],
    ['key.rotated', key.id],
    ['key.created', key.id],
    ['key.created', expect.stringMatching(/^key_/)],
  ]);
  expect(items[0]).toMatchObject({ actor: { kind: 'operator' }, detail: { concurrentJobs: 3 } });
  expect(items.slice(1, 7).map(({ requestId }: { requestId: string }) => requestId)).toEqual(requestIds);
  const made = items.at(-1).subject;
  for (const record of items.slice(1, 7)) expect(record.actor).toEqual({ kind: 'key', keyId: made });
  const text = JSON.stringify(items);
  for (const secret of [key.key.split('_')[2], hook.secret, 'secret-path']) expect(text).not.toContain(secret);
});

test('what changes nothing leaves no record', async () => {
  const before = (await audit()).items.length;
  const [{ id }] = (await server.call('GET', '/v1/keys')).json.items.filter(
    (one: { revokedAt?: string }) => one.revokedAt,
  );
  const [job] = (await server.call('GET', '/v1/jobs')).json.items;
  await server.call('DELETE', `/v1/keys/${id}`);
  await server.call('POST', `/v1/jobs/${job.id}:cancel`);
  await server.call('POST', '/v1/keys', { json: { name: 'x', scopes: ['nothing'] } });
  expect((await audit()).items).toHaveLength(before);
});

test('pages join without a gap', async () => {
  const whole = (await audit('?limit=100')).items;
  const joined: unknown[] = [];
  for (let cursor: string | undefined, first = true; first || cursor; first = false) {
    const page = await audit(`?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
    joined.push(...page.items);
    cursor = page.nextCursor;
  }
  expect(joined).toEqual(whole);
});

test('refused authentications are counted for the tenant whose key was named, without a write for each', async () => {
  const gone = await createApiKey(server.deps.docs, { tenantId: server.tenantId, name: 'gone' }, server.deps.clock);
  await revokeApiKey(server.deps.docs, gone.keyId, server.deps.clock);
  for (let i = 0; i < 20; i++) expect((await server.call('GET', '/v1/jobs', { key: gone.key })).status).toBe(401);
  expect((await audit()).refused).toEqual([{ day: '2026-11-23', count: 1 }]);
  server.advance(11_000);
  await server.call('GET', '/v1/jobs', { key: gone.key });
  expect((await audit()).refused).toEqual([{ day: '2026-11-23', count: 21 }]);
  expect((await server.call('GET', '/v1/audit', { key: server.foreignKey })).json.refused).toEqual([]);
});
