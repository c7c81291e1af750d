import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openSqlite } from '../adapters/local/sqlite.ts';
import { sqliteDocStore } from '../adapters/local/sqlite-doc-store.ts';
import type { DocStore } from '../ports/index.ts';
import { ApiKeyDocument } from '../schema/index.ts';
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts';
import { authenticate as authenticateAt, keyAuthenticator } from './authenticate.ts';

let docs: DocStore;
let nowMs: number;
const clock = { now: () => new Date(nowMs) };

beforeEach(() => {
  docs = sqliteDocStore(openSqlite(':memory:'));
  nowMs = Date.parse('2026-11-23T10:00:00.000Z');
});

const authenticate = (store: DocStore, header: string | undefined) => authenticateAt(store, header, clock);

const swapped = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === 'a' ? 'b' : 'a'}${text.slice(at + 1)}`;

describe('an API key', () => {
  test('speaks for its tenant', async () => {
    const { key, keyId, tenantId } = await createApiKey(docs, { name: 'ci' }, clock);
    expect(key).toMatch(/^atl_[0-9a-z]{26}_[0-9A-Za-z]{49}$/);
    await expect(authenticate(docs, `Bearer ${key}`)).resolves.toMatchObject({ tenantId, keyId });
    await expect(authenticate(docs, `bearer ${key}`)).resolves.toMatchObject({ tenantId, keyId });
  });

  test('is kept only as a hash', async () => {
    const { key, keyId } = await createApiKey(docs, { name: 'ci' }, clock);
    const secret = key.split('_')[2] ?? '';
    const [stored] = await listApiKeys(docs);
    expect(ApiKeyDocument.parse(stored).id).toBe(keyId);
    expect(JSON.stringify(stored)).not.toContain(secret.slice(0, 20));
  });

  test('can be one of several of a tenant', async () => {
    const first = await createApiKey(docs, { name: 'old' }, clock);
    nowMs += 1;
    const second = await createApiKey(docs, { tenantId: first.tenantId, name: 'new' }, clock);
    await createApiKey(docs, { name: 'other tenant' }, clock);
    const names = (await listApiKeys(docs, first.tenantId)).map(({ name }) => name);
    expect(names).toEqual(['old', 'new']);
    expect((await authenticate(docs, `Bearer ${second.key}`)).tenantId).toBe(first.tenantId);
  });

  test('stops working when it is revoked; revoking again changes nothing', async () => {
    const { key, keyId } = await createApiKey(docs, { name: 'ci' }, clock);
    await revokeApiKey(docs, keyId, clock);
    await expect(authenticate(docs, `Bearer ${key}`)).rejects.toMatchObject({ code: 'unauthenticated' });
    const [before] = await listApiKeys(docs);
    nowMs += 1000;
    await revokeApiKey(docs, keyId, clock);
    expect(await listApiKeys(docs)).toEqual([before]);
  });

  test('that is not there cannot be revoked', async () => {
    await expect(revokeApiKey(docs, 'key_0123456789abcdef', clock)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('authentication refuses', () => {
  test.each<[string, (key: string) => string | undefined]>([
    ['no header', () => undefined],
    ['an empty header', () => ''],
    ['another scheme', (key) => `Basic ${key}`],
    ['the bare key', (key) => key],
    ['another secret', (key) => `Bearer ${swapped(key, 40)}`],
    ['another id', (key) => `Bearer ${swapped(key, 10)}`],
    ['a cut key', (key) => `Bearer ${key.slice(0, -1)}`],
    ['a key with more behind it', (key) => `Bearer ${key} x`],
  ])('%s', async (_case, header) => {
    const { key } = await createApiKey(docs, { name: 'ci' }, clock);
    await expect(authenticate(docs, header(key))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('a mistyped key without asking the store', async () => {
    const { key } = await createApiKey(docs, { name: 'ci' }, clock);
    const get = jest.spyOn(docs, 'get');
    await expect(authenticate(docs, `Bearer ${swapped(key, 40)}`)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(get).not.toHaveBeenCalled();
  });

  test('the right id with the secret of another key', async () => {
    const first = await createApiKey(docs, { name: 'one' }, clock);
    const second = await createApiKey(docs, { name: 'two' }, clock);
    await docs.set(`apiKeys/${first.keyId}`, { hash: '00'.repeat(32) }, { merge: true });
    await expect(authenticate(docs, `Bearer ${first.key}`)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(authenticate(docs, `Bearer ${second.key}`)).resolves.toMatchObject({ keyId: second.keyId });
  });
});

describe('the authenticator', () => {
  test('reads a busy key and its tenant once, and sees a revocation within five seconds', async () => {
    const { key, keyId, tenantId } = await createApiKey(docs, { name: 'ci' }, clock);
    const get = jest.spyOn(docs, 'get');
    const check = keyAuthenticator(docs, clock);
    for (let call = 0; call < 50; call++) await check(`Bearer ${key}`);
    expect(get.mock.calls).toEqual([[`apiKeys/${keyId}`], [`tenants/${tenantId}`]]);
    await revokeApiKey(docs, keyId, clock);
    nowMs += 5000;
    await expect(check(`Bearer ${key}`)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('compares the secret also when it remembers the key', async () => {
    const first = await createApiKey(docs, { name: 'one' }, clock);
    const check = keyAuthenticator(docs, clock);
    await check(`Bearer ${first.key}`);
    await docs.set(`apiKeys/${first.keyId}`, { hash: '00'.repeat(32) }, { merge: true });
    await expect(check(`Bearer ${first.key}`)).resolves.toMatchObject({ keyId: first.keyId });
    nowMs += 5000;
    await expect(check(`Bearer ${first.key}`)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
