import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { googleIdentity } from './google-identity.ts';

const audience = 'https://atlas-functions.example';
const account = 'atlas-workflow@p.iam.gserviceaccount.com';
const google = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = async () => ({ k1: google.publicKey.export({ format: 'pem', type: 'spki' }).toString() });
const nowS = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as Google makes it, with `change` made to its claims or header. */
function tokenOf(change: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key?: KeyObject): string {
  const claims = {
    iss: 'https://accounts.google.com',
    aud: audience,
    sub: '1234',
    email: account,
    email_verified: true,
    iat: nowS(),
    exp: nowS() + 3600,
    ...change,
  };
  const text = `${encode({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key ?? google.privateKey).toString('base64url')}`;
}

test('a token of Google for this audience names its service account', async () => {
  expect(await googleIdentity({ keys }).verify(tokenOf(), audience)).toEqual({ subject: account });
});

test.each<[string, string | undefined]>([
  ['missing', undefined],
  ['empty', ''],
  ['no token', 'abc'],
  ['signed by a stranger with our key id', tokenOf({}, {}, stranger.privateKey)],
  ['signed with a key that nobody knows', tokenOf({}, { kid: 'k2' })],
  ['without a signature (algorithm none)', `${tokenOf({}, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
  ['changed after it was signed', tokenOf().replace(/\.[^.]*\./, `.${encode({ aud: audience })}.`)],
  ['expired', tokenOf({ iat: nowS() - 7200, exp: nowS() - 3600 })],
  ['not valid yet', tokenOf({ iat: nowS() + 3600, exp: nowS() + 3700 })],
  ['valid for longer than Google makes them', tokenOf({ exp: nowS() + 86_400 })],
  ['for another audience', tokenOf({ aud: 'https://elsewhere.example' })],
  ['of a foreign issuer', tokenOf({ iss: 'https://accounts.example' })],
  ['of an address that was not verified', tokenOf({ email_verified: false })],
  ['of nobody by name', tokenOf({ email: undefined })],
])('a token that is %s is nobody', async (_, token) => {
  expect(await googleIdentity({ keys }).verify(token, audience)).toBeUndefined();
});

test('only the named accounts may call, when some are named', async () => {
  const identity = googleIdentity({ keys, callers: [account] });
  expect(await identity.verify(tokenOf(), audience)).toBeDefined();
  expect(await identity.verify(tokenOf({ email: 'other@q.iam.gserviceaccount.com' }), audience)).toBeUndefined();
});

test('keys that cannot be had refuse nobody: the caller is asked to come again', async () => {
  const identity = googleIdentity({ keys: () => Promise.reject(new Error('no network')) });
  await expect(identity.verify(tokenOf(), audience)).rejects.toMatchObject({ code: 'store_unavailable' });
});

test('a minted token is kept for its audience until it is about to end', async () => {
  const lifetimes = [60, 3600];
  const asked: string[] = [];
  const identity = googleIdentity({
    keys,
    mint: async (wanted) => tokenOf({ aud: wanted, exp: nowS() + (lifetimes[asked.push(wanted) - 1] ?? 3600) }),
  });
  await identity.mint(audience);
  const second = await identity.mint(audience);
  expect(await identity.mint(audience)).toBe(second);
  expect(await identity.verify(second, audience)).toEqual({ subject: account });
  await identity.mint('https://elsewhere.example');
  expect(asked).toEqual([audience, audience, 'https://elsewhere.example']);
});
