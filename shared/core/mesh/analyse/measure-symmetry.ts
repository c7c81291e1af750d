import type { Bvh } from '../bvh/bvh.ts';
import { closestPoint } from '../bvh/closest-point.ts';

/**
 * How far a surface is from its own mirror image across the middle plane of each axis: the mean distance of mirrored
 * samples `[samples × 3]` from the surface, as a share of the diagonal. 0 is perfect symmetry, random shapes have 0.03
 * and more. `bounds` are the lowest and highest corner.
 */
export function measureSymmetry(
  bvh: Bvh,
  samples: Float32Array,
  bounds: ArrayLike<number>,
  diagonalM: number,
): [number, number, number] {
  const asymmetry: [number, number, number] = [0, 0, 0];
  const count = samples.length / 3;
  if (count === 0 || !(diagonalM > 0)) return asymmetry;
  const mirrored = new Float64Array(3);
  for (let axis = 0; axis < 3; axis++) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < 3; k++) mirrored[k] = samples[i * 3 + k];
      mirrored[axis] = bounds[axis] + bounds[axis + 3] - mirrored[axis];
      sum += closestPoint(bvh, mirrored)?.distance ?? 0;
    }
    asymmetry[axis] = sum / count / diagonalM;
  }
  return asymmetry;
}
