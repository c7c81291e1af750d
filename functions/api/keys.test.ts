import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { type ApiKeyDocument, Scope, scopePresets } from '../../shared/schema/index.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';
import { routes } from './routes.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

/** A key of the first tenant with these scopes. */
const keyWith = async (scopes: readonly Scope[], expiresAt?: string): Promise<{ key: string; keyId: string }> =>
  createApiKey(server.deps.docs, { tenantId: server.tenantId, name: 'some', scopes, expiresAt }, server.deps.clock);

const guarded = routes.filter(({ open }) => !open);
const somePath = (path: string): string => path.replace(/\{(\w+)\}/g, '$1_zzzzzzzzzzzzzzzzzzzzzzzzzz');

describe('every route', () => {
  let all: Map<Scope, string>;
  let allBut: Map<Scope, string>;
  beforeAll(async () => {
    const keys = async (scopesFor: (scope: Scope) => Scope[]) =>
      new Map(
        await Promise.all(Scope.options.map(async (scope) => [scope, (await keyWith(scopesFor(scope))).key] as const)),
      );
    all = await keys((scope) => [scope]);
    allBut = await keys((scope) => Scope.options.filter((other) => other !== scope));
  });

  test.each(guarded.map((route) => [route.method, route.path, route.scope as Scope] as const))(
    '%s %s asks for %s, names it in the refusal, and asks for nothing else',
    async (method, path, scope) => {
      const json = method === 'POST' ? {} : undefined;
      const refused = await server.call(method, somePath(path), { key: allBut.get(scope) ?? '', json });
      expect([refused.status, refused.json.code]).toEqual([403, 'forbidden']);
      expect(refused.json.detail).toContain(scope);
      expect(refused.headers.get('www-authenticate')).toContain(`scope="${scope}"`);
      const admitted = await server.call(method, somePath(path), { key: all.get(scope) ?? '', json });
      expect([401, 403]).not.toContain(admitted.status);
    },
  );

  test('of a key from before scopes is allowed', async () => {
    const { key, keyId } = await keyWith(['jobs:read']);
    const { scopes: _scopes, ...old } = (await server.deps.docs.get<ApiKeyDocument>(
      `apiKeys/${keyId}`,
    )) as ApiKeyDocument;
    await server.deps.docs.set(`apiKeys/${keyId}`, old);
    expect((await server.call('GET', '/v1/audit', { key })).status).toBe(200);
    const { json } = await server.call('GET', `/v1/keys/${keyId}`);
    expect(json.scopes).toEqual(scopePresets.full);
  });
});

describe('a key that is made', () => {
  const make = (json: object, key?: string, headers: Record<string, string> = {}) =>
    server.call('POST', '/v1/keys', { json, headers, ...(key === undefined ? {} : { key }) });

  test('works with its scopes and is shown afterwards without its secret', async () => {
    const { status, json } = await make({ name: 'ci', scopes: ['jobs:read', 'jobs:read', 'assets:read'] });
    expect([status, json.scopes]).toEqual([201, ['assets:read', 'jobs:read']]);
    expect((await server.call('GET', '/v1/jobs', { key: json.key })).status).toBe(200);
    const { key: _key, ...shown } = json;
    const later = await server.call('GET', `/v1/keys/${json.id}`);
    expect(later.json).toEqual({ ...shown, lastUsedDay: '2026-11-23' });
    expect((await server.call('GET', '/v1/keys')).text).not.toContain(json.key.slice(40));
  });

  test('shows its secret once: a repeat under the same Idempotency-Key shows the key alone, and nothing keeps it', async () => {
    const headers = { 'idempotency-key': 'make-one' };
    const first = await make({ name: 'once', scopes: ['jobs:read'] }, undefined, headers);
    const again = await make({ name: 'once', scopes: ['jobs:read'] }, undefined, headers);
    const { key, ...shown } = first.json;
    expect(key).toMatch(/^atl_/);
    expect([again.status, again.headers.get('idempotent-replayed'), again.json]).toEqual([201, 'true', shown]);
    const kept = await server.deps.docs.query(`tenants/${server.tenantId}/idempotency`);
    expect(JSON.stringify(kept)).not.toContain(key.split('_')[2]);
  });

  test.each<[string, () => Promise<string>, () => object, number, string]>([
    [
      'gives what its maker lacks',
      async () => (await keyWith(['keys:write', 'jobs:read'])).key,
      () => ({ scopes: ['jobs:read', 'jobs:write'] }),
      403,
      '/scopes',
    ],
    [
      'outlives its maker',
      async () => (await keyWith(['keys:write'], '2026-12-01T00:00:00.000Z')).key,
      () => ({ scopes: ['keys:write'], expiresAt: '2026-12-02T00:00:00.000Z' }),
      403,
      '/expiresAt',
    ],
    [
      'never ends though its maker does',
      async () => (await keyWith(['keys:write'], '2026-12-01T00:00:00.000Z')).key,
      () => ({ scopes: ['keys:write'] }),
      403,
      '/expiresAt',
    ],
    [
      'has ended already',
      async () => server.key,
      () => ({ scopes: ['jobs:read'], expiresAt: '2026-11-01T00:00:00.000Z' }),
      400,
      '/expiresAt',
    ],
    ['names an unknown scope', async () => server.key, () => ({ scopes: ['jobs:all'] }), 400, '/scopes/0'],
    ['may do nothing', async () => server.key, () => ({ scopes: [] }), 400, '/scopes'],
  ])('is refused when it %s', async (_case, key, more, status, pointer) => {
    const answer = await make({ name: 'x', ...more() }, await key());
    expect([answer.status, answer.json.pointer]).toEqual([status, pointer]);
  });

  test('ends on time, and only who holds its secret is told so', async () => {
    const now = server.deps.clock.now().getTime();
    const { json } = await make({
      name: 'short',
      scopes: ['jobs:read'],
      expiresAt: new Date(now + 60_000).toISOString(),
    });
    expect((await server.call('GET', '/v1/jobs', { key: json.key })).status).toBe(200);
    server.advance(61_000);
    const ended = await server.call('GET', '/v1/jobs', { key: json.key });
    expect([ended.status, ended.json.detail]).toEqual([401, 'The API key has expired.']);
  });

  test('can be revoked, but not by another tenant', async () => {
    const { json } = await make({ name: 'gone', scopes: ['jobs:read'] });
    expect((await server.call('DELETE', `/v1/keys/${json.id}`, { key: server.foreignKey })).status).toBe(404);
    expect((await server.call('DELETE', `/v1/keys/${json.id}`)).status).toBe(204);
    server.advance(5000);
    expect((await server.call('GET', '/v1/jobs', { key: json.key })).status).toBe(401);
  });
});

describe('a rotation', () => {
  let made: { key: string; keyId: string };
  beforeEach(async () => {
    made = await keyWith(['jobs:read']);
  });
  const rotate = (json: object, key?: string, headers: Record<string, string> = {}) =>
    server.call('POST', `/v1/keys/${made.keyId}:rotate`, { json, headers, ...(key === undefined ? {} : { key }) });
  const works = async (key: string): Promise<boolean> => {
    server.advance(4000);
    return (await server.call('GET', '/v1/jobs', { key })).status === 200;
  };

  test('gives a new secret; the old one works for the grace period', async () => {
    const { json } = await rotate({ graceSeconds: 600 });
    expect([await works(made.key), await works(json.key)]).toEqual([true, true]);
    server.advance(600_000);
    expect([await works(made.key), await works(json.key)]).toEqual([false, true]);
  });

  test('without a grace period ends the old secret at once', async () => {
    const { json } = await rotate({ graceSeconds: 0 });
    expect([await works(made.key), await works(json.key)]).toEqual([false, true]);
  });

  test('of a second time ends the first secret: two work at most', async () => {
    const second = (await rotate({})).json.key;
    const third = (await rotate({})).json.key;
    expect([await works(made.key), await works(second), await works(third)]).toEqual([false, true, true]);
  });

  test('happens once under an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': `rotate ${made.keyId}` };
    const { json } = await rotate({}, undefined, headers);
    const again = await rotate({}, undefined, headers);
    expect([again.status, again.json.key]).toEqual([200, undefined]);
    expect(await works(json.key)).toBe(true);
  });

  test('by a key that may do less is refused: it would hold the stronger one afterwards', async () => {
    const weak = (await keyWith(['keys:write'])).key;
    const { status, json } = await rotate({}, weak);
    expect([status, json.code]).toEqual([403, 'forbidden']);
    expect(json.detail).toContain('jobs:read');
  });

  test('of a key that has ended is a conflict, of another tenant’s nothing', async () => {
    expect((await rotate({}, server.foreignKey)).status).toBe(404);
    await server.call('DELETE', `/v1/keys/${made.keyId}`);
    expect((await rotate({})).json.code).toBe('conflict');
  });
});
