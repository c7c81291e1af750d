import type { TriangleList } from './join-triangles.ts';

/** Plastic-number steps of the R2 low-discrepancy sequence (Roberts 2018). */
const stepU = 0.754877666246693;
const stepV = 0.569840290998053;

/** Points `[count × 3]` and the triangle that each lies on. */
export interface SurfaceSamples {
  readonly points: Float32Array;
  readonly triangles: Uint32Array;
}

/**
 * Points spread evenly over the area of a triangle list: one in each of `count` equal strata of the summed area, placed in
 * its triangle by a low-discrepancy sequence that `seed` shifts. Deterministic; empty when the surface has no area.
 */
export function sampleTriangles({ positions, indices }: TriangleList, count: number, seed = 0): SurfaceSamples {
  const triangles = Math.floor(indices.length / 3);
  const summed = new Float64Array(triangles);
  let total = 0;
  for (let t = 0; t < triangles; t++) {
    const a = indices[t * 3]! * 3;
    const b = indices[t * 3 + 1]! * 3;
    const c = indices[t * 3 + 2]! * 3;
    const ux = positions[b]! - positions[a]!;
    const uy = positions[b + 1]! - positions[a + 1]!;
    const uz = positions[b + 2]! - positions[a + 2]!;
    const vx = positions[c]! - positions[a]!;
    const vy = positions[c + 1]! - positions[a + 1]!;
    const vz = positions[c + 2]! - positions[a + 2]!;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    const twiceArea = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (twiceArea < Infinity) total += twiceArea;
    summed[t] = total;
  }
  if (!(total > 0 && total < Infinity)) return { points: new Float32Array(0), triangles: new Uint32Array(0) };
  const points = new Float32Array(count * 3);
  const chosen = new Uint32Array(count);
  let triangle = 0;
  for (let i = 0; i < count; i++) {
    const at = ((i + 0.5) / count) * total;
    while (triangle < triangles - 1 && summed[triangle]! < at) triangle++;
    chosen[i] = triangle;
    let u = (0.5 + (i + seed) * stepU) % 1;
    let v = (0.5 + (i + seed) * stepV) % 1;
    if (u + v > 1) {
      u = 1 - u;
      v = 1 - v;
    }
    for (let axis = 0; axis < 3; axis++) {
      const a = positions[indices[triangle * 3]! * 3 + axis]!;
      const b = positions[indices[triangle * 3 + 1]! * 3 + axis]!;
      const c = positions[indices[triangle * 3 + 2]! * 3 + axis]!;
      points[i * 3 + axis] = a + u * (b - a) + v * (c - a);
    }
  }
  return { points, triangles: chosen };
}

/** The points alone, of the sequence that starts at zero. */
export const sampleSurface = (list: TriangleList, count: number): Float32Array => sampleTriangles(list, count).points;
