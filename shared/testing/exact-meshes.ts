import { joinTriangles, type TriangleList } from '../core/mesh/join-triangles.ts';

/** Axis-aligned box of twelve triangles that face outwards. */
export function box(size = 1, centre: readonly number[] = [0, 0, 0]): TriangleList {
  const positions = Float32Array.from({ length: 24 }, (_, i) => {
    const high = (Math.floor(i / 3) >> (i % 3)) & 1;
    return centre[i % 3] + (high - 0.5) * size;
  });
  const quads = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  return { positions, indices: Uint32Array.from(quads.flatMap(([a, b, c, d]) => [a, b, c, a, c, d])) };
}

/** The same triangles facing the other way. */
export const turned = ({ positions, indices }: TriangleList): TriangleList => ({
  positions,
  indices: indices.map((_, i) => indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]),
});

/** A list without its first triangles. */
export const without = ({ positions, indices }: TriangleList, triangles: number): TriangleList => ({
  positions,
  indices: indices.subarray(triangles * 3),
});

/** A triangle list from plain numbers. */
export const mesh = (positions: readonly number[], indices: readonly number[]): TriangleList => ({
  positions: Float32Array.from(positions),
  indices: Uint32Array.from(indices),
});

/** Every position moved or scaled by a function of its three coordinates. */
export function mapped({ positions, indices }: TriangleList, map: (p: number[]) => readonly number[]): TriangleList {
  const moved = new Float32Array(positions.length);
  for (let v = 0; v < positions.length; v += 3) moved.set(map([...positions.subarray(v, v + 3)]), v);
  return { positions: moved, indices };
}

/**
 * A grid of quads over a surface that closes in either direction, straight or mirrored: `at(u, v)` with u and v in 0–1.
 * `join` says how the end of u meets its beginning: not at all, straight, or upside down in v (when v is closed, row j
 * then meets row −1 − j).
 */
function patch(
  columns: number,
  rows: number,
  join: { u: 'open' | 'straight' | 'mirrored'; v: 'open' | 'straight' },
  at: (u: number, v: number) => readonly number[],
): TriangleList {
  const lastRow = join.v === 'open' ? rows + 1 : rows;
  const lastColumn = join.u === 'open' ? columns + 1 : columns;
  const number = (i: number, j: number): number => {
    const wrapped = i === lastColumn && join.u !== 'open';
    const row = wrapped && join.u === 'mirrored' ? (join.v === 'open' ? rows - j : 2 * rows - 1 - j) : j;
    return (wrapped ? 0 : i) * lastRow + (join.v === 'open' ? row : row % rows);
  };
  const positions: number[] = [];
  for (let i = 0; i < lastColumn; i++) {
    for (let j = 0; j < lastRow; j++) positions.push(...at(i / columns, j / rows));
  }
  const indices: number[] = [];
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < rows; j++) {
      const [a, b, c, d] = [number(i, j), number(i + 1, j), number(i + 1, j + 1), number(i, j + 1)];
      indices.push(a, b, c, a, c, d);
    }
  }
  return mesh(positions, indices);
}

const circle = (share: number): [number, number] => [Math.cos(share * 2 * Math.PI), Math.sin(share * 2 * Math.PI)];

/** A torus around the z axis, facing outwards. */
export const torus = (columns = 24, rows = 12, centre: readonly number[] = [0, 0, 0]): TriangleList =>
  patch(columns, rows, { u: 'straight', v: 'straight' }, (u, v) => {
    const [cu, su] = circle(u);
    const [cv, sv] = circle(v);
    return [centre[0] + (1 + 0.3 * cv) * cu, centre[1] + (1 + 0.3 * cv) * su, centre[2] + 0.3 * sv];
  });

/** A Möbius strip: one side, one rim. */
export const moebius = (columns = 24, rows = 2): TriangleList =>
  patch(columns, rows, { u: 'mirrored', v: 'open' }, (u, v) => {
    const [cu, su] = circle(u);
    const [ch, sh] = circle(u / 2);
    const w = (v - 0.5) * 0.6;
    return [(1 + w * ch) * cu, (1 + w * ch) * su, w * sh];
  });

/** A Klein bottle as a figure of eight: closed, one side, and it passes through itself. */
export const klein = (columns = 32, rows = 16): TriangleList =>
  patch(columns, rows, { u: 'mirrored', v: 'straight' }, (u, v) => {
    const [cu, su] = circle(u);
    const [ch, sh] = circle(u / 2);
    // Half a row off, so that no two points meet where the eight crosses itself.
    const angle = (v + 0.5 / rows) * 2 * Math.PI;
    const s1 = Math.sin(angle);
    const s2 = Math.sin(2 * angle);
    const r = 1.5 + ch * s1 - sh * s2;
    return [r * cu, r * su, sh * s1 + ch * s2];
  });

/** Several lists as one. */
export const together = (...lists: TriangleList[]): TriangleList => joinTriangles(lists);
