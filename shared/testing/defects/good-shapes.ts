import { surfaceNets } from '../surface-nets.ts';
import type { Shape } from './unwrap-by-axes.ts';

type Distance = (x: number, y: number, z: number) => number;
type Point = readonly [number, number, number];

/** Draws a shape; `random` gives its proportions, `fine` scales the number of cells along an edge. */
export type ShapeMaker = (random: () => number, fine: number) => Shape;

const ball =
  ([cx, cy, cz]: Point, radius: number): Distance =>
  (x, y, z) =>
    Math.hypot(x - cx, y - cy, z - cz) - radius;

/** A line with a radius, from `a` to `b`. */
const limb =
  (a: Point, b: Point, radius: number): Distance =>
  (x, y, z) => {
    const along = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    const from = [x - a[0], y - a[1], z - a[2]];
    const squared = along[0] ** 2 + along[1] ** 2 + along[2] ** 2;
    const share = (from[0] * along[0] + from[1] * along[1] + from[2] * along[2]) / squared;
    const t = Math.min(Math.max(share, 0), 1);
    return Math.hypot(from[0] - t * along[0], from[1] - t * along[1], from[2] - t * along[2]) - radius;
  };

const block =
  ([cx, cy, cz]: Point, [hx, hy, hz]: Point, round: number): Distance =>
  (x, y, z) => {
    const d = [Math.abs(x - cx) - hx + round, Math.abs(y - cy) - hy + round, Math.abs(z - cz) - hz + round];
    const outside = Math.hypot(Math.max(d[0], 0), Math.max(d[1], 0), Math.max(d[2], 0));
    return outside + Math.min(Math.max(d[0], d[1], d[2]), 0) - round;
  };

/** Union with rounded seams of width `k` (Quilez, “Smooth minimum”, polynomial form). */
const melted =
  (k: number, ...parts: Distance[]): Distance =>
  (x, y, z) =>
    parts
      .map((part) => part(x, y, z))
      .reduce((a, b) => Math.min(a, b) - (Math.max(k - Math.abs(a - b), 0) / k) ** 2 * k * 0.25);

/** A revolved profile: radius at each height, ends rounded; steps in the radius must be slopes. */
const turned =
  (height: number, radiusAt: (y: number) => number): Distance =>
  (x, y, z) => {
    const radius = radiusAt(Math.min(Math.max(y, 0), height));
    const d = [Math.hypot(x, z) - radius + 0.04, Math.abs(y - height / 2) - height / 2 + 0.04];
    return (Math.hypot(Math.max(d[0], 0), Math.max(d[1], 0)) + Math.min(Math.max(d[0], d[1]), 0) - 0.04) * 0.7;
  };

function isManifold({ indices }: Shape): boolean {
  const faces = new Map<string, number>();
  for (let corner = 0; corner < indices.length; corner++) {
    const a = indices[corner];
    const b = indices[corner - (corner % 3) + ((corner + 1) % 3)];
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    faces.set(key, (faces.get(key) ?? 0) + 1);
  }
  return [...faces.values()].every((count) => count === 2);
}

/**
 * The surface of a solid within ±1.2 on the ground plane and 0–2.2 in height. Surface nets join two sheets that pass
 * through one cell: the grid is shifted until there is no such cell.
 * @throws when no shift is clean
 */
function carved(distance: Distance, fine: number): Shape {
  const cells = Math.round(26 * fine);
  const cellM = 2.5 / cells;
  for (let shift = 0; shift < 12; shift++) {
    // Off the planes of the shapes: a face on a corner of the grid comes out as slivers.
    const min = [-1.2531 + shift * 0.0071, -0.1573 + shift * 0.0037, -1.2519 + shift * 0.0053] as const;
    const shape = surfaceNets(distance, { min, cells: [cells, cells, cells], cellM });
    if (isManifold(shape)) return shape;
  }
  throw new Error('no grid gives this solid a clean surface');
}

/** A closed box of `n` × `n` quads a side. */
function gridBox([cx, cy, cz]: Point, [hx, hy, hz]: Point, n: number): Shape {
  const positions: number[] = [];
  const known = new Map<string, number>();
  const indices: number[] = [];
  const at = (i: number, j: number, k: number): number => {
    const key = `${i} ${j} ${k}`;
    const number = known.get(key) ?? positions.length / 3;
    if (!known.has(key)) {
      known.set(key, number);
      positions.push(cx + ((2 * i) / n - 1) * hx, cy + ((2 * j) / n - 1) * hy, cz + ((2 * k) / n - 1) * hz);
    }
    return number;
  };
  const quad = (a: number, b: number, c: number, d: number) => indices.push(a, b, c, a, c, d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      quad(at(i, j, n), at(i + 1, j, n), at(i + 1, j + 1, n), at(i, j + 1, n));
      quad(at(i, j, 0), at(i, j + 1, 0), at(i + 1, j + 1, 0), at(i + 1, j, 0));
      quad(at(n, i, j), at(n, i + 1, j), at(n, i + 1, j + 1), at(n, i, j + 1));
      quad(at(0, i, j), at(0, i, j + 1), at(0, i + 1, j + 1), at(0, i + 1, j));
      quad(at(i, n, j), at(i, n, j + 1), at(i + 1, n, j + 1), at(i + 1, n, j));
      quad(at(i, 0, j), at(i + 1, 0, j), at(i + 1, 0, j + 1), at(i, 0, j + 1));
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** Several closed pieces as one shape. */
function together(...shapes: Shape[]): Shape {
  let shift = 0;
  const indices = shapes.flatMap((shape) => {
    const moved = [...shape.indices].map((index) => index + shift);
    shift += shape.positions.length / 3;
    return moved;
  });
  return {
    positions: Float32Array.from(shapes.flatMap(({ positions }) => [...positions])),
    indices: Uint32Array.from(indices),
  };
}

const fourCorners: readonly (readonly [number, number])[] = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
];

/** A closed box, for injectors that add pieces. */
export const plainBox = (centre: Point, half: Point): Shape => gridBox(centre, half, 1);

/** Things that stand on the ground, by name: organic ones carved from distances, built ones from boxes. */
export const goodShapes: Readonly<Record<string, ShapeMaker>> = {
  rock(random, fine) {
    const phases = Array.from({ length: 6 }, () => random() * 6);
    const core = block([0, 0.7, 0], [0.85, 0.6, 0.75], 0.45);
    return carved((x, y, z) => {
      const bumps =
        Math.sin(x * 4 + phases[0]) * Math.sin(y * 3 + phases[1]) +
        Math.sin(z * 5 + phases[2]) * Math.sin(x * 3 + phases[3]);
      return (core(x, y, z) + 0.06 * bumps) * 0.75;
    }, fine);
  },
  figure(random, fine) {
    const arm = 0.7 + random() * 0.3;
    const body = ball([0, 0.55, 0], 0.5 + random() * 0.08);
    const arms = [-1, 1].map((side) => limb([side * 0.3, 1.1, 0], [side * arm, 0.9 + random() * 0.4, 0.1], 0.12));
    return carved(melted(0.12, body, ball([0, 1.15, 0], 0.36), ball([0, 1.65, 0], 0.27), ...arms), fine);
  },
  dog(random, fine) {
    const length = 0.55 + random() * 0.15;
    const legs = fourCorners.map(([sx, sz]) =>
      limb([sx * 0.24, 0.15, sz * length], [sx * 0.24, 0.7, sz * length * 0.9], 0.14),
    );
    const body = limb([0, 0.85, -length], [0, 0.85, length * 0.9], 0.3);
    const head = melted(
      0.08,
      ball([0, 1.25, length + 0.1], 0.27),
      limb([0, 1.2, length], [0, 1.15, length + 0.4], 0.13),
    );
    const tail = limb([0, 0.95, -length], [0, 1.35, -length - 0.4], 0.1);
    return carved(melted(0.1, body, head, tail, ...legs), fine);
  },
  tree(random, fine) {
    const crown = [0, 1, 2, 3].map((i) => {
      const angle = i * 1.571 + random();
      return ball([0.4 * Math.cos(angle), 1.35 + random() * 0.2, 0.4 * Math.sin(angle)], 0.42);
    });
    return carved(melted(0.1, limb([0, 0.25, 0], [0, 1.3, 0], 0.2), ball([0, 1.55, 0], 0.5), ...crown), fine);
  },
  mushroom(random, fine) {
    const cap = ball([0, 0.9, 0], 0.85 + random() * 0.1);
    const stem = turned(1.1, (y) => 0.32 - 0.08 * y);
    return carved(
      melted(0.08, stem, (x, y, z) => Math.max(cap(x, y, z), 0.85 - y)),
      fine,
    );
  },
  chair(random, fine) {
    const back = 1.5 + random() * 0.4;
    const legs = fourCorners.map(([sx, sz]) => block([sx * 0.5, 0.4, sz * 0.5], [0.12, 0.4, 0.12], 0.05));
    const seat = block([0, 0.85, 0], [0.65, 0.13, 0.65], 0.06);
    return carved(melted(0.05, seat, block([0, back - 0.6, -0.52], [0.65, 0.6, 0.13], 0.06), ...legs), fine);
  },
  bottle(random, fine) {
    const neck = 0.16 + random() * 0.06;
    const smooth = (y: number): number => 1 / (1 + Math.exp(-8 * (y - 1.15)));
    return carved(
      turned(2, (y) => 0.5 + (neck - 0.5) * smooth(y)),
      fine,
    );
  },
  gate(random, fine) {
    const width = 0.65 + random() * 0.15;
    const posts = [-1, 1].map((side) => block([side * width, 0.75, 0], [0.2, 0.75, 0.25], 0.05));
    return carved(melted(0.06, block([0, 1.6, 0], [1.1, 0.2, 0.3], 0.08), ...posts), fine);
  },
  house(random, fine) {
    const eaves = 0.9 + random() * 0.2;
    const walls = block([0, 0.6, 0], [0.75, 0.6, 0.9], 0.05);
    const roof: Distance = (x, y, z) =>
      Math.max((Math.abs(x) + y - eaves - 0.9) * Math.SQRT1_2, eaves - y, Math.abs(z) - 1.02);
    const chimney = block([0.35, 1.6, 0.4], [0.14, 0.3, 0.14], 0.03);
    return carved(melted(0.04, walls, roof, chimney), fine);
  },
  table(random, fine) {
    const n = Math.round(8 * fine);
    const legs = fourCorners.map(([sx, sz]) => gridBox([sx * 0.75, 0.41, sz * 0.45], [0.07, 0.41, 0.07], n));
    return together(gridBox([0, 0.85, 0], [0.95, 0.06 + random() * 0.03, 0.6], n * 2), ...legs);
  },
  crate(random, fine) {
    const n = Math.round(10 * fine);
    const lid = gridBox([0, 1.02, 0], [0.66, 0.06, 0.66], n);
    return together(gridBox([0, 0.49, 0], [0.6, 0.5, 0.6 - random() * 0.05], n), lid);
  },
  lamp(random, fine) {
    const shade = turned(0.7, (y) => 0.55 - 0.25 * y);
    const foot = turned(0.16, () => 0.42);
    const lift = 1.2 + random() * 0.2;
    return carved(
      melted(0.05, foot, limb([0, 0.1, 0], [0, lift + 0.2, 0], 0.1), (x, y, z) => shade(x, y - lift, z)),
      fine,
    );
  },
};
