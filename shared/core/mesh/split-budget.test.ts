import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { leastDrawn, splitBudget } from './split-budget.ts';

const part = (triangles: number, instances = 1) => ({ triangles, instances });

describe('splitBudget', () => {
  test.each([
    ['in proportion', [part(300), part(100)], 40, [28, 12]],
    ['all that they have when it fits', [part(30), part(10)], 100, [30, 10]],
    ['a tetrahedron at least', [part(100_000), part(40)], 100, [96, 4]],
    ['what is drawn several times costs several times', [part(100, 4), part(100)], 100, [20, 20]],
    ['fewer than a tetrahedron stay', [part(2), part(100)], 12, [2, 10]],
  ])('gives %s', (_, parts, budget, expected) => {
    expect(splitBudget(parts, budget)).toEqual(expected);
  });

  test('is undefined when the least is too much', () => {
    expect(splitBudget([part(10), part(10)], 7)).toBeUndefined();
    expect(splitBudget([part(10), part(10)], 8)).toEqual([4, 4]);
  });

  const parts = fc.array(
    fc.record({ triangles: fc.integer({ min: 1, max: 500 }), instances: fc.integer({ min: 1, max: 5 }) }),
    { minLength: 1, maxLength: 12 },
  );

  test('never exceeds the budget, nor what a part has', () => {
    fc.assert(
      fc.property(parts, fc.nat(20_000), (list, budget) => {
        const shares = splitBudget(list, budget);
        if (shares === undefined) {
          expect(leastDrawn(list)).toBeGreaterThan(budget);
          return;
        }
        const drawn = shares.reduce((sum, share, i) => sum + share * list[i]!.instances, 0);
        expect(drawn).toBeLessThanOrEqual(budget);
        shares.forEach((share, i) => {
          expect(share).toBeLessThanOrEqual(list[i]!.triangles);
        });
      }),
    );
  });

  test('meets the budget exactly when every part is drawn once', () => {
    fc.assert(
      fc.property(parts, fc.nat(6_000), (list, budget) => {
        const once = list.map(({ triangles }) => part(triangles));
        const all = once.reduce((sum, { triangles }) => sum + triangles, 0);
        const shares = splitBudget(once, budget);
        if (shares) expect(shares.reduce((sum, share) => sum + share, 0)).toBe(Math.min(all, budget));
      }),
    );
  });
});
