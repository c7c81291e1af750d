import { none, type Topology } from './topology.ts';

/** A UV set drawn into a square of texels, each taken by the first triangle that covers its centre. */
export interface UvRaster {
  readonly sizePx: number;
  /** Texel → triangle, or `none`. */
  readonly owners: Uint32Array;
  readonly covered: number;
  /** Texels that more than one triangle covers. */
  readonly overlapped: number;
  /** Triangles that share a texel with another. */
  readonly overlapping: Uint32Array;
  /** Triangles that cover no texel’s centre. */
  readonly unseen: number;
  /** Triangles over so many tiles that they were not drawn. */
  readonly skipped: number;
}

/** A triangle larger than this many tiles is not drawn: it would cover every texel again and again. */
const mostTiles = 16;

/** Whether the centre of a texel on an edge belongs to the triangle on its left: on its left or top side only. */
const ownsEdge = (dx: number, dy: number): boolean => dy < 0 || (dy === 0 && dx > 0);

interface Canvas {
  readonly sizePx: number;
  readonly owners: Uint32Array;
  /** One where a second triangle came. */
  readonly twice: Uint8Array;
  readonly marked: Uint8Array;
}

/** Draws a triangle, given counter-clockwise in texels; returns how many centres it covers. */
function draw(canvas: Canvas, t: number, x: readonly number[], y: readonly number[]): number {
  const { sizePx, owners, twice, marked } = canvas;
  const edges = [0, 1, 2].map((k) => {
    const j = (k + 1) % 3;
    const dx = x[j] - x[k];
    const dy = y[j] - y[k];
    return { dx, dy, x: x[k], y: y[k], owns: ownsEdge(dx, dy) };
  });
  const [e0, e1, e2] = edges;
  let covered = 0;
  const lastRow = Math.ceil(Math.max(...y) - 0.5);
  const lastColumn = Math.ceil(Math.max(...x) - 0.5);
  const firstColumn = Math.floor(Math.min(...x) - 0.5);
  for (let row = Math.floor(Math.min(...y) - 0.5); row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const cx = column + 0.5;
      const cy = row + 0.5;
      const w0 = e0.dx * (cy - e0.y) - e0.dy * (cx - e0.x);
      if (w0 < 0 || (w0 === 0 && !e0.owns)) continue;
      const w1 = e1.dx * (cy - e1.y) - e1.dy * (cx - e1.x);
      if (w1 < 0 || (w1 === 0 && !e1.owns)) continue;
      const w2 = e2.dx * (cy - e2.y) - e2.dy * (cx - e2.x);
      if (w2 < 0 || (w2 === 0 && !e2.owns)) continue;
      covered++;
      const texel = modulo(row, sizePx) * sizePx + modulo(column, sizePx);
      if (owners[texel] === none) owners[texel] = t;
      else {
        twice[texel] = 1;
        marked[t] = marked[owners[texel]] = 1;
      }
    }
  }
  return covered;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/**
 * Draws every triangle of a UV set `[vertices × 2]` by texel centres, so that neighbours never share a texel; coordinates
 * beyond 0–1 wrap around. Coordinates are rounded to 1/256 of a texel, which makes the edge tests exact.
 */
export function rasteriseUv(topology: Topology, indices: Uint32Array, uv: Float32Array, sizePx: number): UvRaster {
  const { triangles, sound } = topology;
  const texels = sizePx * sizePx;
  const canvas: Canvas = {
    sizePx,
    owners: new Uint32Array(texels).fill(none),
    twice: new Uint8Array(texels),
    marked: new Uint8Array(triangles),
  };
  let unseen = 0;
  let skipped = 0;
  for (let t = 0; t < triangles; t++) {
    if (sound[t] === 0) continue;
    const place = (axis: number): number[] =>
      [0, 1, 2].map((k) => Math.round(uv[indices[t * 3 + k] * 2 + axis] * sizePx * 256) / 256);
    let x = place(0);
    let y = place(1);
    const area = (Math.max(...x) - Math.min(...x) + 1) * (Math.max(...y) - Math.min(...y) + 1);
    if (!(area <= mostTiles * texels)) {
      skipped++;
      continue;
    }
    if ((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]) < 0) {
      x = [x[0], x[2], x[1]];
      y = [y[0], y[2], y[1]];
    }
    if (draw(canvas, t, x, y) === 0) unseen++;
  }
  let covered = 0;
  let overlapped = 0;
  for (let i = 0; i < texels; i++) {
    if (canvas.owners[i] !== none) covered++;
    overlapped += canvas.twice[i];
  }
  const overlapping: number[] = [];
  for (let t = 0; t < triangles; t++) if (canvas.marked[t] === 1) overlapping.push(t);
  return {
    sizePx,
    owners: canvas.owners,
    covered,
    overlapped,
    overlapping: Uint32Array.from(overlapping),
    unseen,
    skipped,
  };
}
