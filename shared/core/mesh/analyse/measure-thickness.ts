import type { Bvh } from '../bvh/bvh.ts';
import { castRay, noHit } from '../bvh/cast-ray.ts';
import type { TriangleList } from '../join-triangles.ts';
import { sampleTriangles } from '../sample-surface.ts';
import { areaVector } from './measure-faces.ts';

/** Local thickness at points spread evenly over the area: how far a ray goes inwards before it leaves again. */
export interface Thickness {
  /** The triangle of each sample. */
  readonly triangles: Uint32Array;
  /** Not a number where the ray met nothing, or the front of something else: the surface has no inside there. */
  readonly thicknessM: Float64Array;
}

/** Shares of the diagonal: a ray starts so far below the surface that it does not meet its own triangle. */
const startShare = 1e-6;

/**
 * Samples local thickness along the inward normal. `flipped` marks triangles that face the wrong way. The `seed` shifts
 * the sequence of places; the same seed gives the same samples.
 */
export function measureThickness(
  list: TriangleList,
  bvh: Bvh,
  flipped: Uint8Array,
  options: { readonly samples: number; readonly seed: number; readonly diagonalM: number },
): Thickness {
  const { points, triangles } = sampleTriangles(list, options.samples, options.seed);
  const thicknessM = new Float64Array(triangles.length).fill(Number.NaN);
  const normal = new Float64Array(3);
  const direction = new Float64Array(3);
  const hit = noHit();
  const near = options.diagonalM * startShare;
  triangles.forEach((t, i) => {
    const [a, b, c] = [list.indices[t * 3] * 3, list.indices[t * 3 + 1] * 3, list.indices[t * 3 + 2] * 3];
    const length = Math.sqrt(areaVector(list.positions, a, b, c, normal));
    if (!(length > 0)) return;
    const sign = flipped[t] === 1 ? 1 : -1;
    for (let axis = 0; axis < 3; axis++) direction[axis] = (sign * normal[axis]) / length;
    if (!castRay(bvh, { origin: points.subarray(i * 3, i * 3 + 3), direction }, hit, near)) return;
    if (hit.front === (flipped[hit.triangle] === 1)) thicknessM[i] = hit.distance;
  });
  return { triangles, thicknessM };
}
