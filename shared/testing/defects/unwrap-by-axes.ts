import { areaOf, areaVectorOf, cornerOf, type Part } from './model.ts';
import { type ChartBox, packCharts } from './pack-charts.ts';

/** A shape without coordinates: `[points × 3]`, `[triangles × 3]`. */
export interface Shape {
  readonly positions: Float32Array;
  readonly indices: Uint32Array;
}

type Axis = readonly [direction: readonly [number, number, number], u: readonly number[], v: readonly number[]];

/** The six views along the axes: right and down as one sees them from outside. */
const axes: readonly Axis[] = [
  [
    [1, 0, 0],
    [0, 0, -1],
    [0, -1, 0],
  ],
  [
    [-1, 0, 0],
    [0, 0, 1],
    [0, -1, 0],
  ],
  [
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 1],
  ],
  [
    [0, -1, 0],
    [1, 0, 0],
    [0, 0, -1],
  ],
  [
    [0, 0, 1],
    [1, 0, 0],
    [0, -1, 0],
  ],
  [
    [0, 0, -1],
    [-1, 0, 0],
    [0, -1, 0],
  ],
];

const dot = (a: readonly number[], b: readonly number[]): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function neighboursOf({ indices }: Shape): number[][] {
  const edges = new Map<string, number[]>();
  const neighbours: number[][] = Array.from({ length: indices.length / 3 }, () => []);
  for (let corner = 0; corner < indices.length; corner++) {
    const t = (corner / 3) | 0;
    const a = indices[corner];
    const b = indices[t * 3 + ((corner + 1) % 3)];
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    const others = edges.get(key) ?? [];
    for (const other of others) {
      neighbours[t].push(other);
      neighbours[other].push(t);
    }
    edges.set(key, [...others, t]);
  }
  return neighbours;
}

/** A triangle may be drawn along an axis that it faces by this cosine: it shrinks to half its size at most. */
const leastCosine = 0.5;

/** The axis that each triangle faces most, evened out: teeth along borders follow the majority of their neighbours. */
function labelTriangles(normals: readonly (readonly number[])[], neighbours: readonly number[][]): number[] {
  const labels = normals.map((normal) => {
    const cosines = axes.map(([direction]) => dot(direction, normal));
    return cosines.indexOf(Math.max(...cosines));
  });
  for (let round = 0; round < 6; round++) {
    labels.forEach((label, t) => {
      const other = neighbours[t].map((n) => labels[n]).find((l, i, all) => l !== label && all.indexOf(l) !== i);
      if (other !== undefined && dot(axes[other][0], normals[t]) >= leastCosine) labels[t] = other;
    });
  }
  return labels;
}

const project = (shape: Shape, corner: number, label: number): [number, number] => {
  const point = cornerOf(shape as Part, corner);
  return [dot(axes[label][1], point), dot(axes[label][2], point)];
};

/** Cells of a fine grid whose centres a triangle covers, seen along an axis. */
function cellsOf(shape: Shape, triangle: number, label: number, cell: number): string[] {
  // A shift that no vertex of a regular grid hits: a centre on an edge would belong to both sides.
  const [a, b, c] = [0, 1, 2].map((k) => project(shape, triangle * 3 + k, label).map((value) => value / cell + 0.3137));
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  const cells: string[] = [];
  const side = (p: number[], q: number[], x: number, y: number): number =>
    ((q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0])) * Math.sign(area);
  for (let y = Math.floor(Math.min(a[1], b[1], c[1])); y <= Math.max(a[1], b[1], c[1]); y++) {
    for (let x = Math.floor(Math.min(a[0], b[0], c[0])); x <= Math.max(a[0], b[0], c[0]); x++) {
      if (side(a, b, x, y) >= 0 && side(b, c, x, y) >= 0 && side(c, a, x, y) >= 0) cells.push(`${x} ${y}`);
    }
  }
  return cells;
}

/** Grows charts of one axis over edges; what would cover a place twice is left for the next chart. */
function growCharts(shape: Shape, labels: readonly number[], neighbours: readonly number[][], cell: number): number[] {
  const chartOf = labels.map(() => -1);
  let charts = 0;
  for (let start = 0; start < labels.length; start++) {
    if (chartOf[start] >= 0) continue;
    const taken = new Set<string>();
    const queue = [start];
    const tried = new Set(queue);
    for (let t = queue.shift(); t !== undefined; t = queue.shift()) {
      const cells = cellsOf(shape, t, labels[t], cell);
      if (cells.some((key) => taken.has(key))) continue;
      for (const key of cells) taken.add(key);
      chartOf[t] = charts;
      for (const n of neighbours[t]) {
        if (tried.has(n) || chartOf[n] >= 0 || labels[n] !== labels[t]) continue;
        tried.add(n);
        queue.push(n);
      }
    }
    charts++;
  }
  return chartOf;
}

/** Gives crumbs of charts to a neighbour that sees them well enough. */
function mergeCrumbs(
  normals: readonly (readonly number[])[],
  neighbours: readonly number[][],
  labels: readonly number[],
  chartOf: readonly number[],
): number[] {
  const sizes = new Map<number, number>();
  for (const chart of chartOf) sizes.set(chart, (sizes.get(chart) ?? 0) + 1);
  const isCrumb = (t: number): boolean => sizes.get(chartOf[t])! < Math.max(8, chartOf.length * 0.004);
  return labels.map((label, t) => {
    if (!isCrumb(t)) return label;
    const around = neighbours[t].filter((n) => !isCrumb(n)).map((n) => labels[n]);
    return around.find((other) => dot(axes[other][0], normals[t]) >= leastCosine) ?? label;
  });
}

/** Corners of each chart as vertices of their own, in the plane of its axis, lying down and at the origin. */
function flatten(shape: Shape, labels: readonly number[], chartOf: readonly number[]) {
  const sources: number[] = [];
  const vertexChart: number[] = [];
  const flat: [number, number][] = [];
  const known = new Map<string, number>();
  const indices = Uint32Array.from(shape.indices, (point, corner) => {
    const t = (corner / 3) | 0;
    const key = `${chartOf[t]} ${point}`;
    const at = known.get(key) ?? sources.length;
    if (at === sources.length) {
      known.set(key, at);
      sources.push(point);
      vertexChart.push(chartOf[t]);
      flat.push(project(shape, corner, labels[t]));
    }
    return at;
  });
  return { sources, vertexChart, flat, indices };
}

/** Turns and moves each chart so that it lies down with its lowest corner at the origin; gives the rectangles. */
function layDown(flat: [number, number][], vertexChart: readonly number[]): ChartBox[] {
  const extent = (): { low: number[]; high: number[] }[] => {
    const boxes: { low: number[]; high: number[] }[] = [];
    flat.forEach(([u, v], i) => {
      boxes[vertexChart[i]] ??= { low: [u, v], high: [u, v] };
      const box = boxes[vertexChart[i]];
      box.low = [Math.min(box.low[0], u), Math.min(box.low[1], v)];
      box.high = [Math.max(box.high[0], u), Math.max(box.high[1], v)];
    });
    return boxes;
  };
  const tall = extent().map(({ low, high }) => high[1] - low[1] > high[0] - low[0]);
  flat.forEach(([u, v], i) => {
    if (tall[vertexChart[i]]) flat[i] = [-v, u];
  });
  const boxes = extent();
  flat.forEach(([u, v], i) => {
    const { low } = boxes[vertexChart[i]];
    flat[i] = [u - low[0], v - low[1]];
  });
  return boxes.map(({ low, high }) => ({ width: high[0] - low[0], height: high[1] - low[1] }));
}

/**
 * Unwraps a welded shape as a box would be: charts along the six axes, none covering itself, one scale for all,
 * `padding` (in UV) apart. Texels are at most twice as long as wide.
 */
export function unwrapByAxes(shape: Shape, padding: number): Pick<Part, 'positions' | 'indices' | 'uvs' | 'chartOf'> {
  const triangles = shape.indices.length / 3;
  const neighbours = neighboursOf(shape);
  const normals = Array.from({ length: triangles }, (_, t) => {
    const vector = areaVectorOf(shape, t);
    return vector.map((value) => value / Math.hypot(...vector));
  });
  let area = 0;
  for (let t = 0; t < triangles; t++) area += areaOf(shape, t);
  const cell = Math.sqrt(area / triangles) / 3;
  let labels = labelTriangles(normals, neighbours);
  labels = mergeCrumbs(normals, neighbours, labels, growCharts(shape, labels, neighbours, cell));
  const chartOf = growCharts(shape, labels, neighbours, cell);
  const { sources, vertexChart, flat, indices } = flatten(shape, labels, chartOf);
  const { scale, places } = packCharts(layDown(flat, vertexChart), padding);
  return {
    positions: Float32Array.from(sources.flatMap((point) => [...shape.positions.subarray(point * 3, point * 3 + 3)])),
    indices,
    uvs: Float32Array.from(
      flat.flatMap(([u, v], i) => [u * scale + places[vertexChart[i]][0], v * scale + places[vertexChart[i]][1]]),
    ),
    chartOf: Uint32Array.from(chartOf),
  };
}
