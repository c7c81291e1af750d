import { countFaces, edgesWhere, type Topology } from './topology.ts';

/** One rim of the surface: open edges in the order in which one walks along them. */
export interface Boundary {
  readonly edges: Uint32Array;
  /** Where each edge begins; a chain that is not closed ends at one point more. */
  readonly points: Uint32Array;
  /** Whether the walk came back to where it began. */
  readonly closed: boolean;
  /** Whether it passes every point once. */
  readonly simple: boolean;
  readonly lengthM: number;
  /** Largest distance of a point from the mean plane, as a share of the length: 0 for a flat rim. */
  readonly deviation: number;
  /** Area of the rim’s projection on its mean plane. */
  readonly areaM2: number;
}

/** The other end of an edge. */
const across = ({ edgePoints }: Topology, edge: number, point: number): number =>
  edgePoints[edge * 2] === point ? edgePoints[edge * 2 + 1] : edgePoints[edge * 2];

/** The other edge of a triangle that ends at a point. */
function otherEdgeAt({ corners, edgeOf }: Topology, triangle: number, edge: number, point: number): number {
  for (let half = triangle * 3; half < triangle * 3 + 3; half++) {
    if (edgeOf[half] === edge) continue;
    const end = half % 3 === 2 ? half - 2 : half + 1;
    if (corners[half] === point || corners[end] === point) return edgeOf[half];
  }
  return edge;
}

/** Turns about a point from an open edge, triangle by triangle, to the next open edge of that fan; -1 at a branching. */
function nextOpenEdge(topology: Topology, edge: number, point: number): number {
  const { edgeStarts, edgeHalves } = topology;
  let triangle = (edgeHalves[edgeStarts[edge]] / 3) | 0;
  let at = edge;
  for (;;) {
    at = otherEdgeAt(topology, triangle, at, point);
    const faces = countFaces(topology, at);
    if (faces === 1) return at;
    if (faces > 2) return -1;
    const first = (edgeHalves[edgeStarts[at]] / 3) | 0;
    triangle = first === triangle ? (edgeHalves[edgeStarts[at] + 1] / 3) | 0 : first;
  }
}

/** Length, area and planarity by the plane whose normal is the rim’s vector area (Newell). */
function measureRim(p: Float32Array, points: readonly number[], closed: boolean) {
  const count = points.length;
  const normal = [0, 0, 0];
  const centre = [0, 0, 0];
  let lengthM = 0;
  for (let i = 0; i < count; i++) {
    const a = points[i] * 3;
    const b = points[(i + 1) % count] * 3;
    const o = points[0] * 3;
    const d = [0, 1, 2].map((k) => p[b + k] - p[a + k]);
    const r = [0, 1, 2].map((k) => p[a + k] - p[o + k]);
    if (closed || i + 1 < count) lengthM += Math.hypot(d[0], d[1], d[2]);
    for (let k = 0; k < 3; k++) {
      normal[k] += (r[(k + 1) % 3] * d[(k + 2) % 3] - r[(k + 2) % 3] * d[(k + 1) % 3]) / 2;
      centre[k] += p[a + k] / count;
    }
  }
  const areaM2 = Math.hypot(...normal);
  let farthest = 0;
  for (const point of points) {
    const height = normal.reduce((sum, n, k) => sum + n * (p[point * 3 + k] - centre[k]), 0) / areaM2;
    farthest = Math.max(farthest, Math.abs(height));
  }
  return { lengthM, areaM2, deviation: lengthM > 0 && areaM2 > 0 ? farthest / lengthM : 0 };
}

/** What the walks share: the open edges at each point, and which were passed. */
interface Walks {
  readonly topology: Topology;
  readonly openAt: ReadonlyMap<number, readonly number[]>;
  readonly passed: Uint8Array;
}

/** The open edge on which a walk goes on: in the same fan or, where that ends at a branching, the lowest one left. */
function goOn({ topology, openAt, passed }: Walks, edge: number, point: number, start: number): number {
  const next = nextOpenEdge(topology, edge, point);
  if (next >= 0) return next;
  const left = openAt.get(point)?.find((open) => passed[open] === 0 || (open === start && open !== edge));
  return left ?? -1;
}

/** Walks from one end of an open edge until it comes back, or finds nothing that was not passed. */
function walkFrom(walks: Walks, start: number, end: number) {
  const { topology, passed } = walks;
  const edges: number[] = [];
  const points: number[] = [];
  let edge = start;
  let point = across(topology, start, end);
  const origin = point;
  while (edge >= 0 && passed[edge] === 0) {
    passed[edge] = 1;
    edges.push(edge);
    points.push(point);
    point = across(topology, edge, point);
    edge = goOn(walks, edge, point, start);
  }
  const closed = edge === start && point === origin;
  if (!closed) points.push(point);
  return { edges, points, closed };
}

/** A walk in both directions when the first does not come back. */
function walkBoth(walks: Walks, start: number) {
  const { topology, passed } = walks;
  const [lower, upper] = topology.edgePoints.subarray(start * 2, start * 2 + 2);
  const forward = walkFrom(walks, start, upper);
  if (forward.closed) return forward;
  const behind = goOn(walks, start, lower, start);
  if (behind < 0 || passed[behind] === 1) return forward;
  const backward = walkFrom(walks, behind, across(topology, behind, lower));
  return {
    closed: false,
    edges: [...backward.edges.reverse(), ...forward.edges],
    points: [...backward.points.reverse(), ...forward.points.slice(1)],
  };
}

/**
 * The rims of a mesh, each starting from its lowest edge. At a point where rims touch, each keeps to its own fan; where
 * an edge with more than two faces ends a fan, the walk goes on along the lowest open edge that is left there. Linear in
 * the faces at rims.
 */
export function traceBoundaries(topology: Topology): Boundary[] {
  const open = edgesWhere(topology, (faces) => faces === 1);
  const openAt = new Map<number, number[]>();
  for (const edge of open) {
    for (const point of topology.edgePoints.subarray(edge * 2, edge * 2 + 2)) {
      const list = openAt.get(point);
      if (list) list.push(edge);
      else openAt.set(point, [edge]);
    }
  }
  const walks: Walks = { topology, openAt, passed: new Uint8Array(topology.edges) };
  const found: Boundary[] = [];
  for (const start of open) {
    if (walks.passed[start] === 1) continue;
    const { edges, points, closed } = walkBoth(walks, start);
    found.push({
      edges: Uint32Array.from(edges),
      points: Uint32Array.from(points),
      closed,
      simple: new Set(points).size === points.length,
      ...measureRim(topology.pointPositions, points, closed),
    });
  }
  return found;
}

/** A rim that lies in a plane within this share of its length can be closed by a flat patch, however long it is. */
const flatDeviation = 0.02;
/** A curved hole up to this share of the diagonal is small enough for a patch that is guessed. */
const smallShare = 0.1;

/** Whether a rim can be closed without inventing form: it is one ring, and flat or small beside the mesh. */
export const isFillable = ({ closed, simple, deviation, lengthM }: Boundary, diagonalM: number): boolean =>
  closed && simple && (deviation <= flatDeviation || lengthM <= smallShare * diagonalM);
