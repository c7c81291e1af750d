import type { Bvh } from '../bvh/bvh.ts';
import { closestPoint } from '../bvh/closest-point.ts';
import type { ComponentMeasures } from './measure-components.ts';
import type { Topology } from './topology.ts';

/** When a piece counts as debris in the air. Shares of the mesh’s whole area, and of its diagonal. */
interface FloaterLimits {
  /** A floater has less of the area than this. */
  readonly areaShare: number;
  /** Pieces of like size that together have more of the area than this belong to the model: leaves, rivets, studs. */
  readonly familyShare: number;
  /** A piece nearer than this to another one is attached to it. */
  readonly gapShare: number;
}

/** Crumbs beside a trellis have some 0.01 % of its area each; a leaf of a tree has 1 % and more, and there are many. */
const limits: FloaterLimits = { areaShare: 0.005, familyShare: 0.01, gapShare: 0.002 };

/** Pieces are alike in size up to this factor either way. */
const likeness = 4;
/** Points of a piece that are tried for its distance from the rest. */
const triedPoints = 64;

/** Points of small pieces, a few of each. */
function pointsOf(topology: Topology, { of, triangles, count }: ComponentMeasures, small: Uint8Array): number[][] {
  const points: number[][] = Array.from({ length: count }, () => []);
  const seen = new Uint32Array(count);
  for (let t = 0; t < topology.triangles; t++) {
    const c = of[t];
    if (c >= count || small[c] === 0) continue;
    if (seen[c]++ % Math.ceil(triangles[c] / triedPoints) === 0) points[c].push(topology.corners[t * 3]);
  }
  return points;
}

/** Sum of the areas of all pieces that are alike to each, itself included. */
function familyAreas(areaM2: Float64Array): Float64Array {
  const order = Uint32Array.from(areaM2.keys()).sort((a, b) => areaM2[a] - areaM2[b] || a - b);
  const summed = new Float64Array(order.length + 1);
  order.forEach((c, i) => {
    summed[i + 1] = summed[i] + areaM2[c];
  });
  const family = new Float64Array(order.length);
  let low = 0;
  let high = 0;
  order.forEach((c) => {
    while (areaM2[order[low]] < areaM2[c] / likeness) low++;
    while (high < order.length && areaM2[order[high]] <= areaM2[c] * likeness) high++;
    family[c] = summed[high] - summed[low];
  });
  return family;
}

/** Small pieces that pass through one that is not; `crossings` are pairs of triangles. */
function crossingLarge(crossings: Uint32Array, { of, count }: ComponentMeasures, small: Uint8Array): Uint8Array {
  const attached = new Uint8Array(count);
  for (let i = 0; i < crossings.length; i += 2) {
    const [a, b] = [of[crossings[i]], of[crossings[i + 1]]];
    if (small[a] === 0) attached[b] = 1;
    if (small[b] === 0) attached[a] = 1;
  }
  return attached;
}

/**
 * Components that are debris: small beside the whole, detached from every larger piece, and not one of many alike. The
 * largest piece never is, nor what lies within another (`enclosed`): nobody sees it.
 * `crossings` are the pairs of triangles that pass through each other. A piece is tried at 64 points at most.
 */
export function findFloaters(
  topology: Topology,
  components: ComponentMeasures,
  bvh: Bvh,
  diagonalM: number,
  enclosed: Uint32Array,
  crossings: Uint32Array,
): Uint32Array {
  const { areaM2, of, count } = components;
  if (count < 2) return new Uint32Array(0);
  const total = areaM2.reduce((sum, area) => sum + area, 0);
  const largest = areaM2.indexOf(areaM2.reduce((most, area) => Math.max(most, area), 0));
  // What lies inside is not seen, so it makes no family either.
  const inside = new Set(enclosed);
  const family = familyAreas(areaM2.map((area, c) => (inside.has(c) ? 0 : area)));
  const small = Uint8Array.from(areaM2, (area, c) =>
    c !== largest && area < total * limits.areaShare && family[c] < total * limits.familyShare ? 1 : 0,
  );
  const points = pointsOf(topology, components, small);
  const reach = diagonalM * limits.gapShare;
  const p = topology.pointPositions;
  const attachedTo = crossingLarge(crossings, components, small);
  const found: number[] = [];
  for (let c = 0; c < count; c++) {
    if (small[c] === 0 || attachedTo[c] === 1 || inside.has(c)) continue;
    /** Debris does not hold debris: only what is not small attaches. */
    const isSmall = (triangle: number): boolean => of[triangle] >= count || small[of[triangle]] === 1;
    const attached = points[c].some((at) => closestPoint(bvh, p.subarray(at * 3, at * 3 + 3), reach, isSmall));
    if (!attached) found.push(c);
  }
  return Uint32Array.from(found);
}
