import type { Bvh } from '../bvh/bvh.ts';
import { visitRayHits } from '../bvh/cast-ray.ts';
import type { ComponentMeasures } from './measure-components.ts';
import { none, type Topology } from './topology.ts';

/** Components by their place within the others. */
export interface Shells {
  /** Solid components that face inwards without being the wall of a cavity. */
  readonly insideOut: Uint32Array;
  /** Solid components that lie within other solid ones: cavities, and inner parts that nobody sees. */
  readonly enclosed: Uint32Array;
  /** How many of the largest solid components were judged. */
  readonly judged: number;
}

/** The three rays that vote: directions along which no modelled surface lies. */
const directions = [
  [0.8507, 0.3411, 0.4003],
  [-0.2917, 0.9011, 0.3205],
  [0.2113, -0.4219, 0.8817],
];

/** Rays for so many components take less than a second. */
const mostJudged = 4096;

/** Whether the box of one component holds that of another. */
function holds(bounds: Float32Array, outer: number, inner: number): boolean {
  for (let axis = 0; axis < 3; axis++) {
    if (bounds[outer * 6 + axis] > bounds[inner * 6 + axis]) return false;
    if (bounds[outer * 6 + 3 + axis] < bounds[inner * 6 + 3 + axis]) return false;
  }
  return true;
}

/** How many other solid components a component lies in, told at a point of it: the median of three rays. */
function depthOf(bvh: Bvh, origin: number[], own: number, { of, solid, bounds }: ComponentMeasures): number {
  const depths = directions.map((direction) => {
    const crossings = new Map<number, number>();
    visitRayHits(bvh, { origin, direction }, ({ triangle }) => {
      const other = of[triangle];
      if (other !== none && other !== own && solid[other] === 1) crossings.set(other, (crossings.get(other) ?? 0) + 1);
    });
    return [...crossings].filter(([other, count]) => count % 2 === 1 && holds(bounds, other, own)).length;
  });
  return depths.sort((a, b) => a - b)[1];
}

/** Triangles of a component that are tried besides its largest. */
const triedTriangles = 8;

/** Some triangles of each component, evenly spread over the list. */
function sampleTriangles(
  { triangles: total, sound }: Topology,
  { of, triangles, count }: ComponentMeasures,
): number[][] {
  const samples: number[][] = Array.from({ length: count }, () => []);
  const seen = new Uint32Array(count);
  for (let t = 0; t < total; t++) {
    const c = of[t];
    if (c >= count || sound[t] === 0) continue;
    if (seen[c]++ % Math.ceil(triangles[c] / triedTriangles) === 0) samples[c].push(t);
  }
  return samples;
}

/** Tells inside-out solids from the walls of cavities: the latter lie in an odd number of other solids. */
export function judgeShells(topology: Topology, components: ComponentMeasures, bvh: Bvh): Shells {
  const { corners, pointPositions: p } = topology;
  const { areaM2, solid, volumeM3, largestTriangle, count } = components;
  const solids = Array.from({ length: count }, (_, c) => c).filter((c) => solid[c] === 1 && volumeM3[c] !== 0);
  if (solids.length > mostJudged) solids.sort((a, b) => areaM2[b] - areaM2[a] || a - b).splice(mostJudged);
  const samples = sampleTriangles(topology, components);
  const insideOut: number[] = [];
  const enclosed: number[] = [];
  /** A piece that sticks out somewhere lies in nothing: the first point outside ends the search. */
  const leastDepth = (c: number): number => {
    let least = Infinity;
    for (const t of [largestTriangle[c], ...samples[c]]) {
      const [i, j, k] = [corners[t * 3] * 3, corners[t * 3 + 1] * 3, corners[t * 3 + 2] * 3];
      const centre = [0, 1, 2].map((axis) => (p[i + axis] + p[j + axis] + p[k + axis]) / 3);
      least = Math.min(least, depthOf(bvh, centre, c, components));
      if (least === 0) break;
    }
    return least;
  };
  for (const c of solids) {
    const depth = solids.length > 1 ? leastDepth(c) : 0;
    if (depth > 0) enclosed.push(c);
    if (volumeM3[c] < 0 && depth % 2 === 0) insideOut.push(c);
  }
  const ascending = (list: number[]): Uint32Array => Uint32Array.from(list).sort();
  return { insideOut: ascending(insideOut), enclosed: ascending(enclosed), judged: solids.length };
}
