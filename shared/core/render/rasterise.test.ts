import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { orthographicCamera, perspectiveCamera } from './camera.ts';
import { allocateProjection, projectVertices } from './project-vertices.ts';
import {
  allocateVisibility,
  bothSides,
  clearVisibility,
  frontSide,
  noSurface,
  rasteriseTriangle,
} from './rasterise.ts';

const size = 8;

/** Draws triangles given in pixels (x right, y down, depth) on a picture of 8 × 8; how often each sample was asked for. */
function coverage(points: readonly number[], indices: readonly number[], sides = bothSides) {
  const camera = orthographicCamera([size / 2, size / 2, 10], [size / 2, size / 2, 0], size / 2);
  const positions = Float32Array.from(points, (value, i) => (i % 3 === 1 ? size - value : value));
  const vertices = allocateProjection(points.length / 3);
  projectVertices(positions, camera, size, size, vertices);
  const seen = allocateVisibility(size, size);
  clearVisibility(seen);
  const count = new Uint8Array(size * size);
  const keep = (_: number, x: number, y: number): boolean => {
    count[y * size + x]++;
    return true;
  };
  for (let t = 0; t < indices.length / 3; t++) {
    // Each on a picture of its own, or what is behind would not be asked for.
    const own = allocateVisibility(size, size);
    clearVisibility(own);
    rasteriseTriangle(own, vertices, Uint32Array.from(indices), t, sides, undefined, keep);
    rasteriseTriangle(seen, vertices, Uint32Array.from(indices), t, sides, undefined, undefined);
  }
  return { count, seen };
}

const rows = (count: Uint8Array): string[] =>
  Array.from({ length: size }, (_, y) => [...count.subarray(y * size, y * size + size)].join('').replaceAll('0', '.'));

test('a triangle covers exactly the samples inside it, with those on its left and top edges', () => {
  // Its corners are samples: left edge x = 1.5 and top edge y = 1.5 belong to it, the slanted right one does not.
  const { count } = coverage([1.5, 1.5, 0, 1.5, 6.5, 0, 6.5, 1.5, 0], [0, 1, 2]);
  expect(rows(count)).toEqual([
    '........',
    '.11111..',
    '.1111...',
    '.111....',
    '.11.....',
    '.1......',
    '........',
    '........',
  ]);
});

test('a bottom and a right edge leave their samples to the neighbour', () => {
  const { count } = coverage([6.5, 1.5, 0, 1.5, 6.5, 0, 6.5, 6.5, 0], [0, 1, 2]);
  expect(rows(count)).toEqual([
    '........',
    '........',
    '.....1..',
    '....11..',
    '...111..',
    '..1111..',
    '........',
    '........',
  ]);
});

const subpixel = fc.integer({ min: -512, max: size * 256 + 512 }).map((value) => value / 256);

test('triangles around a point inside a square cover each sample once, wherever the point is', () => {
  fc.assert(
    fc.property(subpixel, subpixel, (x, y) => {
      const inside = (value: number): number => Math.min(size, Math.max(0, value));
      const points = [0, 0, 0, 0, size, 0, size, size, 0, size, 0, 0, inside(x), inside(y), 0];
      const { count } = coverage(points, [4, 0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0]);
      expect([...count]).toEqual(Array(size * size).fill(1));
    }),
  );
});

test('two triangles at a shared edge share no sample', () => {
  fc.assert(
    fc.property(fc.array(subpixel, { minLength: 8, maxLength: 8 }), ([ax, ay, bx, by, cx, cy, dx, dy]) => {
      const side = (x: number, y: number): number => (bx! - ax!) * (y - ay!) - (by! - ay!) * (x - ax!);
      fc.pre(side(cx!, cy!) * side(dx!, dy!) < 0);
      const { count } = coverage([ax!, ay!, 0, bx!, by!, 0, cx!, cy!, 0, dx!, dy!, 0], [0, 1, 2, 1, 0, 3]);
      expect(Math.max(...count)).toBeLessThanOrEqual(1);
    }),
  );
});

test('backs are told from fronts, and left out when only fronts are asked for', () => {
  const points = [0, 0, 0, 0, 8, 0, 8, 0, 0];
  expect(coverage(points, [0, 1, 2]).seen.surface[0]).toBe(0);
  expect(coverage(points, [0, 2, 1]).seen.surface[0]).toBe(1);
  expect(coverage(points, [0, 2, 1], frontSide).seen.surface[0]).toBe(noSurface);
});

test('the nearer surface is seen whatever the order, and the first of two at the same depth', () => {
  const points = [0, 0, 0, 0, 8, 0, 8, 0, 0, 0, 0, 1, 0, 8, 1, 8, 0, 1];
  expect(coverage(points, [0, 1, 2, 3, 4, 5]).seen.surface[0]).toBe(2);
  expect(coverage(points, [3, 4, 5, 0, 1, 2]).seen.surface[0]).toBe(0);
  expect(coverage(points, [0, 1, 2, 0, 1, 2]).seen.surface[0]).toBe(0);
});

function ground(reachM: number, nearM: number) {
  // A floor one metre below an eye that looks ahead, reaching far behind it.
  const r = reachM;
  const positions = Float32Array.of(-r, -1, -r, -r, -1, r, r, -1, r, r, -1, -r);
  const camera = perspectiveCamera([0, 0, 0], [0, 0, -1], 90, nearM);
  const vertices = allocateProjection(4);
  projectVertices(positions, camera, 64, 64, vertices);
  const seen = allocateVisibility(64, 64);
  clearVisibility(seen);
  const indices = Uint32Array.of(0, 1, 2, 0, 2, 3);
  for (const t of [0, 1]) rasteriseTriangle(seen, vertices, indices, t, frontSide, camera.nearM, undefined);
  return seen;
}

test.each([
  [100, 0.01],
  [1e5, 0.01],
  [100, 3.1],
])('a floor of ±%d m that passes under the eye is cut at %d m, and seen up to its far edge', (reach, near) => {
  const seen = ground(reach, near);
  for (let y = 0; y < 64; y++) {
    // A ray through row y meets the floor at distance 1 / slope.
    const slope = (y + 0.5 - 32) / 32;
    const distance = slope > 0 ? 1 / slope : Infinity;
    for (let x = 0; x < 64; x++) {
      const at = y * 64 + x;
      expect(seen.surface[at] !== noSurface).toBe(distance >= near && distance <= reach);
      // Corners are rounded to 1/256 pixel, which tilts the floor by that much.
      if (distance >= near && distance <= reach) expect(seen.nearness[at]).toBeCloseTo(1 / distance, 3);
    }
  }
});

test('what is no number is not drawn', () => {
  const { seen } = coverage([0, 0, 0, 0, 8, Number.NaN, 8, Number.NaN, 0], [0, 1, 2]);
  expect(seen.surface.every((surface) => surface === noSurface)).toBe(true);
});
