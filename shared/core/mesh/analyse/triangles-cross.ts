/**
 * Whether two triangles pass through each other. Contact is no crossing: triangles that only touch, along an edge or at a
 * point, in a plane or from one side, are apart. Heights below `tolerance` count as contact, because 32-bit coordinates
 * tell no more; in a common plane it is their common area that counts. `a` and `b` are offsets of nine coordinates each.
 */
type CrossingTest = (corners: Float32Array, a: number, b: number) => boolean;

/** Parts of an interval or an area below this are contact. */
const least = 1e-6;

const normalA = new Float64Array(3);
const normalB = new Float64Array(3);
const heights = new Float64Array(6);
const interval = new Float64Array(4);

/** Unit normal of a triangle; false when it has none. */
function unitNormal(c: Float32Array, at: number, out: Float64Array): boolean {
  const ux = c[at + 3] - c[at];
  const uy = c[at + 4] - c[at + 1];
  const uz = c[at + 5] - c[at + 2];
  const vx = c[at + 6] - c[at];
  const vy = c[at + 7] - c[at + 1];
  const vz = c[at + 8] - c[at + 2];
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  const length = Math.sqrt(x * x + y * y + z * z);
  if (!(length > 0)) return false;
  out[0] = x / length;
  out[1] = y / length;
  out[2] = z / length;
  return true;
}

/** Heights of a triangle’s corners over a plane, written at `to`; contact becomes zero. Says on which sides they lie. */
function measureHeights(
  c: Float32Array,
  at: number,
  n: Float64Array,
  on: number,
  tolerance: number,
  to: number,
): number {
  let sides = 0;
  for (let k = 0; k < 3; k++) {
    const i = at + k * 3;
    const height = n[0] * (c[i] - c[on]) + n[1] * (c[i + 1] - c[on + 1]) + n[2] * (c[i + 2] - c[on + 2]);
    const flat = Math.abs(height) <= tolerance ? 0 : height;
    heights[to + k] = flat;
    if (flat > 0) sides |= 1;
    else if (flat < 0) sides |= 2;
  }
  return sides;
}

/** Where a triangle meets the line of both planes, along one axis of space (Möller 1997); written at `to`. */
function cutInterval(c: Float32Array, at: number, axis: number, from: number, to: number): void {
  let low = Infinity;
  let high = -Infinity;
  for (let k = 0; k < 3; k++) {
    const j = (k + 1) % 3;
    const p = heights[from + k];
    const q = heights[from + j];
    const start = c[at + k * 3 + axis];
    if (p === 0) {
      low = Math.min(low, start);
      high = Math.max(high, start);
    } else if (p * q < 0 || (p > 0 && q < 0) || (p < 0 && q > 0)) {
      const place = start + (c[at + j * 3 + axis] - start) * (p / (p - q));
      low = Math.min(low, place);
      high = Math.max(high, place);
    }
  }
  interval[to] = low;
  interval[to + 1] = high;
}

/** Area of a polygon `[x, y, …]`, signed. */
function polygonArea(points: readonly number[]): number {
  let twice = 0;
  for (let i = 0; i < points.length; i += 2) {
    const j = (i + 2) % points.length;
    twice +=
      (points[i] - points[0]) * (points[j + 1] - points[1]) - (points[j] - points[0]) * (points[i + 1] - points[1]);
  }
  return twice / 2;
}

/** Cuts away what lies right of the line from one point to another (Sutherland & Hodgman 1974). */
function clip(points: readonly number[], x0: number, y0: number, x1: number, y1: number): number[] {
  const kept: number[] = [];
  const side = (i: number): number => (x1 - x0) * (points[i + 1] - y0) - (y1 - y0) * (points[i] - x0);
  for (let i = 0; i < points.length; i += 2) {
    const j = (i + 2) % points.length;
    const p = side(i);
    const q = side(j);
    if (p >= 0) kept.push(points[i], points[i + 1]);
    if ((p > 0 && q < 0) || (p < 0 && q > 0)) {
      const share = p / (p - q);
      kept.push(points[i] + (points[j] - points[i]) * share, points[i + 1] + (points[j + 1] - points[i + 1]) * share);
    }
  }
  return kept;
}

/** Whether two triangles in one plane share an area. */
function overlapInPlane(c: Float32Array, a: number, b: number, tolerance: number): boolean {
  const [nx, ny, nz] = [Math.abs(normalA[0]), Math.abs(normalA[1]), Math.abs(normalA[2])];
  const drop = nx >= ny && nx >= nz ? 0 : ny >= nz ? 1 : 2;
  const [s, t] = [(drop + 1) % 3, (drop + 2) % 3];
  // Relative to one corner, so that small triangles far out lose no digits.
  const flat = (at: number): number[] => [0, 3, 6].flatMap((k) => [c[at + k + s] - c[a + s], c[at + k + t] - c[a + t]]);
  const counterClockwise = (points: number[]): number[] =>
    polygonArea(points) < 0 ? [points[0], points[1], points[4], points[5], points[2], points[3]] : points;
  const clipper = counterClockwise(flat(b));
  const first = counterClockwise(flat(a));
  let rest = first;
  for (let i = 0; i < 6 && rest.length > 0; i += 2) {
    const j = (i + 2) % 6;
    rest = clip(rest, clipper[i], clipper[i + 1], clipper[j], clipper[j + 1]);
  }
  const shared = rest.length >= 6 ? polygonArea(rest) : 0;
  const smaller = Math.min(polygonArea(first), polygonArea(clipper));
  // A strip as long as the triangle and as wide as the tolerance is contact.
  return shared > least * smaller + 4 * tolerance * Math.sqrt(smaller);
}

/** A test that treats heights up to `tolerance` as contact. */
export function crossingTest(tolerance: number): CrossingTest {
  return (c, a, b) => {
    if (!unitNormal(c, b, normalB)) return false;
    const sidesA = measureHeights(c, a, normalB, b, tolerance, 0);
    if (sidesA === 1 || sidesA === 2) return false;
    if (!unitNormal(c, a, normalA)) return false;
    const sidesB = measureHeights(c, b, normalA, a, tolerance, 3);
    if (sidesA === 0 && sidesB === 0) return overlapInPlane(c, a, b, tolerance);
    if (sidesA !== 3 || sidesB !== 3) return false;
    const dx = Math.abs(normalA[1] * normalB[2] - normalA[2] * normalB[1]);
    const dy = Math.abs(normalA[2] * normalB[0] - normalA[0] * normalB[2]);
    const dz = Math.abs(normalA[0] * normalB[1] - normalA[1] * normalB[0]);
    const axis = dx >= dy && dx >= dz ? 0 : dy >= dz ? 1 : 2;
    cutInterval(c, a, axis, 0, 0);
    cutInterval(c, b, axis, 3, 2);
    const common = Math.min(interval[1], interval[3]) - Math.max(interval[0], interval[2]);
    const shorter = Math.min(interval[1] - interval[0], interval[3] - interval[2]);
    return common > least * shorter + 4 * tolerance;
  };
}
