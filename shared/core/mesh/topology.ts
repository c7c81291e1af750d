import type { TriangleList } from './join-triangles.ts';
import { weldPositions } from './weld-positions.ts';

/** How the triangles of one mesh hang together once vertices at equal positions count as one. */
export interface Topology {
  /** Edges with exactly one face. */
  readonly openEdges: number;
  /** Edges with more than two faces. */
  readonly nonManifoldEdges: number;
  /** Pieces that share no vertex. */
  readonly components: number;
  /** Triangles with two corners at one position; they are left out of the other counts. */
  readonly degenerateTriangles: number;
}

/** Root of a vertex, halving the path on the way (Tarjan & van Leeuwen 1984). */
function findRoot(parent: Uint32Array, vertex: number): number {
  let at = vertex;
  while (parent[at] !== at) {
    const above = parent[parent[at] as number] as number;
    parent[at] = above;
    at = above;
  }
  return at;
}

function unite(parent: Uint32Array, a: number, b: number): void {
  const rootA = findRoot(parent, a);
  const rootB = findRoot(parent, b);
  if (rootA < rootB) parent[rootB] = rootA;
  else parent[rootA] = rootB;
}

/** Faces as welded corners, without the degenerate ones. */
function weldedFaces(indices: Uint32Array, remap: Uint32Array): Uint32Array {
  const faces = new Uint32Array(indices.length - (indices.length % 3));
  let length = 0;
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const a = remap[indices[i] as number] as number;
    const b = remap[indices[i + 1] as number] as number;
    const c = remap[indices[i + 2] as number] as number;
    if (a === b || b === c || c === a) continue;
    faces[length++] = a;
    faces[length++] = b;
    faces[length++] = c;
  }
  return faces.subarray(0, length);
}

/**
 * Counts edges by their number of faces. Edges are filed under their lower vertex (counting sort); each vertex then
 * tallies the upper ends in a shared array, so the cost is linear whatever the valence.
 */
function countEdges(faces: Uint32Array, vertexCount: number): Pick<Topology, 'openEdges' | 'nonManifoldEdges'> {
  const starts = new Uint32Array(vertexCount + 1);
  for (let i = 0; i < faces.length; i++) {
    const a = faces[i] as number;
    const b = faces[i % 3 === 2 ? i - 2 : i + 1] as number;
    starts[Math.min(a, b) + 1]!++;
  }
  for (let v = 0; v < vertexCount; v++) starts[v + 1]! += starts[v] as number;
  const cursor = starts.slice(0, vertexCount);
  const uppers = new Uint32Array(faces.length);
  for (let i = 0; i < faces.length; i++) {
    const a = faces[i] as number;
    const b = faces[i % 3 === 2 ? i - 2 : i + 1] as number;
    if (a < b) uppers[cursor[a]!++] = b;
    else uppers[cursor[b]!++] = a;
  }
  const tally = new Uint32Array(vertexCount);
  let openEdges = 0;
  let nonManifoldEdges = 0;
  for (let v = 0; v < vertexCount; v++) {
    const end = starts[v + 1] as number;
    for (let i = starts[v] as number; i < end; i++) tally[uppers[i] as number]!++;
    for (let i = starts[v] as number; i < end; i++) {
      const upper = uppers[i] as number;
      const count = tally[upper] as number;
      if (count === 1) openEdges++;
      else if (count > 2) nonManifoldEdges++;
      tally[upper] = 0;
    }
  }
  return { openEdges, nonManifoldEdges };
}

/**
 * Measures open edges, non-manifold edges and connected pieces of a triangle list.
 * `positions` is `[vertices × 3]`; vertices whose three coordinates are equal count as one. About 0.1 s for 400,000
 * triangles; nothing is mutated.
 */
export function measureTopology({ positions, indices }: TriangleList): Topology {
  const { remap, count } = weldPositions(positions);
  const faces = weldedFaces(indices, remap);
  const parent = new Uint32Array(count);
  for (let v = 0; v < count; v++) parent[v] = v;
  const used = new Uint8Array(count);
  for (let i = 0; i < faces.length; i += 3) {
    const a = faces[i] as number;
    unite(parent, a, faces[i + 1] as number);
    unite(parent, a, faces[i + 2] as number);
    used[a] = used[faces[i + 1] as number] = used[faces[i + 2] as number] = 1;
  }
  let components = 0;
  for (let v = 0; v < count; v++) if (used[v] === 1 && parent[v] === v) components++;
  const degenerateTriangles = Math.floor(indices.length / 3) - faces.length / 3;
  return { ...countEdges(faces, count), components, degenerateTriangles };
}
