import type { Camera } from './camera.ts';

/** Steps of a pixel to which corners are rounded, so that edge functions are whole numbers and exact. */
export const subpixels = 256;

/** Beyond this many pixels from the picture a triangle is cut, so that whole numbers stay below 2^53. */
export const guardBandPx = 8192;

/** What `outside` tells of a vertex. Triangles whose corners share one of the first five are not seen. */
export const outsideNear = 1;
export const outsideGuard = 32;

/** Vertices as seen by a camera, one entry a vertex. */
export interface ProjectedVertices {
  /** Homogeneous picture coordinates in samples, right and down: the place is x / w, y / w. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Distance along the view axis in metres; 1 if orthographic. */
  readonly w: Float64Array;
  /** What is larger nearer to the eye and linear over the picture: 1 / distance; −distance if orthographic. */
  readonly nearness: Float64Array;
  /** Place in steps of 1 / `subpixels` of a sample; valid only if neither `outsideNear` nor `outsideGuard`. */
  readonly fixedX: Int32Array;
  readonly fixedY: Int32Array;
  /** Bits: 1 before the near plane, 2 left, 4 right, 8 above, 16 below the picture, 32 beyond the guard band. */
  readonly outside: Uint8Array;
}

/** Empty places for `count` vertices, to be reused view after view. */
export function allocateProjection(count: number): ProjectedVertices {
  return {
    x: new Float64Array(count),
    y: new Float64Array(count),
    w: new Float64Array(count),
    nearness: new Float64Array(count),
    fixedX: new Int32Array(count),
    fixedY: new Int32Array(count),
    outside: new Uint8Array(count),
  };
}

/** Projects points `[vertices × 3]` into a picture of `width × height` samples; overwrites `out`. */
export function projectVertices(
  positions: Float32Array,
  camera: Camera,
  width: number,
  height: number,
  out: ProjectedVertices,
): void {
  const [ex, ey, ez] = camera.eye;
  const [rx, ry, rz] = camera.right;
  const [ux, uy, uz] = camera.up;
  const [bx, by, bz] = camera.back;
  const perspective = camera.kind === 'perspective';
  const scale = height / 2 / camera.halfHeight;
  const guard = guardBandPx;
  for (let i = 0, at = 0; i < out.w.length; i++, at += 3) {
    const dx = positions[at] - ex;
    const dy = positions[at + 1] - ey;
    const dz = positions[at + 2] - ez;
    const distance = -(bx * dx + by * dy + bz * dz);
    const w = perspective ? distance : 1;
    const x = (width / 2) * w + scale * (rx * dx + ry * dy + rz * dz);
    const y = (height / 2) * w - scale * (ux * dx + uy * dy + uz * dz);
    out.x[i] = x;
    out.y[i] = y;
    out.w[i] = w;
    // A coordinate that is not a number lands here too, and is never drawn.
    if (perspective && !(distance >= camera.nearM)) {
      out.outside[i] = outsideNear;
      out.nearness[i] = 0;
      continue;
    }
    const px = perspective ? x / distance : x;
    const py = perspective ? y / distance : y;
    out.nearness[i] = perspective ? 1 / distance : -distance;
    let outside = (px < 0 ? 2 : px > width ? 4 : 0) | (py < 0 ? 8 : py > height ? 16 : 0);
    if (px > -guard && px < guard && py > -guard && py < guard) {
      out.fixedX[i] = Math.floor(px * subpixels + 0.5);
      out.fixedY[i] = Math.floor(py * subpixels + 0.5);
    } else {
      outside |= outsideGuard;
    }
    out.outside[i] = outside;
  }
}
