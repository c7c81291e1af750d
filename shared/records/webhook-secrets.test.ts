import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AtlasError } from '../errors.ts';
import type { Secrets } from '../ports/index.ts';
import { openWebhookSecret, sealWebhookSecret } from './webhook-secrets.ts';

const owner = { tenantId: 'ten_0123456789abcdef', webhookId: 'whk_0123456789abcdef' };
const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

/** Versions of one key, the last of them the newest. */
const keys = (...versions: Uint8Array[]): Secrets => {
  const version = async (_name: string, wanted: string) => {
    const bytes = versions[Number(wanted) - 1];
    if (!bytes) throw new AtlasError('not_found', 'no such version');
    return { version: wanted, bytes };
  };
  return { version, latest: (name) => version(name, String(versions.length)) };
};
const first = Buffer.alloc(32, 1);
const second = Buffer.alloc(32, 2);

test('what is sealed opens for its endpoint, and never looks alike twice', async () => {
  const sealed = await sealWebhookSecret(keys(first), owner, secret);
  expect(sealed).toMatch(/^sealed:1:1:[\w-]+$/);
  expect(await openWebhookSecret(keys(first), owner, sealed)).toBe(secret);
  expect(await sealWebhookSecret(keys(first), owner, secret)).not.toBe(sealed);
});

test('any text comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', minLength: 2 }), async (text) => {
      const sealed = await sealWebhookSecret(keys(first), owner, text);
      expect(await openWebhookSecret(keys(first), owner, sealed)).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test('after a rotation the new version seals, and what the old one sealed still opens', async () => {
  const old = await sealWebhookSecret(keys(first), owner, secret);
  const rotated = keys(first, second);
  expect(await openWebhookSecret(rotated, owner, old)).toBe(secret);
  const fresh = await sealWebhookSecret(rotated, owner, secret);
  expect(fresh).toMatch(/^sealed:1:2:/);
  expect(await openWebhookSecret(rotated, owner, fresh)).toBe(secret);
});

test('a version that is gone opens nothing', async () => {
  const sealed = await sealWebhookSecret(keys(first, second), owner, secret);
  await expect(openWebhookSecret(keys(first), owner, sealed)).rejects.toMatchObject({ code: 'not_found' });
});

test('a secret from before secrets were sealed is taken as it is', async () => {
  expect(await openWebhookSecret(keys(), owner, secret)).toBe(secret);
});

const changed = (sealed: string, at: number): string => {
  const [kind, format, version, text = ''] = sealed.split(':');
  const bytes = Buffer.from(text, 'base64url');
  const index = at < 0 ? bytes.length + at : at;
  bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
  return [kind, format, version, bytes.toString('base64url')].join(':');
};

test.each<[string, (sealed: string) => string]>([
  ['a changed nonce', (sealed) => changed(sealed, 0)],
  ['a changed text', (sealed) => changed(sealed, 20)],
  ['a changed tag', (sealed) => changed(sealed, -1)],
  ['the end cut off', (sealed) => sealed.slice(0, -4)],
  ['another version', (sealed) => sealed.replace('sealed:1:1:', 'sealed:1:2:')],
  ['a format that nobody knows', (sealed) => sealed.replace('sealed:1:', 'sealed:2:')],
  ['a version that is no number', (sealed) => sealed.replace('sealed:1:1:', 'sealed:1:latest:')],
  ['too few bytes for a tag', () => 'sealed:1:1:AAAA'],
  ['nothing', () => ''],
])('with %s it does not open', async (_case, spoil) => {
  const sealed = await sealWebhookSecret(keys(first), owner, secret);
  // Both versions are the same bytes: only the associated data can tell them apart.
  await expect(openWebhookSecret(keys(first, first), owner, spoil(sealed))).rejects.toMatchObject({ code: 'internal' });
});

test.each([
  { ...owner, tenantId: 'ten_fedcba9876543210' },
  { ...owner, webhookId: 'whk_fedcba9876543210' },
])('it does not open for %j', async (other) => {
  const sealed = await sealWebhookSecret(keys(first), owner, secret);
  await expect(openWebhookSecret(keys(first), other, sealed)).rejects.toMatchObject({ code: 'internal' });
});

test('a key that could be guessed seals nothing', async () => {
  await expect(sealWebhookSecret(keys(Buffer.from('atlas')), owner, secret)).rejects.toMatchObject({
    code: 'internal',
  });
});
