import type { Bvh } from '../bvh/bvh.ts';
import { visitOverlappingPairs } from '../bvh/visit-overlaps.ts';
import type { Topology } from './topology.ts';
import { crossingTest } from './triangles-cross.ts';

/** Triangles of one mesh that pass through each other. */
export interface SelfIntersections {
  /** Triangles concerned, ascending. */
  readonly triangles: Uint32Array;
  /** The pairs `[pairs × 2]`, the lower triangle first, ascending. */
  readonly pairs: Uint32Array;
  /** False when the cap on tests or on pairs ended the search: there may be more. */
  readonly complete: boolean;
  readonly tests: number;
}

/** Caps that bound time and memory. */
export interface IntersectionCaps {
  /** Pairs of triangles that are tested: so many a triangle, and a million on top. */
  readonly testsPerTriangle: number;
  readonly pairs: number;
}

/** A clean mesh takes some 7 tests a triangle; 60 keep a million triangles below ten seconds. */
export const intersectionCaps: IntersectionCaps = { testsPerTriangle: 60, pairs: 1_000_000 };

/** Contact below this share of the largest coordinate: four steps of a 32-bit float there. */
const contact = 2 ** -22;

function largestCoordinate(bounds: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < 6; i++) largest = Math.max(largest, Math.abs(bounds[i]));
  return largest;
}

/** Counts the points that two triangles share. */
function sharedPoints(corners: Uint32Array, a: number, b: number): number {
  let shared = 0;
  for (let i = a * 3; i < a * 3 + 3; i++) {
    const point = corners[i];
    if (point === corners[b * 3] || point === corners[b * 3 + 1] || point === corners[b * 3 + 2]) shared++;
  }
  return shared;
}

/**
 * Finds pairs of triangles that cross, neighbours included: a fold that comes back on itself counts, an edge or a point in
 * common does not. Duplicate faces are left to `findDuplicateFaces`.
 */
export function findSelfIntersections(
  topology: Topology,
  bvh: Bvh,
  caps: IntersectionCaps = intersectionCaps,
): SelfIntersections {
  const { corners, sound, triangles } = topology;
  const crosses = crossingTest(largestCoordinate(bvh.bounds) * contact);
  const mostTests = caps.testsPerTriangle * triangles + 1_000_000;
  const found: number[] = [];
  let tests = 0;
  const complete = visitOverlappingPairs(bvh, (slotA, slotB) => {
    const a = bvh.triangles[slotA];
    const b = bvh.triangles[slotB];
    if (sound[a] === 0 || sound[b] === 0) return true;
    if (tests++ >= mostTests) return false;
    if (!crosses(bvh.corners, slotA * 9, slotB * 9) || sharedPoints(corners, a, b) === 3) return true;
    found.push(Math.min(a, b) * triangles + Math.max(a, b));
    return found.length < caps.pairs;
  });
  // Keys stay below 2^53 up to 90 million triangles.
  const keys = Float64Array.from(found).sort();
  const pairs = new Uint32Array(keys.length * 2);
  const marked = new Uint8Array(triangles);
  keys.forEach((key, i) => {
    pairs[i * 2] = Math.floor(key / triangles);
    pairs[i * 2 + 1] = key % triangles;
    marked[pairs[i * 2]] = marked[pairs[i * 2 + 1]] = 1;
  });
  const concerned: number[] = [];
  for (let t = 0; t < triangles; t++) if (marked[t] === 1) concerned.push(t);
  return { triangles: Uint32Array.from(concerned), pairs, complete, tests };
}
