import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { torus } from '../../../testing/exact-meshes.ts';
import type { TriangleList } from '../join-triangles.ts';
import { originTriangleDistance } from '../origin-triangle-distance.ts';
import { buildBvh } from './build-bvh.ts';
import { castRay, noHit, visitRayHits } from './cast-ray.ts';
import { closestPoint } from './closest-point.ts';
import { visitInBox, visitOverlappingPairs } from './visit-overlaps.ts';

const coordinate = fc.integer({ min: -64, max: 64 }).map((value) => value / 64);
/** Any triangles over twelve points. */
const soups = fc
  .tuple(fc.array(coordinate, { minLength: 36, maxLength: 36 }), fc.array(fc.nat(11), { minLength: 3, maxLength: 120 }))
  .map(
    ([positions, corners]): TriangleList => ({
      positions: Float32Array.from(positions),
      indices: Uint32Array.from(corners.slice(0, corners.length - (corners.length % 3))),
    }),
  );
const corner = ({ positions, indices }: TriangleList, t: number, k: number): number[] => [
  ...positions.subarray(indices[t * 3 + k] * 3, indices[t * 3 + k] * 3 + 3),
];
const boxOf = (list: TriangleList, t: number): number[][] => {
  const corners = [0, 1, 2].map((k) => corner(list, t, k));
  return [0, 1, 2].map((axis) => [Math.min(...corners.map((c) => c[axis])), Math.max(...corners.map((c) => c[axis]))]);
};

describe('a tree of boxes', () => {
  test('holds every triangle once, within every box above it', () => {
    fc.assert(
      fc.property(soups, (list) => {
        const { bounds, links, counts, triangles, boxes } = buildBvh(list);
        expect([...triangles].sort((a, b) => a - b)).toEqual([...Array(list.indices.length / 3).keys()]);
        const visit = (node: number): void => {
          const within = (box: Float32Array, at: number): void => {
            for (let k = 0; k < 3; k++) {
              expect(box[at + k]).toBeGreaterThanOrEqual(bounds[node * 6 + k]);
              expect(box[at + 3 + k]).toBeLessThanOrEqual(bounds[node * 6 + 3 + k]);
            }
          };
          for (let slot = links[node]; slot < links[node] + counts[node]; slot++) within(boxes, slot * 6);
          if (counts[node] > 0) return;
          for (const child of [node + 1, links[node]]) {
            within(bounds, child * 6);
            visit(child);
          }
        };
        visit(0);
      }),
    );
  });

  test('finds the nearest point as trying every triangle does', () => {
    fc.assert(
      fc.property(soups, fc.tuple(coordinate, coordinate, coordinate), (list, point) => {
        let square = Infinity;
        for (let t = 0; t * 3 < list.indices.length; t++) {
          const args = [0, 1, 2].flatMap((k) => corner(list, t, k).map((value, axis) => value - point[axis]));
          square = Math.min(square, originTriangleDistance(...(args as Parameters<typeof originTriangleDistance>)));
        }
        const found = closestPoint(buildBvh(list), point)!;
        expect(found.distance).toBeCloseTo(Math.sqrt(square), 12);
        const { triangle, u, v } = found;
        const at = [0, 1, 2].map(
          (axis) =>
            corner(list, triangle, 0)[axis] * (1 - u - v) +
            corner(list, triangle, 1)[axis] * u +
            corner(list, triangle, 2)[axis] * v,
        );
        expect(Math.hypot(...at.map((value, axis) => value - point[axis]))).toBeCloseTo(found.distance, 9);
      }),
    );
  });

  test('a ray’s first hit is the nearest of all its hits', () => {
    fc.assert(
      fc.property(soups, fc.array(coordinate, { minLength: 6, maxLength: 6 }), (list, numbers) => {
        const ray = { origin: numbers.slice(0, 3), direction: [numbers[3], numbers[4], numbers[5] || 0.5] };
        const tree = buildBvh(list);
        let nearest = Infinity;
        visitRayHits(tree, ray, ({ distance }) => {
          nearest = Math.min(nearest, distance);
        });
        const hit = noHit();
        expect(castRay(tree, ray, hit)).toBe(nearest < Infinity);
        // Adding zero makes -0 and 0 equal.
        expect(hit.distance + 0).toBe(nearest + 0);
      }),
    );
  });

  test('no ray from within a closed surface slips out between its triangles', () => {
    const tree = buildBvh(torus(24, 12));
    const hit = noHit();
    fc.assert(
      fc.property(fc.nat(23), fc.nat(11), (column, row) => {
        // Straight at a vertex, and along an edge: the worst places.
        const v = (column * 12 + row) * 3;
        const origin = [Math.cos((column / 24) * 2 * Math.PI), Math.sin((column / 24) * 2 * Math.PI), 0];
        const direction = [0, 1, 2].map((k) => torus(24, 12).positions[v + k] - origin[k]);
        expect(castRay(tree, { origin, direction }, hit)).toBe(true);
        expect(hit.distance).toBeCloseTo(1, 5);
        expect(hit.front).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('visits each pair of boxes that meet once, and those in a box', () => {
    fc.assert(
      fc.property(soups, (list) => {
        const tree = buildBvh(list);
        const total = list.indices.length / 3;
        const meet = (a: number, b: number): boolean =>
          boxOf(list, a).every(
            ([low, high], axis) => low <= boxOf(list, b)[axis][1] && high >= boxOf(list, b)[axis][0],
          );
        const expected: string[] = [];
        for (let a = 0; a < total; a++) for (let b = a + 1; b < total; b++) if (meet(a, b)) expected.push(`${a} ${b}`);
        const pairs: string[] = [];
        visitOverlappingPairs(tree, (i, j) => {
          const [a, b] = [tree.triangles[i], tree.triangles[j]];
          pairs.push(`${Math.min(a, b)} ${Math.max(a, b)}`);
          return true;
        });
        expect(pairs.sort()).toEqual(expected.sort());
        const first = boxOf(list, 0);
        const inside: number[] = [];
        visitInBox(
          tree,
          Float32Array.from([...first.map(([low]) => low), ...first.map(([, high]) => high)]),
          (slot) => {
            inside.push(tree.triangles[slot]);
          },
        );
        const near = [...Array(total).keys()].filter((t) => meet(0, t));
        expect(inside.sort((a, b) => a - b)).toEqual(near);
      }),
      { numRuns: 60 },
    );
  });

  test('leaves out what is not finite, and holds nothing when there is nothing', () => {
    const list = {
      positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, Number.NaN, 0, 0),
      indices: Uint32Array.of(0, 1, 3, 0, 1, 2),
    };
    expect([...buildBvh(list).triangles]).toEqual([1]);
    const empty = buildBvh({ positions: new Float32Array(0), indices: new Uint32Array(0) });
    expect(closestPoint(empty, [0, 0, 0])).toBeUndefined();
    expect(castRay(empty, { origin: [0, 0, 0], direction: [0, 0, 1] }, noHit())).toBe(false);
    expect(visitOverlappingPairs(empty, () => false)).toBe(true);
  });

  test('is no deeper than a walk’s stack for triangles that halve in size without end', () => {
    const sizes = Array.from({ length: 3000 }, (_, i) => 2 ** -(i % 120));
    const positions = Float32Array.from(sizes.flatMap((s) => [s, 0, 0, s, s, 0, s, 0, s]));
    const tree = buildBvh({ positions, indices: Uint32Array.from({ length: 9000 }, (_, i) => i) });
    const depth = (node: number): number =>
      tree.counts[node] > 0 ? 1 : 1 + Math.max(depth(node + 1), depth(tree.links[node]));
    expect(depth(0)).toBeLessThan(100);
    expect(closestPoint(tree, [0, 0, 0])?.distance).toBeGreaterThan(0);
  });
});
