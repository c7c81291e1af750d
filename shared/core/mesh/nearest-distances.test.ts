import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearestDistances } from './nearest-distances.ts';
import { originTriangleDistance } from './origin-triangle-distance.ts';

describe('originTriangleDistance', () => {
  test.each<[string, number[], number]>([
    ['above the middle of the face', [-1, -1, 2, 2, -1, 2, -1, 2, 2], 4],
    ['beside an edge', [1, -1, 0, 1, 1, 0, 2, 0, 0], 1],
    ['beside a corner', [1, 1, 0, 2, 1, 0, 1, 2, 0], 2],
    ['on the face', [-1, -1, 0, 2, -1, 0, -1, 2, 0], 0],
    ['a triangle that is a point', [3, 0, 4, 3, 0, 4, 3, 0, 4], 25],
    ['a triangle that is a line', [-1, 2, 0, 0, 2, 0, 1, 2, 0], 4],
  ])('%s', (_, [ax, ay, az, bx, by, bz, cx, cy, cz], square) => {
    expect(originTriangleDistance(ax!, ay!, az!, bx!, by!, bz!, cx!, cy!, cz!)).toBeCloseTo(square, 12);
  });
});

describe('nearestDistances', () => {
  const coordinate = fc.integer({ min: -100, max: 100 });
  const point = fc.tuple(coordinate, coordinate, coordinate);

  test('agrees with testing every triangle against every point, near and far', () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 3, maxLength: 30 }),
        fc.array(point, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(0.01, 1, 50),
        (corners, points, spread) => {
          const positions = Float32Array.from(corners.flat());
          const indices = Uint32Array.from({ length: corners.length - (corners.length % 3) }, (_, i) => i);
          const places = Float32Array.from(points.flat().map((value) => value * spread));
          const found = nearestDistances(places, { positions, indices });
          for (let i = 0; i < points.length; i++) {
            let square = Infinity;
            for (let t = 0; t < indices.length; t += 3) {
              const [a, b, c] = [0, 1, 2].map((k) =>
                [0, 1, 2].map((axis) => positions[(t + k) * 3 + axis]! - places[i * 3 + axis]!),
              ) as [number[], number[], number[]];
              const args = [...a, ...b, ...c] as Parameters<typeof originTriangleDistance>;
              square = Math.min(square, originTriangleDistance(...args));
            }
            // Points are placed in the grid as 32-bit floats: a few parts in ten million of the farthest coordinate.
            expect(Math.abs(found[i]! - Math.sqrt(square))).toBeLessThan(1e-5 * 100 * spread + 1e-4);
          }
        },
      ),
    );
  });

  test('is infinite when there are no triangles', () => {
    const none = { positions: new Float32Array(0), indices: new Uint32Array(0) };
    expect([...nearestDistances(Float32Array.of(1, 2, 3), none)]).toEqual([Infinity]);
  });
});
