import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { findSecrets, secretKinds } from './find-secrets.ts';

const x = (count: number): string => 'aB3'.repeat(count).slice(0, count);

/** A text that trips each pattern, put together here so that this file does not trip it itself. */
const probes: readonly (readonly [kind: string, text: string])[] = [
  ['private key', `-----BEGIN ${'PRIVATE'} KEY-----\n${x(64)}`],
  ['private key', `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${x(64)}`],
  ['Google service account', `{"private${'_key'}": "-----BEGIN whatever`],
  ['Google API key', `AI${'za'}${x(35)}`],
  ['Google OAuth secret', `GOC${'SPX'}-${x(28)}`],
  ['Google refresh token', `1/${'/0'}${x(60)}`],
  ['AWS access key', `AK${'IA'}ABCDEFGHIJKLMNOP`],
  ['GitHub token', `gh${'p'}_${x(36)}`],
  ['npm token', `np${'m'}_${x(36)}`],
  ['Slack token', `xo${'xb'}-${x(24)}`],
  ['Stripe key', `sk${'_live'}_${x(24)}`],
  ['model provider key', `sk-${'ant'}-${x(40)}`],
  ['signed token', `ey${'J'}${x(20)}.ey${'J'}${x(20)}.${x(40)}`],
  ['Atlas API key', `atl${'_'}${'0'.repeat(26)}_${x(49)}`],
  ['webhook secret', `whs${'ec_'}${x(43)}=`],
];

test.each(probes)('a %s is found, with its line and without its text', (kind, text) => {
  const found = findSecrets(`first line\nkey = ${text}\n`);
  expect(found).toEqual([{ name: kind, line: 2 }]);
});

test('every pattern has a probe', () => {
  expect([...new Set(probes.map(([kind]) => kind))]).toEqual(secretKinds);
});

test.each([
  'Authorization: Bearer atl_…',
  'whsec_…, shown once',
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA',
  'AIza is how they begin',
])('%s is no secret', (text) => {
  expect(findSecrets(text)).toEqual([]);
});

/** Files of the repository, also those that are not committed yet. */
const files = (): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { maxBuffer: 64e6 })
    .toString()
    .split('\0')
    .filter((path) => path !== '' && existsSync(path) && statSync(path).isFile());

test('no file of the repository holds one', () => {
  const all = files();
  expect(all.length).toBeGreaterThan(100);
  const found = all.flatMap((path) => {
    const text = readFileSync(path, 'latin1');
    return findSecrets(text).map(({ name, line }) => `${path}:${line}: ${name}`);
  });
  expect(found).toEqual([]);
});
