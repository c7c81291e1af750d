import type { Camera } from './camera.ts';
import type { SplatCloud } from './splat-cloud.ts';

/** Where a camera stands, as numbers for the projection of splats, in the axes of the cloud. */
export interface SplatCamera {
  readonly camera: Camera;
  readonly width: number;
  readonly height: number;
  /** Pixels a metre at distance 1, or pixels a metre. */
  readonly scale: number;
}

/** A Gaussian on the picture: what it covers is exp(−½ (a dx² + 2 b dx dy + c dy²)). */
export interface FlatSplat {
  /** Centre in pixels. */
  x: number;
  y: number;
  a: number;
  b: number;
  c: number;
  /** Variances along the axes of the picture, in pixels². */
  varX: number;
  varY: number;
}

/** Variance added to each splat, in pixels²: none is narrower than a pixel (Kerbl et al. 2023). */
export const blurVariance = 0.3;

/** Splats far outside the picture are bent as if they stood here, in half pictures (Kerbl et al. 2023). */
const bendLimit = 1.3;

/** A determinant below this leaves no shape to draw. */
const leastDeterminant = 1e-12;

/**
 * Projects one Gaussian by the local affine approximation of the camera (EWA; Zwicker et al. 2001). `distance` is that
 * along the view axis. False if nothing can be drawn.
 */
export function projectSplat(
  cloud: SplatCloud,
  i: number,
  distance: number,
  view: SplatCamera,
  out: FlatSplat,
): boolean {
  const { camera, width, height, scale } = view;
  const { eye, right, up, back } = camera;
  const { positions, rotations, scales } = cloud;
  const dx = positions[i * 3] - eye[0];
  const dy = positions[i * 3 + 1] - eye[1];
  const dz = positions[i * 3 + 2] - eye[2];
  const perspective = camera.kind === 'perspective';
  const near = perspective ? 1 / distance : 1;
  const sx = (right[0] * dx + right[1] * dy + right[2] * dz) * near;
  const sy = (up[0] * dx + up[1] * dy + up[2] * dz) * near;
  out.x = width / 2 + scale * sx;
  out.y = height / 2 - scale * sy;
  const limitY = bendLimit * camera.halfHeight;
  const limitX = (limitY * width) / height;
  // Rows of the Jacobian times the camera's axes: how the picture moves with the world.
  const f = scale * near;
  const bx = perspective ? Math.max(-limitX, Math.min(limitX, sx)) : 0;
  const by = perspective ? Math.max(-limitY, Math.min(limitY, sy)) : 0;
  const ux = f * (right[0] + bx * back[0]);
  const uy = f * (right[1] + bx * back[1]);
  const uz = f * (right[2] + bx * back[2]);
  const vx = -f * (up[0] + by * back[0]);
  const vy = -f * (up[1] + by * back[1]);
  const vz = -f * (up[2] + by * back[2]);
  const qx = rotations[i * 4];
  const qy = rotations[i * 4 + 1];
  const qz = rotations[i * 4 + 2];
  const qw = rotations[i * 4 + 3];
  const s0 = scales[i * 3];
  const s1 = scales[i * 3 + 1];
  const s2 = scales[i * 3 + 2];
  // Axes of the splat, each as long as its deviation.
  const ax = (1 - 2 * (qy * qy + qz * qz)) * s0;
  const ay = 2 * (qx * qy + qw * qz) * s0;
  const az = 2 * (qx * qz - qw * qy) * s0;
  const cx = 2 * (qx * qy - qw * qz) * s1;
  const cy = (1 - 2 * (qx * qx + qz * qz)) * s1;
  const cz = 2 * (qy * qz + qw * qx) * s1;
  const ex = 2 * (qx * qz + qw * qy) * s2;
  const ey = 2 * (qy * qz - qw * qx) * s2;
  const ez = (1 - 2 * (qx * qx + qy * qy)) * s2;
  const u0 = ux * ax + uy * ay + uz * az;
  const u1 = ux * cx + uy * cy + uz * cz;
  const u2 = ux * ex + uy * ey + uz * ez;
  const v0 = vx * ax + vy * ay + vz * az;
  const v1 = vx * cx + vy * cy + vz * cz;
  const v2 = vx * ex + vy * ey + vz * ez;
  const xx = u0 * u0 + u1 * u1 + u2 * u2 + blurVariance;
  const xy = u0 * v0 + u1 * v1 + u2 * v2;
  const yy = v0 * v0 + v1 * v1 + v2 * v2 + blurVariance;
  const determinant = xx * yy - xy * xy;
  if (!(determinant > leastDeterminant && determinant < Infinity)) return false;
  out.a = yy / determinant;
  out.b = -xy / determinant;
  out.c = xx / determinant;
  out.varX = xx;
  out.varY = yy;
  return true;
}
