import { findRoot, nextHalf, singletons, type Topology, unite } from './topology.ts';

/** How the triangles around each point hang together. A fan is a set of them that is connected over edges at the point. */
export interface Fans {
  readonly count: number;
  /** Points where several fans meet: bow ties. */
  readonly nonManifoldPoints: Uint32Array;
}

/** Counts fans. The corners that an edge’s faces have at one of its ends belong to one fan. */
export function countFans({ points, corners, sound, edges, edgePoints, edgeStarts, edgeHalves }: Topology): Fans {
  const parent = singletons(corners.length);
  /** The corner of a half-edge’s triangle that lies at a point of its edge. */
  const cornerAt = (half: number, point: number): number => (corners[half] === point ? half : nextHalf(half));
  for (let e = 0; e < edges; e++) {
    const first = edgeHalves[edgeStarts[e]];
    for (let i = edgeStarts[e] + 1; i < edgeStarts[e + 1]; i++) {
      for (let end = e * 2; end < e * 2 + 2; end++) {
        const point = edgePoints[end];
        unite(parent, cornerAt(first, point), cornerAt(edgeHalves[i], point));
      }
    }
  }
  const perPoint = new Uint32Array(points);
  let count = 0;
  for (let c = 0; c < corners.length; c++) {
    if (sound[(c / 3) | 0] === 0 || findRoot(parent, c) !== c) continue;
    perPoint[corners[c]]++;
    count++;
  }
  const shared: number[] = [];
  for (let p = 0; p < points; p++) if (perPoint[p] > 1) shared.push(p);
  return { count, nonManifoldPoints: Uint32Array.from(shared) };
}
