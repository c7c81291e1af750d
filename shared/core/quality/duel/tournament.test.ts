import { expect, test } from '@jest/globals';
import type { Ballot } from '../../../schema/index.ts';
import { tournament } from './tournament.ts';

const byValue = (duels: number[][]) => async (a: number, b: number) => {
  duels.push([a, b]);
  return { choice: a === b ? 'draw' : a > b ? 'a' : 'b' } as Ballot;
};

test.each([[[3]], [[1, 2]], [[4, 1, 9, 2, 9.5, 0]], [[0, 1, 2, 3, 4, 5, 6, 7]]])(
  'the best of %j is found in one duel fewer than there are candidates',
  async (values) => {
    const duels: number[][] = [];
    const { winner, ballots } = await tournament(values, byValue(duels));
    expect(winner).toBe(Math.max(...values));
    expect(duels).toHaveLength(values.length - 1);
    expect(ballots).toHaveLength(values.length - 1);
  },
);

test.each(['draw', 'no_vote'])('%s leaves the lead where it was', async (choice) => {
  const { winner } = await tournament(['first', 'second'], async () => ({ choice }) as Ballot);
  expect(winner).toBe('first');
});

test('nobody wins among none', async () => {
  await expect(tournament([], byValue([]))).rejects.toThrow(RangeError);
});
