import { countFaces, none, type Topology } from './topology.ts';

/** Sheets: sets of triangles that are connected over edges with exactly two faces. */
export interface Sheets {
  readonly count: number;
  /** Triangle → sheet, in order of first triangle, or `none`. */
  readonly of: Uint32Array;
  /** Sheets that have two sides; a Möbius strip has one. */
  readonly orientable: Uint8Array;
  /** One for each triangle that faces against most of its sheet, by area; zero in sheets that have one side. */
  readonly flipped: Uint8Array;
  readonly flippedTriangles: Uint32Array;
  /** Edges with two faces that run along them the same way. */
  readonly inconsistentEdges: Uint32Array;
}

interface Walk {
  readonly of: Uint32Array;
  readonly flipped: Uint8Array;
  readonly queue: Uint32Array;
}

/** Spreads over one sheet from a triangle; returns how many triangles it has and whether they agree on two sides. */
function spread(topology: Topology, walk: Walk, start: number, sheet: number): { length: number; orientable: boolean } {
  const { corners, edgeOf, edgePoints, edgeStarts, edgeHalves } = topology;
  const { of, flipped, queue } = walk;
  let orientable = true;
  let length = 1;
  queue[0] = start;
  of[start] = sheet;
  for (let i = 0; i < length; i++) {
    const t = queue[i];
    for (let half = t * 3; half < t * 3 + 3; half++) {
      const edge = edgeOf[half];
      if (countFaces(topology, edge) !== 2) continue;
      const from = edgeStarts[edge];
      const twin = edgeHalves[from] === half ? edgeHalves[from + 1] : edgeHalves[from];
      const other = (twin / 3) | 0;
      const sameWay = (corners[half] === edgePoints[edge * 2]) === (corners[twin] === edgePoints[edge * 2]);
      const wanted = flipped[t] ^ (sameWay ? 1 : 0);
      if (of[other] === none) {
        of[other] = sheet;
        flipped[other] = wanted;
        queue[length++] = other;
      } else if (flipped[other] !== wanted) orientable = false;
    }
  }
  return { length, orientable };
}

function findInconsistentEdges({ edges, corners, edgeStarts, edgeHalves }: Topology): Uint32Array {
  const found: number[] = [];
  for (let e = 0; e < edges; e++) {
    const at = edgeStarts[e];
    if (edgeStarts[e + 1] - at === 2 && corners[edgeHalves[at]] === corners[edgeHalves[at + 1]]) found.push(e);
  }
  return Uint32Array.from(found);
}

/** Finds the sheets of a mesh and, in each, the triangles that face the wrong way. Linear. */
export function orientSheets(topology: Topology, areaM2: Float64Array): Sheets {
  const { triangles, sound } = topology;
  const walk: Walk = {
    of: new Uint32Array(triangles).fill(none),
    flipped: new Uint8Array(triangles),
    queue: new Uint32Array(triangles),
  };
  const orientable: number[] = [];
  for (let start = 0; start < triangles; start++) {
    if (sound[start] === 0 || walk.of[start] !== none) continue;
    const sheet = spread(topology, walk, start, orientable.length);
    orientable.push(sheet.orientable ? 1 : 0);
    const members = walk.queue.subarray(0, sheet.length);
    let balance = 0;
    for (const t of members) balance += walk.flipped[t] === 1 ? areaM2[t] : -areaM2[t];
    for (const t of members) {
      if (!sheet.orientable) walk.flipped[t] = 0;
      else if (balance > 0) walk.flipped[t] ^= 1;
    }
  }
  const flippedTriangles: number[] = [];
  for (let t = 0; t < triangles; t++) if (walk.flipped[t] === 1) flippedTriangles.push(t);
  return {
    count: orientable.length,
    of: walk.of,
    orientable: Uint8Array.from(orientable),
    flipped: walk.flipped,
    flippedTriangles: Uint32Array.from(flippedTriangles),
    inconsistentEdges: findInconsistentEdges(topology),
  };
}
