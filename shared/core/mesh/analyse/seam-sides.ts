import { areaVector } from './measure-faces.ts';
import { nextHalf, type Topology } from './topology.ts';

/** The two triangles at each seam, as they lie in a UV set. */
export interface SeamSides {
  /** Edges with two faces that lie apart, rising. */
  readonly edges: Uint32Array;
  /** Both triangles of each seam `[seams × 2]`. */
  readonly triangles: Uint32Array;
  /**
   * Coordinates of both triangles `[seams × 12]`: the ends of the edge in the same order on both sides, then the corner
   * across from it: u, v of start, end and corner of the first, and of the second.
   */
  readonly uv: Float32Array;
  /** Length of each seam in metres. */
  readonly lengthsM: Float64Array;
  /** Cosine of the angle between both normals: 1 on a flat surface. */
  readonly cosines: Float64Array;
}

/** Cosine of the angle between two sound triangles. */
function cosineBetween({ corners, pointPositions: p }: Topology, a: number, b: number): number {
  const [normalA, normalB] = [new Float64Array(3), new Float64Array(3)];
  const squares = [a, b].map((t, i) =>
    areaVector(p, corners[t * 3] * 3, corners[t * 3 + 1] * 3, corners[t * 3 + 2] * 3, i === 0 ? normalA : normalB),
  );
  const lengths = Math.sqrt(squares[0]! * squares[1]!);
  const product = normalA[0] * normalB[0] + normalA[1] * normalB[1] + normalA[2] * normalB[2];
  return lengths > 0 ? product / lengths : 1;
}

/**
 * Where the two sides of each seam lie. `uv` is `[vertices × 2]`, `indices` the corners as vertices; edges and their lengths
 * are those of the topology.
 */
export function findSeamSides(
  topology: Topology,
  indices: Uint32Array,
  uv: Float32Array,
  seams: Uint32Array,
  edgeLengthM: Float64Array,
): SeamSides {
  const { edgeStarts, edgeHalves, edgePoints, corners } = topology;
  const edges = Uint32Array.from(new Set(seams)).sort();
  const triangles = new Uint32Array(edges.length * 2);
  const sides = new Float32Array(edges.length * 12);
  edges.forEach((edge, i) => {
    for (let side = 0; side < 2; side++) {
      const half = edgeHalves[edgeStarts[edge] + side];
      triangles[i * 2 + side] = (half / 3) | 0;
      const next = nextHalf(half);
      const along = corners[half] === edgePoints[edge * 2] ? [half, next] : [next, half];
      [...along, nextHalf(next)].forEach((corner, k) => {
        const at = i * 12 + side * 6 + k * 2;
        sides[at] = uv[indices[corner] * 2];
        sides[at + 1] = uv[indices[corner] * 2 + 1];
      });
    }
  });
  const cosines = Float64Array.from(edges, (_, i) => cosineBetween(topology, triangles[i * 2], triangles[i * 2 + 1]));
  return { edges, triangles, uv: sides, cosines, lengthsM: Float64Array.from(edges, (edge) => edgeLengthM[edge]) };
}
