import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { triangulatePolygon } from './triangulate-polygon.ts';

type Point = readonly [number, number, number];

const cut = (points: readonly Point[]): number[][] => {
  const triangles: number[][] = [];
  triangulatePolygon(points.flat(), [...points.keys()], (a, b, c) => void triangles.push([a, b, c]));
  return triangles;
};

/** Twice the area as a vector: its direction is the side that the polygon faces. */
function areaVector(points: readonly Point[], corners: readonly number[]): number[] {
  const sum = [0, 0, 0];
  corners.forEach((corner, i) => {
    const [a, b] = [points[corner]!, points[corners[(i + 1) % corners.length]!]!];
    sum[0]! += a[1] * b[2] - a[2] * b[1];
    sum[1]! += a[2] * b[0] - a[0] * b[2];
    sum[2]! += a[0] * b[1] - a[1] * b[0];
  });
  return sum;
}

/** An outline around the middle whose corners are as far out as told: a star, convex or not. */
const outline = (radii: readonly number[], turn: (x: number, y: number) => Point): Point[] =>
  radii.map((radius, i) => {
    const angle = (i / radii.length) * 2 * Math.PI;
    return turn(radius * Math.cos(angle), radius * Math.sin(angle));
  });

describe('triangulatePolygon', () => {
  const radii = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 40 });
  const turns = fc.constantFrom<(x: number, y: number) => Point>(
    (x, y) => [x, y, 2],
    (x, y) => [y, x, 2],
    (x, y) => [3, x, y],
    (x, y) => [y, 3, x],
    (x, y) => [x, y, x - 2 * y],
  );

  test('covers any outline without a crossing exactly: all triangles face its way, and their areas add up', () => {
    fc.assert(
      fc.property(radii, turns, (list, turn) => {
        const points = outline(list, turn);
        const whole = areaVector(points, [...points.keys()]);
        const length = Math.hypot(...whole);
        const sizes = cut(points).map(
          (triangle) => areaVector(points, triangle).reduce((sum, value, i) => sum + value * whole[i]!, 0) / length,
        );
        expect(Math.min(...sizes)).toBeGreaterThan(-1e-9 * length);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBeCloseTo(length, 6);
      }),
    );
  });

  test('uses every corner of any polygon, crossing or flat', () => {
    const coordinate = fc.integer({ min: -2, max: 2 });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 3, maxLength: 30 }), (points) => {
        const triangles = cut(points);
        expect(triangles).toHaveLength(points.length - 2);
        expect(new Set(triangles.flat()).size).toBe(points.length);
      }),
    );
  });

  test('a polygon of very many corners is cut in a moment', () => {
    const points = outline(
      Array.from({ length: 100_000 }, (_, i) => 1 + (i % 2)),
      (x, y) => [x, y, 0],
    );
    expect(cut(points)).toHaveLength(99_998);
  });
});
