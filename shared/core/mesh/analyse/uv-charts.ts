import { countFaces, findRoot, none, singletons, type Topology, unite } from './topology.ts';

/** How the triangles of a mesh hang together in the plane of a UV set. */
export interface UvCharts {
  readonly count: number;
  /** Triangle → chart, in order of first triangle, or `none`. */
  readonly of: Uint32Array;
  /** Edges with two faces that lie apart in the UV set. */
  readonly seams: Uint32Array;
  /** Edges with two faces. */
  readonly innerEdges: number;
}

/** Faces at one edge that are compared with each; thousands of them happen in soups, and would cost their square. */
const mostNeighbours = 8;

/**
 * Charts: triangles that are connected over edges whose ends have the same coordinates (bit-equal) on both sides. `uv` is
 * `[vertices × 2]`, `indices` the corners as vertices.
 */
export function findCharts(topology: Topology, indices: Uint32Array, uv: Float32Array): UvCharts {
  const { triangles, edges, corners, edgePoints, edgeStarts, edgeHalves, sound } = topology;
  const parent = singletons(triangles);
  const seams: number[] = [];
  let innerEdges = 0;
  /** The vertex that a half-edge’s triangle has at a point of its edge. */
  const vertexAt = (half: number, point: number): number =>
    indices[corners[half] === point ? half : half % 3 === 2 ? half - 2 : half + 1] * 2;
  const joined = (a: number, b: number, edge: number): boolean => {
    for (let end = edge * 2; end < edge * 2 + 2; end++) {
      const i = vertexAt(a, edgePoints[end]);
      const j = vertexAt(b, edgePoints[end]);
      if (uv[i] !== uv[j] || uv[i + 1] !== uv[j + 1]) return false;
    }
    return true;
  };
  for (let edge = 0; edge < edges; edge++) {
    const two = countFaces(topology, edge) === 2;
    if (two) innerEdges++;
    for (let i = edgeStarts[edge]; i < edgeStarts[edge + 1]; i++) {
      for (let j = i + 1; j < Math.min(edgeStarts[edge + 1], i + mostNeighbours); j++) {
        const [a, b] = [edgeHalves[i], edgeHalves[j]];
        if (joined(a, b, edge)) unite(parent, (a / 3) | 0, (b / 3) | 0);
        else if (two) seams.push(edge);
      }
    }
  }
  const numbers = new Uint32Array(triangles).fill(none);
  const of = new Uint32Array(triangles).fill(none);
  let count = 0;
  for (let t = 0; t < triangles; t++) {
    if (sound[t] === 0) continue;
    const root = findRoot(parent, t);
    if (numbers[root] === none) numbers[root] = count++;
    of[t] = numbers[root];
  }
  return { count, of, seams: Uint32Array.from(seams), innerEdges };
}
