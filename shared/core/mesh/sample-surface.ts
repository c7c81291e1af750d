import type { TriangleList } from './join-triangles.ts';

/** Plastic-number steps of the R2 low-discrepancy sequence (Roberts 2018). */
const stepU = 0.754877666246693;
const stepV = 0.569840290998053;

/**
 * Points spread evenly over the area of a triangle list `[count × 3]`: one in each of `count` equal strata of the summed
 * area, placed in its triangle by a low-discrepancy sequence. Deterministic; empty when the surface has no area.
 */
export function sampleSurface({ positions, indices }: TriangleList, count: number): Float32Array {
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
    total += Math.sqrt(nx * nx + ny * ny + nz * nz);
    summed[t] = total;
  }
  if (!(total > 0 && total < Infinity)) return new Float32Array(0);
  const points = new Float32Array(count * 3);
  let triangle = 0;
  for (let i = 0; i < count; i++) {
    const at = ((i + 0.5) / count) * total;
    while (triangle < triangles - 1 && summed[triangle]! < at) triangle++;
    let u = (0.5 + i * stepU) % 1;
    let v = (0.5 + i * stepV) % 1;
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
  return points;
}
