import type { ProjectedVertices } from './project-vertices.ts';
import type { RenderScene } from './scene.ts';

/** What is known of a triangle at one place of the picture. Overwritten place after place; nothing is allocated. */
export interface SurfacePoint {
  /** Weights of the three corners, perspective-correct, each 0–1, with the sum 1. */
  readonly weights: Float64Array;
  /** Change of the weights by one pixel to the right `[0..2]` and down `[3..5]`. */
  readonly slopes: Float64Array;
  readonly position: Float64Array;
  /** Unit normal of the vertices, or of the face where they have none; on the front side. */
  readonly normal: Float64Array;
  /** Coordinates u, v of both sets, and their change by a pixel: du/dx, dv/dx, du/dy, dv/dy. */
  readonly uv: readonly [Float64Array, Float64Array];
  readonly footprint: readonly [Float64Array, Float64Array];
  /** Linear colour and alpha of the vertices; 1 where they have none. */
  readonly colour: Float64Array;
}

export const newSurfacePoint = (): SurfacePoint => ({
  weights: new Float64Array(3),
  slopes: new Float64Array(6),
  position: new Float64Array(3),
  normal: new Float64Array(3),
  uv: [new Float64Array(2), new Float64Array(2)],
  footprint: [new Float64Array(4), new Float64Array(4)],
  colour: new Float64Array(4),
});

/**
 * Weights of the corners at sample place (px, py), from homogeneous coordinates, so that corners behind the eye do no
 * harm (Olano and Greer 1997). `step` is the width of a pixel in samples.
 */
function weigh(
  vertices: ProjectedVertices,
  a: number,
  b: number,
  c: number,
  px: number,
  py: number,
  step: number,
  out: SurfacePoint,
): void {
  const w0 = vertices.w[a];
  const w1 = vertices.w[b];
  const w2 = vertices.w[c];
  const x0 = vertices.x[a] - px * w0;
  const x1 = vertices.x[b] - px * w1;
  const x2 = vertices.x[c] - px * w2;
  const y0 = vertices.y[a] - py * w0;
  const y1 = vertices.y[b] - py * w1;
  const y2 = vertices.y[c] - py * w2;
  const e0 = x1 * y2 - y1 * x2;
  const e1 = x2 * y0 - y2 * x0;
  const e2 = x0 * y1 - y0 * x1;
  const sum = e0 + e1 + e2;
  const scale = sum !== 0 ? 1 / sum : 0;
  let b0 = e0 * scale;
  let b1 = e1 * scale;
  let b2 = e2 * scale;
  const right0 = y1 * w2 - w1 * y2;
  const right1 = y2 * w0 - w2 * y0;
  const right2 = y0 * w1 - w0 * y1;
  const down0 = w1 * x2 - x1 * w2;
  const down1 = w2 * x0 - x2 * w0;
  const down2 = w0 * x1 - x0 * w1;
  const right = right0 + right1 + right2;
  const down = down0 + down1 + down2;
  const { weights, slopes } = out;
  const pixel = scale * step;
  slopes[0] = (right0 - b0 * right) * pixel;
  slopes[1] = (right1 - b1 * right) * pixel;
  slopes[2] = (right2 - b2 * right) * pixel;
  slopes[3] = (down0 - b0 * down) * pixel;
  slopes[4] = (down1 - b1 * down) * pixel;
  slopes[5] = (down2 - b2 * down) * pixel;
  // Corners were rounded to sub-pixels for filling: a sample may lie a hair outside, and far outside a sliver.
  if (!(b0 > 0)) b0 = 0;
  if (!(b1 > 0)) b1 = 0;
  if (!(b2 > 0)) b2 = 0;
  const total = b0 + b1 + b2;
  const level = total > 0 ? 1 / total : 0;
  weights[0] = total > 0 ? b0 * level : 1;
  weights[1] = b1 * level;
  weights[2] = b2 * level;
}

function interpolateUv(uvs: Float32Array, a: number, b: number, c: number, set: 0 | 1, out: SurfacePoint): void {
  const { weights, slopes } = out;
  const uv = out.uv[set];
  const footprint = out.footprint[set];
  for (let k = 0; k < 2; k++) {
    const p = uvs[a * 2 + k];
    const q = uvs[b * 2 + k];
    const r = uvs[c * 2 + k];
    uv[k] = weights[0] * p + weights[1] * q + weights[2] * r;
    footprint[k] = slopes[0] * p + slopes[1] * q + slopes[2] * r;
    footprint[k + 2] = slopes[3] * p + slopes[4] * q + slopes[5] * r;
  }
}

/** Unit normal of a face on its front side; 0 0 0 if it has no area. */
function faceNormal(positions: Float32Array, a: number, b: number, c: number, out: Float64Array): void {
  const ux = positions[b * 3] - positions[a * 3];
  const uy = positions[b * 3 + 1] - positions[a * 3 + 1];
  const uz = positions[b * 3 + 2] - positions[a * 3 + 2];
  const vx = positions[c * 3] - positions[a * 3];
  const vy = positions[c * 3 + 1] - positions[a * 3 + 1];
  const vz = positions[c * 3 + 2] - positions[a * 3 + 2];
  out[0] = uy * vz - uz * vy;
  out[1] = uz * vx - ux * vz;
  out[2] = ux * vy - uy * vx;
  normalise(out);
}

/** Scales `[0..2]` to length 1 and gives the length before; zero and what is no number become 0 0 0. */
export function normalise(v: Float64Array): number {
  const length = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  const scale = length > 0 && length < Infinity ? 1 / length : 0;
  v[0] = scale === 0 ? 0 : v[0] * scale;
  v[1] = scale === 0 ? 0 : v[1] * scale;
  v[2] = scale === 0 ? 0 : v[2] * scale;
  return scale === 0 ? 0 : length;
}

/** Works out a triangle at sample place (px, py); pixels are `step` samples wide. */
export function surfaceAt(
  scene: RenderScene,
  vertices: ProjectedVertices,
  triangle: number,
  px: number,
  py: number,
  step: number,
  out: SurfacePoint,
): void {
  const a = scene.indices[triangle * 3];
  const b = scene.indices[triangle * 3 + 1];
  const c = scene.indices[triangle * 3 + 2];
  weigh(vertices, a, b, c, px, py, step, out);
  const { positions, normals, uvs0, uvs1, colours } = scene;
  const { weights, position, normal, colour } = out;
  const b0 = weights[0];
  const b1 = weights[1];
  const b2 = weights[2];
  for (let k = 0; k < 3; k++) {
    position[k] = b0 * positions[a * 3 + k] + b1 * positions[b * 3 + k] + b2 * positions[c * 3 + k];
    normal[k] = b0 * normals[a * 3 + k] + b1 * normals[b * 3 + k] + b2 * normals[c * 3 + k];
  }
  if (normalise(normal) === 0) faceNormal(positions, a, b, c, normal);
  if (uvs0.length > 0) interpolateUv(uvs0, a, b, c, 0, out);
  if (uvs1.length > 0) interpolateUv(uvs1, a, b, c, 1, out);
  for (let k = 0; k < 4; k++) {
    colour[k] = colours.length === 0 ? 1 : b0 * colours[a * 4 + k] + b1 * colours[b * 4 + k] + b2 * colours[c * 4 + k];
  }
}
