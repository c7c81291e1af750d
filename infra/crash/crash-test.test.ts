import { expect, test } from '@jest/globals';
import { crashPoints, crashTest, differences } from './crash-test.ts';

/** The short form; `npm run test:crash` strikes at many more points. */
test('a job that is killed at any of six points ends as if nothing had happened', async () => {
  const lines: string[] = [];
  const result = await crashTest(6, (line) => lines.push(line));
  expect({ ...result, lines }).toEqual({ passed: 6, failed: 0, lines });
}, 240_000);

test('points are spread over all writes, before and after by turns', () => {
  expect(crashPoints(100, 4)).toEqual(['1:before', '26:after', '51:before', '76:after']);
  expect(crashPoints(1, 10)).toEqual(['1:before', '1:after']);
});

test('an ending with one usage event more is told apart', () => {
  const ending = {
    ...{ status: 'delivered', outputs: [], receipt: '', usage: [{ id: 'a' }], totals: [], events: [] },
    ...{ outbox: 0, messagesLeft: 0, deadLetters: 0 },
  };
  expect(differences(ending, ending)).toEqual([]);
  expect(differences(ending, { ...ending, usage: [{ id: 'a' }, { id: 'b' }] })).toEqual(['usage']);
});
