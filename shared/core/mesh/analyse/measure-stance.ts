/** How a shape would stand with one direction up. */
export interface Stance {
  /** Area of the hull of what touches the ground, as a share of the shape’s outline from above (as a box). */
  readonly base: number;
  /** How far within that hull the centre of the surface lies, as a share of the hull’s size; negative when it would fall. */
  readonly margin: number;
  /** Height of the centre of the surface, as a share of the whole. */
  readonly centre: number;
  /** Share of the area that lies flat on the ground. */
  readonly flat: number;
}

/** What is lower than this share of the height counts as touching the ground: the feet of generated shapes are uneven. */
const contact = 0.06;

type Point = readonly [number, number];

const turn = (o: Point, a: Point, b: Point): number => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** Convex hull, counter-clockwise (Andrew 1979). */
function convexHull(points: Point[]): Point[] {
  const sorted = points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (order: Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of order) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** The points farthest out in 64 directions: enough for a hull, whatever their number. */
function outermost(points: readonly Point[]): Point[] {
  const directions = Array.from({ length: 64 }, (_, i) => (i / 64) * 2 * Math.PI);
  return directions.map((angle) => {
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    let best = points[0];
    for (const point of points) if (point[0] * x + point[1] * y > best[0] * x + best[1] * y) best = point;
    return best;
  });
}

/**
 * Measures a stance from samples of the surface `[samples × 3]` with their unit normals. `axis` 0–2 and `sign` name the
 * direction that is up; `bounds` are the lowest and highest corner.
 */
export function measureStance(
  samples: Float32Array,
  normals: Float32Array,
  bounds: ArrayLike<number>,
  axis: number,
  sign: 1 | -1,
): Stance {
  const count = samples.length / 3;
  const [s, t] = [(axis + 1) % 3, (axis + 2) % 3];
  const height = bounds[axis + 3] - bounds[axis];
  const ground = sign > 0 ? bounds[axis] : bounds[axis + 3];
  const touching: Point[] = [];
  let [x, y, centre, flat] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const level = height > 0 ? (sign * (samples[i * 3 + axis] - ground)) / height : 0;
    const at: Point = [samples[i * 3 + s], samples[i * 3 + t]];
    centre += level / count;
    x += at[0] / count;
    y += at[1] / count;
    if (level > contact) continue;
    touching.push(at);
    if (Math.abs(normals[i * 3 + axis]) > 0.9) flat += 1 / count;
  }
  const box = (bounds[s + 3] - bounds[s]) * (bounds[t + 3] - bounds[t]);
  if (touching.length === 0 || !(box > 0)) return { base: 0, margin: -1, centre, flat };
  const hull = convexHull(outermost(touching));
  let area = 0;
  let margin = Infinity;
  for (let i = 0; i < hull.length; i++) {
    const [a, b] = [hull[i], hull[(i + 1) % hull.length]];
    area += (a[0] * b[1] - a[1] * b[0]) / 2;
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (length > 0) margin = Math.min(margin, turn(a, b, [x, y]) / length);
  }
  return { base: Math.max(0, area) / box, margin: margin === Infinity ? -1 : margin / Math.sqrt(box), centre, flat };
}
