import { originTriangleDistance } from '../origin-triangle-distance.ts';
import { type Bvh, maxDepth } from './bvh.ts';

/** The nearest place on a surface. */
export interface ClosestPoint {
  triangle: number;
  distance: number;
  /** Weights of the second and third corner. */
  u: number;
  v: number;
}

function boxDistance2(b: Float32Array, at: number, x: number, y: number, z: number): number {
  const dx = Math.max(b[at] - x, 0, x - b[at + 3]);
  const dy = Math.max(b[at + 1] - y, 0, y - b[at + 4]);
  const dz = Math.max(b[at + 2] - z, 0, z - b[at + 5]);
  return dx * dx + dy * dy + dz * dz;
}

/**
 * The nearest triangle to a point within `reach`, and where on it; `undefined` when there is none. Triangles that `leaveOut`
 * names are passed over. A few microseconds on 100,000 triangles for a point near the surface.
 */
export function closestPoint(
  bvh: Bvh,
  point: ArrayLike<number>,
  reach = Infinity,
  leaveOut?: (triangle: number) => boolean,
): ClosestPoint | undefined {
  const { bounds, links, counts, corners: c } = bvh;
  const [x, y, z] = [point[0], point[1], point[2]];
  const weights = new Float64Array(2);
  const best: ClosestPoint = { triangle: -1, distance: reach * reach, u: 0, v: 0 };
  const stack = new Uint32Array(maxDepth * 2);
  let depth = bvh.triangles.length > 0 ? 1 : 0;
  while (depth > 0) {
    const node = stack[--depth];
    if (boxDistance2(bounds, node * 6, x, y, z) > best.distance) continue;
    if (counts[node] === 0) {
      const left = node + 1;
      const right = links[node];
      const leftFirst = boxDistance2(bounds, left * 6, x, y, z) <= boxDistance2(bounds, right * 6, x, y, z);
      stack[depth++] = leftFirst ? right : left;
      stack[depth++] = leftFirst ? left : right;
      continue;
    }
    for (let slot = links[node]; slot < links[node] + counts[node]; slot++) {
      const triangle = bvh.triangles[slot];
      if (boxDistance2(bvh.boxes, slot * 6, x, y, z) > best.distance || leaveOut?.(triangle)) continue;
      const i = slot * 9;
      const square = originTriangleDistance(
        c[i] - x,
        c[i + 1] - y,
        c[i + 2] - z,
        c[i + 3] - x,
        c[i + 4] - y,
        c[i + 5] - z,
        c[i + 6] - x,
        c[i + 7] - y,
        c[i + 8] - z,
        weights,
      );
      if (square > best.distance || (square === best.distance && best.triangle >= 0 && triangle > best.triangle))
        continue;
      best.triangle = triangle;
      best.distance = square;
      best.u = weights[0];
      best.v = weights[1];
    }
  }
  if (best.triangle < 0) return undefined;
  best.distance = Math.sqrt(best.distance);
  return best;
}
