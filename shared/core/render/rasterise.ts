import { clipTriangle } from './clip-triangle.ts';
import { outsideGuard, outsideNear, type ProjectedVertices, subpixels } from './project-vertices.ts';

/** Nothing is seen here. */
export const noSurface = 0xffffffff;

/** Which surface each sample sees. */
export interface Visibility {
  readonly width: number;
  readonly height: number;
  /** `[height × width]`: larger is nearer, see `ProjectedVertices.nearness`; −Infinity where nothing is. */
  readonly nearness: Float32Array;
  /** `[height × width]`: twice the triangle, plus 1 if its back is seen; `noSurface` where nothing is. */
  readonly surface: Uint32Array;
}

export function allocateVisibility(width: number, height: number): Visibility {
  return { width, height, nearness: new Float32Array(width * height), surface: new Uint32Array(width * height) };
}

export function clearVisibility(target: Visibility): void {
  target.nearness.fill(-Infinity);
  target.surface.fill(noSurface);
}

/** Asked for each sample that would be seen: whether it is kept. Sees `surface` and the sample's column and row. */
export type SampleTest = (surface: number, x: number, y: number) => boolean;

const half = subpixels / 2;

/**
 * Fills one triangle of whole-numbered corners. A sample belongs to it if its centre lies inside, or on a left or top
 * edge: triangles that share an edge share no sample and leave none out. Longer than the house's 60 lines as a
 * kernel: every value is a local, and the spans are found by exact division instead of a test a sample.
 */
function fillTriangle(
  target: Visibility,
  id: number,
  sides: number,
  x0: number,
  y0: number,
  n0: number,
  ax: number,
  ay: number,
  an: number,
  bx: number,
  by: number,
  bn: number,
  keep: SampleTest | undefined,
): void {
  // Rows run down, so a front face (counter-clockwise with y up) has a negative area here.
  let area = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
  if (area === 0) return;
  const back = area > 0;
  if ((sides & (back ? 2 : 1)) === 0) return;
  // Corners in the order that makes the area positive.
  const x1 = back ? ax : bx;
  const y1 = back ? ay : by;
  const n1 = back ? an : bn;
  const x2 = back ? bx : ax;
  const y2 = back ? by : ay;
  const n2 = back ? bn : an;
  if (!back) area = -area;
  const minX = x0 < x1 ? Math.min(x0, x2) : Math.min(x1, x2);
  const maxX = x0 > x1 ? Math.max(x0, x2) : Math.max(x1, x2);
  const minY = y0 < y1 ? Math.min(y0, y2) : Math.min(y1, y2);
  const maxY = y0 > y1 ? Math.max(y0, y2) : Math.max(y1, y2);
  const { width, height, nearness, surface } = target;
  // Columns and rows whose centres the box holds.
  const left = Math.max(0, (minX + half - 1) >> 8);
  const right = Math.min(width - 1, (maxX - half) >> 8);
  const top = Math.max(0, (minY + half - 1) >> 8);
  const bottom = Math.min(height - 1, (maxY - half) >> 8);
  if (left > right || top > bottom) return;

  const centreX = left * subpixels + half;
  const centreY = top * subpixels + half;
  // Edge functions at the first centre, their change by one column and by one row. Edges that own no sample on
  // them (right and bottom) begin one lower.
  const d0x = x1 - x0;
  const d0y = y1 - y0;
  const d1x = x2 - x1;
  const d1y = y2 - y1;
  const d2x = x0 - x2;
  const d2y = y0 - y2;
  let e0 = d0x * (centreY - y0) - d0y * (centreX - x0) - (d0y < 0 || (d0y === 0 && d0x > 0) ? 0 : 1);
  let e1 = d1x * (centreY - y1) - d1y * (centreX - x1) - (d1y < 0 || (d1y === 0 && d1x > 0) ? 0 : 1);
  let e2 = d2x * (centreY - y2) - d2y * (centreX - x2) - (d2y < 0 || (d2y === 0 && d2x > 0) ? 0 : 1);
  const s0 = -d0y * subpixels;
  const s1 = -d1y * subpixels;
  const s2 = -d2y * subpixels;
  const nearX = (((n1 - n0) * (y2 - y0) - (n2 - n0) * (y1 - y0)) / area) * subpixels;
  const nearY = (((n2 - n0) * (x1 - x0) - (n1 - n0) * (x2 - x0)) / area) * subpixels;
  let rowNear = n0 + (nearX * (centreX - x0) + nearY * (centreY - y0)) / subpixels;
  const label = id * 2 + (back ? 1 : 0);
  const span = right - left;
  for (let y = top; y <= bottom; y++) {
    let from = 0;
    let to = span;
    // Numerators are whole and below 2^53 / 2^9: the quotient is never rounded across a whole number.
    if (s0 > 0) from = e0 < 0 ? Math.max(from, Math.ceil(-e0 / s0)) : from;
    else if (e0 < 0) to = -1;
    else if (s0 < 0) to = Math.min(to, Math.floor(e0 / -s0));
    if (s1 > 0) from = e1 < 0 ? Math.max(from, Math.ceil(-e1 / s1)) : from;
    else if (e1 < 0) to = -1;
    else if (s1 < 0) to = Math.min(to, Math.floor(e1 / -s1));
    if (s2 > 0) from = e2 < 0 ? Math.max(from, Math.ceil(-e2 / s2)) : from;
    else if (e2 < 0) to = -1;
    else if (s2 < 0) to = Math.min(to, Math.floor(e2 / -s2));
    let at = y * width + left + from;
    for (let x = from; x <= to; x++, at++) {
      const near = Math.fround(rowNear + nearX * x);
      if (near > nearness[at] && (keep === undefined || keep(label, left + x, y))) {
        nearness[at] = near;
        surface[at] = label;
      }
    }
    e0 += d0x * subpixels;
    e1 += d1x * subpixels;
    e2 += d2x * subpixels;
    rowNear += nearY;
  }
}

const corners = new Float64Array(12);

/** A triangle that crosses the near plane or the guard band: cut, then filled as a fan with the same number. */
function fillClipped(
  target: Visibility,
  vertices: ProjectedVertices,
  triangle: readonly [number, number, number],
  id: number,
  sides: number,
  nearM: number | undefined,
  keep: SampleTest | undefined,
): void {
  for (let k = 0; k < 3; k++) {
    const v = triangle[k]!;
    corners[k * 4] = vertices.x[v];
    corners[k * 4 + 1] = vertices.y[v];
    corners[k * 4 + 2] = vertices.w[v];
    corners[k * 4 + 3] = nearM === undefined ? vertices.nearness[v] : 0;
  }
  const polygon = clipTriangle(corners, nearM ?? -Infinity);
  const fixed = (k: number, axis: number): number =>
    Math.floor((polygon.corners[k * 4 + axis] / polygon.corners[k * 4 + 2]) * subpixels + 0.5);
  const near = (k: number): number =>
    nearM === undefined ? polygon.corners[k * 4 + 3] : 1 / polygon.corners[k * 4 + 2];
  const x0 = fixed(0, 0);
  const y0 = fixed(0, 1);
  for (let k = 1; k + 1 < polygon.count; k++) {
    fillTriangle(
      target,
      id,
      sides,
      x0,
      y0,
      near(0),
      fixed(k, 0),
      fixed(k, 1),
      near(k),
      fixed(k + 1, 0),
      fixed(k + 1, 1),
      near(k + 1),
      keep,
    );
  }
}

/** What of a triangle is drawn: bit 1 its front, bit 2 its back. */
export const frontSide = 1;
export const bothSides = 3;

/**
 * Draws one triangle into the visibility. Of equal nearness, what came first stays. `nearM` is undefined for
 * orthographic cameras.
 */
export function rasteriseTriangle(
  target: Visibility,
  vertices: ProjectedVertices,
  indices: Uint32Array,
  id: number,
  sides: number,
  nearM: number | undefined,
  keep: SampleTest | undefined,
): void {
  const a = indices[id * 3];
  const b = indices[id * 3 + 1];
  const c = indices[id * 3 + 2];
  const { outside, fixedX, fixedY, nearness } = vertices;
  const outA = outside[a];
  const outB = outside[b];
  const outC = outside[c];
  if ((outA & outB & outC & ~outsideGuard) !== 0) return;
  if (((outA | outB | outC) & (outsideNear | outsideGuard)) !== 0) {
    fillClipped(target, vertices, [a, b, c], id, sides, nearM, keep);
    return;
  }
  fillTriangle(
    target,
    id,
    sides,
    fixedX[a],
    fixedY[a],
    nearness[a],
    fixedX[b],
    fixedY[b],
    nearness[b],
    fixedX[c],
    fixedY[c],
    nearness[c],
    keep,
  );
}
