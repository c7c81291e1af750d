import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TextScanner } from './text-scanner.ts';

const scanner = (text: string, options = {}): TextScanner => new TextScanner(Buffer.from(text), options);

test('reads every number that JavaScript prints as JavaScript does', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      expect(scanner(String(value)).number()).toBe(value + 0);
    }),
    { numRuns: 2000 },
  );
});

test('reads decimals of any length as JavaScript does', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[-+]?\d{1,20}(\.\d{0,20})?$/), (text) => {
      expect(scanner(text).number()! + 0).toBe(Number(text) + 0);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['nan', Number.NaN],
  ['-nan(ind)', Number.NaN],
  ['1.#QNAN', Number.NaN],
  ['inf', Infinity],
  ['-Infinity', -Infinity],
  ['1.#INF', Infinity],
  ['.5', 0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['word', undefined],
  ['-', undefined],
  ['', undefined],
  ['9'.repeat(500), undefined],
])('takes %s for %s', (text, expected) => {
  expect(scanner(text).number()).toBe(expected);
});

test('a number ends where the next word begins, and what is no number is not passed over', () => {
  const line = scanner('1 2.5e-1\tx 3');
  expect([line.number(), line.number(), line.number(), line.word(), line.number()]).toEqual([
    1,
    0.25,
    undefined,
    'x',
    3,
  ]);
});

test('counts lines of every kind of end, joined ones too', () => {
  const lines = scanner('a\r\nb\rc\nd \\\n e', { continues: true });
  const seen: [string, number][] = [];
  for (; !lines.ended; lines.nextLine()) {
    for (let word = lines.word(); word !== ''; word = lines.word()) seen.push([word, lines.line]);
  }
  expect(seen).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['d', 4],
    ['e', 5],
  ]);
});

test('keeps no more than 4,096 bytes of a name, and goes on behind it', () => {
  const line = scanner(`${'n'.repeat(100_000)}\nnext`);
  expect(line.rest()).toHaveLength(4096);
  line.nextLine();
  expect(line.word()).toBe('next');
});
