import type { Inject } from './inject-geometry.ts';
import { areaOf, mapParts, type Part } from './model.ts';
import { packCharts } from './pack-charts.ts';

/** A chart’s rectangle in UV, its vertices, and its area as a share of the part’s surface. */
interface Chart {
  readonly vertices: ReadonlySet<number>;
  readonly min: readonly [number, number];
  readonly max: readonly [number, number];
  readonly share: number;
}

function chartsOf(part: Part): Chart[] {
  const { uvs, chartOf, indices } = part;
  if (!uvs) return [];
  const found: { vertices: Set<number>; min: [number, number]; max: [number, number]; share: number }[] = [];
  let total = 0;
  chartOf.forEach((chart, t) => {
    found[chart] ??= { vertices: new Set(), min: [Infinity, Infinity], max: [-Infinity, -Infinity], share: 0 };
    const { vertices, min, max } = found[chart];
    for (const v of indices.subarray(t * 3, t * 3 + 3)) {
      vertices.add(v);
      for (const k of [0, 1] as const) {
        min[k] = Math.min(min[k], uvs[v * 2 + k]);
        max[k] = Math.max(max[k], uvs[v * 2 + k]);
      }
    }
    const area = areaOf(part, t);
    found[chart].share += area;
    total += area;
  });
  return found.filter(Boolean).map((chart) => ({ ...chart, share: chart.share / total }));
}

/** Charts that have about a share of the surface together: by chance, none that overshoots by half; the smallest else. */
function pick(charts: readonly Chart[], share: number, random: () => number): Chart[] {
  const order = charts.map((chart) => ({ chart, key: random() })).sort((a, b) => a.key - b.key);
  const picked: Chart[] = [];
  let sum = 0;
  for (const { chart } of order) {
    if (sum >= share || sum + chart.share > share * 1.5) continue;
    picked.push(chart);
    sum += chart.share;
  }
  const smallest = [...charts].sort((a, b) => a.share - b.share)[0];
  return picked.length > 0 ? picked : smallest ? [smallest] : [];
}

type MoveUv = (u: number, v: number, chart: Chart) => readonly [number, number];

function moveCharts(part: Part, charts: readonly Chart[], move: MoveUv): Part {
  if (!part.uvs) return part;
  const uvs = part.uvs.slice();
  for (const chart of charts) {
    for (const v of chart.vertices) uvs.set(move(part.uvs[v * 2], part.uvs[v * 2 + 1], chart), v * 2);
  }
  return { ...part, uvs };
}

/** The vertex of a chart that is nearest to the middle of its rectangle: the middle itself may be empty. */
function coreOf({ vertices, min, max }: Chart, uvs: Float32Array): [number, number] {
  const away = (v: number): number =>
    Math.hypot(uvs[v * 2] - (min[0] + max[0]) / 2, uvs[v * 2 + 1] - (min[1] + max[1]) / 2);
  const core = [...vertices].reduce((best, v) => (away(v) < away(best) ? v : best));
  return [uvs[core * 2], uvs[core * 2 + 1]];
}

/** As much of a move as keeps a chart in 0–1: what leaves it is taken for a texture that repeats. */
const within = (move: number, { min, max }: Chart, axis: 0 | 1): number =>
  Math.min(Math.max(move, -min[axis]), 1 - max[axis]);

/** Lays charts over the largest of the others. */
export const overlapCharts: Inject = (model, strength, random) =>
  mapParts(model, (part) => {
    const charts = chartsOf(part);
    const picked = pick(charts, [0.03, 0.12, 0.4][strength], random);
    const rest = charts.filter((chart) => !picked.includes(chart)).sort((a, b) => b.share - a.share);
    const { uvs } = part;
    if (!rest[0] || !uvs) return part;
    const [u0, v0] = coreOf(rest[0], uvs);
    const cores = new Map(picked.map((chart) => [chart, coreOf(chart, uvs)]));
    return moveCharts(part, picked, (u, v, chart) => {
      const [cu, cv] = cores.get(chart) ?? [0, 0];
      return [u + within(u0 - cu, chart, 0), v + within(v0 - cv, chart, 1)];
    });
  });

/** Turns charts over, each within its rectangle. */
export const mirrorCharts: Inject = (model, strength, random) =>
  mapParts(model, (part) =>
    moveCharts(part, pick(chartsOf(part), [0.03, 0.12, 0.4][strength], random), (u, v, { min, max }) => [
      min[0] + max[0] - u,
      v,
    ]),
  );

/** Squeezes charts along one side: nothing overlaps, texels become long. */
export const stretchCharts: Inject = (model, strength, random) =>
  mapParts(model, (part) => {
    const factor = [2.5, 4, 8][strength];
    return moveCharts(part, pick(chartsOf(part), [0.3, 0.4, 0.8][strength], random), (u, v, { min }) => [
      min[0] + (u - min[0]) / factor,
      v,
    ]);
  });

/** Shrinks charts where they are. */
export const shrinkCharts: Inject = (model, strength, random) =>
  mapParts(model, (part) => {
    const factor = [4, 8, 16][strength];
    return moveCharts(part, pick(chartsOf(part), [0.15, 0.3, 0.5][strength], random), (u, v, { min }) => [
      min[0] + (u - min[0]) / factor,
      min[1] + (v - min[1]) / factor,
    ]);
  });

/** Packs the charts again with hardly a texel of 1024 between them. */
export const packTightly: Inject = (model, strength) =>
  mapParts(model, (part) => {
    const charts = chartsOf(part);
    const boxes = charts.map(({ min, max }) => ({ width: max[0] - min[0], height: max[1] - min[1] }));
    const { scale, places } = packCharts(boxes, [1.5, 0.5, 0][strength] / 1024);
    return moveCharts(part, charts, (u, v, chart) => {
      const [u0, v0] = places[charts.indexOf(chart)];
      return [u0 + (u - chart.min[0]) * scale, v0 + (v - chart.min[1]) * scale];
    });
  });

/** Moves charts a whole texture to the right. */
export const leaveRange: Inject = (model, strength, random) =>
  mapParts(model, (part) =>
    moveCharts(part, pick(chartsOf(part), [0.03, 0.12, 0.4][strength], random), (u, v) => [u + 1, v]),
  );

/** Gives the three corners of some triangles one coordinate. */
export const collapseUv: Inject = (model, strength, random) =>
  mapParts(model, (part) => {
    if (!part.uvs) return part;
    const positions = [...part.positions];
    const uvs = [...part.uvs];
    const indices = part.indices.slice();
    for (let t = 0; t < indices.length / 3; t++) {
      if (random() >= [0.004, 0.02, 0.08][strength]) continue;
      const first = part.indices[t * 3];
      for (let k = 0; k < 3; k++) {
        const v = part.indices[t * 3 + k];
        indices[t * 3 + k] = positions.length / 3;
        positions.push(...part.positions.subarray(v * 3, v * 3 + 3));
        uvs.push(part.uvs[first * 2], part.uvs[first * 2 + 1]);
      }
    }
    return { ...part, positions: Float32Array.from(positions), uvs: Float32Array.from(uvs), indices };
  });

/** Forgets the coordinates of the first part; of all parts from medium strength on. */
export const dropUv: Inject = (model, strength) =>
  mapParts(model, (part, i) => (strength > 0 || i === 0 ? { ...part, uvs: undefined } : part));
