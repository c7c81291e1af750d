import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitSize } from './fit-size.ts';

describe('fitSize', () => {
  test.each<[string, readonly [number, number], number, readonly [number, number]]>([
    ['leaves what fits', [1000, 30], 1024, [1000, 30]],
    ['keeps powers of two as such', [4096, 1024], 2048, [2048, 512]],
    ['makes other sides whole blocks', [3000, 2000], 2048, [2048, 1364]],
    ['keeps a thin image at least a pixel wide', [8192, 1], 256, [256, 1]],
    ['goes down to a limit that is no power of two', [4096, 4096], 1000, [1000, 1000]],
  ])('%s', (_, size, limit, expected) => {
    expect(fitSize(size, limit)).toEqual(expected);
  });

  test('never exceeds the limit, never enlarges, and keeps the proportions within a block', () => {
    const side = fc.integer({ min: 1, max: 16_384 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 16, max: 16_384 }), (width, height, limit) => {
        const [w, h] = fitSize([width, height], limit);
        expect(Math.max(w, h)).toBeLessThanOrEqual(limit);
        expect(w <= width && h <= height && w >= 1 && h >= 1).toBe(true);
        const scale = Math.min(1, limit / Math.max(width, height));
        // A power of two may be rounded by a factor of √2.
        for (const [after, before] of [
          [w, width],
          [h, height],
        ] as const) {
          expect(after).toBeLessThanOrEqual(Math.max(before * scale * Math.SQRT2, before * scale + 4));
          expect(after).toBeGreaterThanOrEqual(Math.min(before * scale * Math.SQRT1_2, before * scale - 4));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
