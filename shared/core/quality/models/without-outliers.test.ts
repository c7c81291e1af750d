import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cosine } from './cosine.ts';
import { geometricMean, withoutOutliers } from './without-outliers.ts';

const around = Array.from({ length: 15 }, (_, i) => 0.3 + 0.001 * i);

describe('values without outliers', () => {
  test.each([
    ['far below', 0.01],
    ['far above', 0.95],
  ])('lack one that is %s the others', (_where, odd) => {
    const kept = withoutOutliers([...around.slice(0, 7), odd, ...around.slice(7)]);
    expect(kept).not.toContain(odd);
    expect(kept.length).toBeGreaterThanOrEqual(14);
  });

  test('are all there when they are equal, or six at most', () => {
    expect(withoutOutliers(Array(16).fill(0.4))).toHaveLength(16);
    expect(withoutOutliers([0, 0, 0, 0, 0, 9])).toHaveLength(6);
  });

  test('are in ascending order, some of the given, and at least four fifths of them', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (values) => {
        const kept = withoutOutliers(values);
        expect(kept).toEqual(kept.toSorted((a, b) => a - b));
        for (const value of kept) expect(values).toContain(value);
        expect(kept.length).toBeGreaterThanOrEqual(Math.floor(0.8 * values.length));
      }),
    );
  });
});

test('a geometric mean is below the arithmetic one, and 0 with a 0 in it', () => {
  expect(geometricMean([1, 4])).toBeCloseTo(2, 12);
  expect(geometricMean([0.5, 0.5, 0.5])).toBeCloseTo(0.5, 12);
  expect(geometricMean([0.5, 0])).toBe(0);
  expect(geometricMean([])).toBeNaN();
});

test('a cosine tells directions, not lengths', () => {
  expect(cosine([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
  expect(cosine([1, 0], [0, 5])).toBe(0);
  expect(cosine([1, 1], [-3, -3])).toBeCloseTo(-1, 12);
  expect(cosine([0, 0], [1, 1])).toBeNaN();
});
