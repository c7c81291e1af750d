import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { weldPositions } from './weld-positions.ts';

test('numbers positions in order of first appearance, −0 like 0', () => {
  expect(weldPositions(Float32Array.of(1, 2, 3, 0, 0, 0, -0, 0, -0, 1, 2, 3))).toEqual({
    remap: Uint32Array.of(0, 1, 1, 0),
    count: 2,
  });
});

test('joins exactly the vertices whose coordinates are equal', () => {
  const coordinate = fc.constantFrom(0, -0, 1, -1, 0.1, 1e-38, 3e38);
  fc.assert(
    fc.property(fc.array(fc.tuple(coordinate, coordinate, coordinate), { maxLength: 60 }), (points) => {
      const { remap, count } = weldPositions(Float32Array.from(points.flat()));
      const keys = points.map((point) => point.map((value) => Math.fround(value) + 0).join());
      expect(count).toBe(new Set(keys).size);
      for (const [i, a] of keys.entries()) {
        for (const [j, b] of keys.entries()) expect(remap[i] === remap[j]).toBe(a === b);
      }
    }),
  );
});
