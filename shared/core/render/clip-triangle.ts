import { guardBandPx } from './project-vertices.ts';

/** Most corners that a triangle can have after five cuts. */
const mostCorners = 8;

/** Corners `[n × 4]` of the part of a triangle that can be drawn: x, y (samples, homogeneous), w, view distance. */
export interface ClippedPolygon {
  count: number;
  readonly corners: Float64Array;
}

/** Signed amount by which a corner lies inside a plane: near first, then the four sides of the guard band. */
function inside(corners: Float64Array, at: number, plane: number, nearM: number): number {
  const w = corners[at + 2];
  if (plane === 0) return w - nearM;
  // A little within the band, so that rounding cannot carry a cut corner outside.
  const limit = (guardBandPx - 1) * w;
  if (plane === 1) return limit + corners[at];
  if (plane === 2) return limit - corners[at];
  return plane === 3 ? limit + corners[at + 1] : limit - corners[at + 1];
}

/** Where the edge crosses a plane. Ordered by side, not by direction, so that two triangles cut a shared edge alike. */
function cross(
  from: Float64Array,
  insideAt: number,
  outsideAt: number,
  dIn: number,
  dOut: number,
  to: Float64Array,
  at: number,
): void {
  const t = dIn / (dIn - dOut);
  for (let k = 0; k < 4; k++) to[at + k] = from[insideAt + k] + t * (from[outsideAt + k] - from[insideAt + k]);
}

const scratch = [new Float64Array(mostCorners * 4), new Float64Array(mostCorners * 4)] as const;
const result: ClippedPolygon = { count: 0, corners: scratch[1] };

/**
 * Cuts a triangle `[3 × 4]` of homogeneous corners by the near plane and the guard band (Sutherland and Hodgman 1974).
 * The result is overwritten by the next call. Without near plane (orthographic) pass `nearM` = −Infinity.
 */
export function clipTriangle(triangle: Float64Array, nearM: number): ClippedPolygon {
  scratch[1].set(triangle.subarray(0, 12));
  let count = 3;
  for (let plane = 0; plane < 5; plane++) {
    scratch[0].set(scratch[1]);
    const from = scratch[0];
    const to = scratch[1];
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const a = i * 4;
      const b = ((i + 1) % count) * 4;
      const da = inside(from, a, plane, nearM);
      const db = inside(from, b, plane, nearM);
      if (da >= 0) {
        for (let k = 0; k < 4; k++) to[kept * 4 + k] = from[a + k];
        kept++;
      }
      if (da >= 0 && db < 0) cross(from, a, b, da, db, to, kept++ * 4);
      else if (da < 0 && db >= 0) cross(from, b, a, db, da, to, kept++ * 4);
    }
    count = kept;
    if (count < 3) break;
  }
  result.count = count;
  return result;
}
