import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
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
  expect(await googleIdentity({ keys, callers: [account] }).verify(tokenOf(), audience)).toEqual({ subject: account });
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
  expect(await googleIdentity({ keys, callers: [account] }).verify(token, audience)).toBeUndefined();
});

test.each<[string, string]>([
  ['another account of the project', 'atlas-refine@p.iam.gserviceaccount.com'],
  ['an account of the same name elsewhere', 'atlas-workflow@q.iam.gserviceaccount.com'],
  ['one whose name only begins alike', `${account}.example`],
  ['a person', 'operator@example.com'],
])('a good token of %s is nobody', async (_, email) => {
  expect(await googleIdentity({ keys, callers: [account] }).verify(tokenOf({ email }), audience)).toBeUndefined();
});

test('when nobody is named, nobody may call', async () => {
  expect(await googleIdentity({ keys, callers: [] }).verify(tokenOf(), audience)).toBeUndefined();
});

describe('behind Cloud Run, which checks signatures and takes them away,', () => {
  const unsigned = (change: Record<string, unknown> = {}): string =>
    tokenOf(change).replace(/[^.]*$/, 'SIGNATURE_REMOVED_BY_GOOGLE');
  // Its keys are out of reach: what Cloud Run has checked needs none.
  const noKeys = () => Promise.reject(new Error('no network'));
  const behind = googleIdentity({ keys: noKeys, callers: [account], service: 'atlas-claim' });

  test.each([
    audience,
    'https://atlas-claim-123456789012.europe-west4.run.app',
    'https://atlas-claim-abcdefghij-ez.a.run.app',
    'https://atlas-claim-abcdefghij-ez.a.run.app/path?__GCP_CloudEventsMode=CUSTOM_PUBSUB',
  ])('a token for %s names its service account', async (aud) => {
    expect(await behind.verify(unsigned({ aud }), audience)).toEqual({ subject: account });
  });

  test.each<[string, string]>([
    ['of another account', unsigned({ email: 'other@p.iam.gserviceaccount.com' })],
    ['of nobody by name', unsigned({ email: undefined })],
    ['of an address that was not verified', unsigned({ email_verified: false })],
    ['expired', unsigned({ iat: nowS() - 7200, exp: nowS() - 3600 })],
    ['not valid yet', unsigned({ iat: nowS() + 3600, exp: nowS() + 3700 })],
    ['valid for longer than Google makes them', unsigned({ exp: nowS() + 86_400 })],
    ['of a foreign issuer', unsigned({ iss: 'https://accounts.example' })],
    ['for another service', unsigned({ aud: 'https://atlas-api-123456789012.europe-west4.run.app' })],
    ['for a host of a like name', unsigned({ aud: 'https://atlas-claim-1.run.app.example' })],
    ['for another host that names ours', unsigned({ aud: 'https://example.com/atlas-claim-1.run.app' })],
    ['without a body', 'a..SIGNATURE_REMOVED_BY_GOOGLE'],
    ['of no JSON', `a.${Buffer.from('no').toString('base64url')}.SIGNATURE_REMOVED_BY_GOOGLE`],
  ])('a token %s is nobody', async (_, token) => {
    expect(await behind.verify(token, audience)).toBeUndefined();
  });

  test('a token that still has its signature is checked as anywhere', async () => {
    const identity = googleIdentity({ keys, callers: [account], service: 'atlas-claim' });
    expect(await identity.verify(tokenOf(), audience)).toEqual({ subject: account });
    expect(await identity.verify(tokenOf({}, {}, stranger.privateKey), audience)).toBeUndefined();
  });

  test('nowhere else is a token without a signature worth anything', async () => {
    expect(await googleIdentity({ keys, callers: [account] }).verify(unsigned(), audience)).toBeUndefined();
  });
});

test('keys that cannot be had refuse nobody: the caller is asked to come again', async () => {
  const identity = googleIdentity({
    keys: () => Promise.reject(new Error('no network')),
    callers: [account],
  });
  await expect(identity.verify(tokenOf(), audience)).rejects.toMatchObject({ code: 'store_unavailable' });
});

test('a minted token is kept for its audience until it is about to end', async () => {
  const lifetimes = [60, 3600];
  const asked: string[] = [];
  const identity = googleIdentity({
    keys,
    callers: [account],
    mint: async (wanted) => tokenOf({ aud: wanted, exp: nowS() + (lifetimes[asked.push(wanted) - 1] ?? 3600) }),
  });
  await identity.mint(audience);
  const second = await identity.mint(audience);
  expect(await identity.mint(audience)).toBe(second);
  expect(await identity.verify(second, audience)).toEqual({ subject: account });
  await identity.mint('https://elsewhere.example');
  expect(asked).toEqual([audience, audience, 'https://elsewhere.example']);
});
