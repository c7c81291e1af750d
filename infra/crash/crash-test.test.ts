import { expect, test } from '@jest/globals';
import { crashPoints, crashTest, differences } from './crash-test.ts';
import { localGround } from './local-ground.ts';

/** The short form; `npm run test:crash` strikes at many more points. */
test('a job whose server is killed at any of six points, or its scoring task at two, ends as if nothing had happened', async () => {
  const lines: string[] = [];
  const result = await crashTest(localGround(6), (line) => lines.push(line));
  expect({ ...result, lines }).toEqual({ passed: 8, failed: 0, lines });
}, 240_000);

test('points are spread over all writes, before and after by turns', () => {
  expect(crashPoints('any', 100, 4)).toEqual(['any:1:before', 'any:26:after', 'any:51:before', 'any:76:after']);
  expect(crashPoints('row', 1, 10)).toEqual(['row:1:before', 'row:1:after']);
  expect(crashPoints('file', 0, 10)).toEqual([]);
});

test('an ending with one usage event more is told apart', () => {
  const ending = {
    ...{ status: 'delivered', outputs: [], receipt: '', usage: [{ id: 'a' }], totals: [], events: [] },
    ...{ outbox: 0, messagesLeft: 0, deadLetters: 0 },
  };
  expect(differences(ending, ending)).toEqual([]);
  expect(differences(ending, { ...ending, usage: [{ id: 'a' }, { id: 'b' }] })).toEqual(['usage']);
});
