import { isFlat } from './is-flat.ts';
import type { Topology } from './topology.ts';

/** Sizes and shapes of the faces and edges of a mesh. */
export interface FaceMeasures {
  /** Area of each triangle in square metres; zero for those that are not in the edge table. */
  readonly areaM2: Float64Array;
  readonly totalAreaM2: number;
  /** Longest edge against height, 1 for an equilateral triangle; not a number where the area is zero. */
  readonly aspect: Float32Array;
  readonly edgeLengthM: Float64Array;
  /** Triangles of three points on one line, as far as 32-bit floats tell. */
  readonly zeroArea: Uint32Array;
  /** Triangles with an area and an aspect above the limit. */
  readonly slivers: Uint32Array;
}

/** Equilateral triangles have a height of this share of an edge. */
const equilateralHeight = Math.sqrt(3) / 2;

function measureEdges({ edges, edgePoints, pointPositions: p }: Topology): Float64Array {
  const lengths = new Float64Array(edges);
  for (let e = 0; e < edges; e++) {
    const a = edgePoints[e * 2] * 3;
    const b = edgePoints[e * 2 + 1] * 3;
    const x = p[a] - p[b];
    const y = p[a + 1] - p[b + 1];
    const z = p[a + 2] - p[b + 2];
    lengths[e] = Math.sqrt(x * x + y * y + z * z);
  }
  return lengths;
}

/** Twice the area vector of the triangle with corners at `a`, `b` and `c` of `p`, written to `out`; its length squared. */
export function areaVector(p: Float32Array, a: number, b: number, c: number, out: Float64Array): number {
  const ux = p[b] - p[a];
  const uy = p[b + 1] - p[a + 1];
  const uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a];
  const vy = p[c + 1] - p[a + 1];
  const vz = p[c + 2] - p[a + 2];
  out[0] = uy * vz - uz * vy;
  out[1] = uz * vx - ux * vz;
  out[2] = ux * vy - uy * vx;
  return out[0] * out[0] + out[1] * out[1] + out[2] * out[2];
}

/** Measures each face and edge. `sliverAspect` is the aspect above which a triangle counts as a sliver. */
export function measureFaces(topology: Topology, sliverAspect: number): FaceMeasures {
  const { triangles, corners, sound, pointPositions: p, edgeOf } = topology;
  const edgeLengthM = measureEdges(topology);
  const areaM2 = new Float64Array(triangles);
  const aspect = new Float32Array(triangles).fill(Number.NaN);
  const zeroArea: number[] = [];
  const slivers: number[] = [];
  const normal = new Float64Array(3);
  let totalAreaM2 = 0;
  for (let t = 0; t < triangles; t++) {
    if (sound[t] === 0) continue;
    const a = corners[t * 3] * 3;
    const b = corners[t * 3 + 1] * 3;
    const c = corners[t * 3 + 2] * 3;
    const twiceArea = Math.sqrt(areaVector(p, a, b, c, normal));
    const longest = Math.max(
      edgeLengthM[edgeOf[t * 3]],
      edgeLengthM[edgeOf[t * 3 + 1]],
      edgeLengthM[edgeOf[t * 3 + 2]],
    );
    const ratio = (equilateralHeight * longest * longest) / twiceArea;
    if (isFlat(p, a, b, c)) {
      zeroArea.push(t);
      continue;
    }
    areaM2[t] = twiceArea / 2;
    totalAreaM2 += areaM2[t];
    aspect[t] = ratio;
    if (ratio > sliverAspect) slivers.push(t);
  }
  return {
    areaM2,
    totalAreaM2,
    aspect,
    edgeLengthM,
    zeroArea: Uint32Array.from(zeroArea),
    slivers: Uint32Array.from(slivers),
  };
}
