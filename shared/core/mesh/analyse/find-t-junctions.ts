import { buildBvh } from '../bvh/build-bvh.ts';
import { visitInBox } from '../bvh/visit-overlaps.ts';
import { edgesWhere, type Topology } from './topology.ts';

/** Points of the rim that lie on the inside of another open edge: the surface looks whole there and is not. */
export interface TJunctions {
  /** Points, ascending by edge. */
  readonly points: Uint32Array;
  /** The open edge that each lies on. */
  readonly edges: Uint32Array;
}

/** Square of a point’s distance from an edge, or infinity where it projects beyond the edge’s inside. */
function squareFromInside(p: Float32Array, at: number, a: number, b: number): number {
  const ux = p[b] - p[a];
  const uy = p[b + 1] - p[a + 1];
  const uz = p[b + 2] - p[a + 2];
  const vx = p[at] - p[a];
  const vy = p[at + 1] - p[a + 1];
  const vz = p[at + 2] - p[a + 2];
  const along = (ux * vx + uy * vy + uz * vz) / (ux * ux + uy * uy + uz * uz);
  if (!(along > 1e-4 && along < 1 - 1e-4)) return Infinity;
  const x = vx - along * ux;
  const y = vy - along * uy;
  const z = vz - along * uz;
  return x * x + y * y + z * z;
}

/** Finds T-junctions: an end of an open edge within `toleranceM` of the inside of another. */
export function findTJunctions(topology: Topology, toleranceM: number): TJunctions {
  const { edgePoints, pointPositions: p } = topology;
  const open = edgesWhere(topology, (faces) => faces === 1);
  const indices = new Uint32Array(open.length * 3);
  const ends = new Set<number>();
  open.forEach((edge, i) => {
    const a = edgePoints[edge * 2];
    const b = edgePoints[edge * 2 + 1];
    indices.set([a, b, b], i * 3);
    ends.add(a).add(b);
  });
  const bvh = buildBvh({ positions: p, indices });
  const box = new Float32Array(6);
  const found: [number, number][] = [];
  for (const point of ends) {
    const at = point * 3;
    for (let axis = 0; axis < 3; axis++) {
      box[axis] = p[at + axis] - toleranceM;
      box[axis + 3] = p[at + axis] + toleranceM;
    }
    visitInBox(bvh, box, (slot) => {
      const edge = open[bvh.triangles[slot]];
      const a = edgePoints[edge * 2];
      const b = edgePoints[edge * 2 + 1];
      if (a === point || b === point) return;
      if (squareFromInside(p, at, a * 3, b * 3) <= toleranceM * toleranceM) found.push([edge, point]);
    });
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { points: Uint32Array.from(found, ([, point]) => point), edges: Uint32Array.from(found, ([edge]) => edge) };
}
