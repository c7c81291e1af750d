import type { FaceMeasures } from './measure-faces.ts';
import type { Topology } from './topology.ts';

/** Size, side and stretch of each triangle in a UV set. */
export interface UvFaces {
  /** Signed area of each triangle, negative where a picture is seen the right way round (glTF: v points down). */
  readonly signedArea: Float64Array;
  readonly totalArea: number;
  /** Sum of the areas of triangles on which a picture is seen mirrored, as a share of all. */
  readonly mirroredShare: number;
  readonly mirrored: Uint32Array;
  /** Triangles with an area on the surface and none in the UV set. */
  readonly zeroArea: Uint32Array;
  /** Triangles with a corner outside 0–1, and how far all corners reach. */
  readonly outOfRange: Uint32Array;
  readonly min: readonly [number, number];
  readonly max: readonly [number, number];
  /**
   * L² and L∞ stretch (Sander, Snyder, Gortler & Hoppe 2001) of each triangle, scaled so that a map that keeps all areas
   * and angles has 1. Infinite for triangles of no area in the UV set, not a number for those of none on the surface.
   */
  readonly stretchL2: Float32Array;
  readonly stretchLInf: Float32Array;
  /** The same over the whole surface: the root of the mean square by area, and the largest. Triangles of no area are left out. */
  readonly l2: number;
  readonly lInf: number;
}

/** Below this share of the mean a triangle’s area in the UV set is nothing. */
const leastShare = 1e-9;

/** The two singular values of the map from the UV set to the surface, largest first, written to `out`. */
function singularValues(
  p: Float32Array,
  at: ArrayLike<number>,
  uv: Float32Array,
  on: ArrayLike<number>,
  out: Float64Array,
): void {
  const s1 = uv[on[0]];
  const s2 = uv[on[1]];
  const s3 = uv[on[2]];
  const t1 = uv[on[0] + 1];
  const t2 = uv[on[1] + 1];
  const t3 = uv[on[2] + 1];
  const twiceArea = (s2 - s1) * (t3 - t1) - (s3 - s1) * (t2 - t1);
  let a = 0;
  let b = 0;
  let c = 0;
  for (let axis = 0; axis < 3; axis++) {
    const q1 = p[at[0] + axis];
    const q2 = p[at[1] + axis] - q1;
    const q3 = p[at[2] + axis] - q1;
    const ds = (q2 * (t3 - t1) + q3 * (t1 - t2)) / twiceArea;
    const dt = (q2 * (s1 - s3) + q3 * (s2 - s1)) / twiceArea;
    a += ds * ds;
    b += ds * dt;
    c += dt * dt;
  }
  const root = Math.sqrt((a - c) * (a - c) + 4 * b * b);
  out[0] = Math.sqrt((a + c + root) / 2);
  out[1] = Math.sqrt(Math.max(0, (a + c - root) / 2));
}

function signedAreas(topology: Topology, indices: Uint32Array, uv: Float32Array): Float64Array {
  const areas = new Float64Array(topology.triangles);
  for (let t = 0; t < topology.triangles; t++) {
    if (topology.sound[t] === 0) continue;
    const [a, b, c] = [indices[t * 3] * 2, indices[t * 3 + 1] * 2, indices[t * 3 + 2] * 2];
    const area = ((uv[b] - uv[a]) * (uv[c + 1] - uv[a + 1]) - (uv[c] - uv[a]) * (uv[b + 1] - uv[a + 1])) / 2;
    areas[t] = Number.isFinite(area) ? area : 0;
  }
  return areas;
}

function findRange(topology: Topology, indices: Uint32Array, uv: Float32Array) {
  const min: [number, number] = [Infinity, Infinity];
  const max: [number, number] = [-Infinity, -Infinity];
  const outOfRange: number[] = [];
  for (let t = 0; t < topology.triangles; t++) {
    if (topology.sound[t] === 0) continue;
    let inside = true;
    for (let k = t * 3; k < t * 3 + 3; k++) {
      for (let axis = 0; axis < 2; axis++) {
        const value = uv[indices[k] * 2 + axis];
        if (value < min[axis]) min[axis] = value;
        if (value > max[axis]) max[axis] = value;
        if (!(value >= 0 && value <= 1)) inside = false;
      }
    }
    if (!inside) outOfRange.push(t);
  }
  const none = min[0] === Infinity || min[1] === Infinity;
  const zero: [number, number] = [0, 0];
  return { min: none ? zero : min, max: none ? zero : max, outOfRange: Uint32Array.from(outOfRange) };
}

/** Measures each triangle in a UV set `[vertices × 2]`; `indices` are the corners as vertices. */
export function measureUvFaces(
  topology: Topology,
  faces: FaceMeasures,
  indices: Uint32Array,
  uv: Float32Array,
): UvFaces {
  const { triangles, corners, pointPositions: p, sound } = topology;
  const signedArea = signedAreas(topology, indices, uv);
  let totalArea = 0;
  let mappedM2 = 0;
  for (let t = 0; t < triangles; t++) {
    totalArea += Math.abs(signedArea[t]);
    if (signedArea[t] !== 0) mappedM2 += faces.areaM2[t];
  }
  const least = (totalArea / Math.max(1, triangles)) * leastShare;
  const scale = mappedM2 > 0 ? Math.sqrt(totalArea / mappedM2) : 0;
  const stretchL2 = new Float32Array(triangles).fill(Number.NaN);
  const stretchLInf = new Float32Array(triangles).fill(Number.NaN);
  const mirrored: number[] = [];
  const zeroArea: number[] = [];
  const values = new Float64Array(2);
  let mirroredArea = 0;
  let squares = 0;
  let weights = 0;
  let lInf = 0;
  for (let t = 0; t < triangles; t++) {
    if (sound[t] === 0 || faces.areaM2[t] === 0) continue;
    if (Math.abs(signedArea[t]) <= least) {
      zeroArea.push(t);
      stretchL2[t] = stretchLInf[t] = Infinity;
      continue;
    }
    if (signedArea[t] > 0) {
      mirrored.push(t);
      mirroredArea += signedArea[t];
    }
    const at = [corners[t * 3] * 3, corners[t * 3 + 1] * 3, corners[t * 3 + 2] * 3];
    const on = [indices[t * 3] * 2, indices[t * 3 + 1] * 2, indices[t * 3 + 2] * 2];
    singularValues(p, at, uv, on, values);
    const square = ((values[0] * values[0] + values[1] * values[1]) / 2) * scale * scale;
    stretchL2[t] = Math.sqrt(square);
    stretchLInf[t] = values[0] * scale;
    lInf = Math.max(lInf, stretchLInf[t]);
    squares += square * faces.areaM2[t];
    weights += faces.areaM2[t];
  }
  return {
    signedArea,
    totalArea,
    mirroredShare: totalArea > 0 ? mirroredArea / totalArea : 0,
    mirrored: Uint32Array.from(mirrored),
    zeroArea: Uint32Array.from(zeroArea),
    ...findRange(topology, indices, uv),
    stretchL2,
    stretchLInf,
    l2: weights > 0 ? Math.sqrt(squares / weights) : 0,
    lInf,
  };
}
