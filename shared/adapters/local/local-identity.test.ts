import { expect, test } from '@jest/globals';
import { manualClock } from '../../testing/manual-clock.ts';
import { localIdentity } from './local-identity.ts';

const secret = new Uint8Array(32).fill(1);
const audience = 'http://here/fn';

test('a token that was minted for an audience names its caller there', async () => {
  const identity = localIdentity(secret, manualClock());
  expect(await identity.verify(await identity.mint(audience), audience)).toEqual({ subject: 'atlas' });
});

test('a token is minted anew before the old one ends', async () => {
  const clock = manualClock();
  const identity = localIdentity(secret, clock);
  const first = await identity.mint(audience);
  clock.advance(300_000);
  expect(await identity.mint(audience)).toBe(first);
  clock.advance(200_000);
  const second = await identity.mint(audience);
  expect(second).not.toBe(first);
  expect(await identity.verify(first, audience)).toBeDefined();
  clock.advance(101_000);
  expect(await identity.verify(first, audience)).toBeUndefined();
});

const noneHeader = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
test.each([
  ['missing', () => undefined],
  ['empty', () => ''],
  ['cut off', (token: string) => token.slice(0, -2)],
  [
    'with another body',
    (token: string) => token.replace(/\.[^.]*\./, `.${Buffer.from('{"sub":"root"}').toString('base64url')}.`),
  ],
  ['with algorithm none', (token: string) => `${noneHeader}.${token.split('.')[1]}.`],
  ['with a fourth part', (token: string) => `${token}.x`],
])('a token that is %s is nobody', async (_, forge: (token: string) => string | undefined) => {
  const identity = localIdentity(secret, manualClock());
  expect(await identity.verify(forge(await identity.mint(audience)), audience)).toBeUndefined();
});

test('a token for another audience or of another installation is nobody', async () => {
  const clock = manualClock();
  const identity = localIdentity(secret, clock);
  const stranger = localIdentity(new Uint8Array(32).fill(2), clock);
  expect(await identity.verify(await identity.mint('http://there'), audience)).toBeUndefined();
  expect(await identity.verify(await stranger.mint(audience), audience)).toBeUndefined();
});
