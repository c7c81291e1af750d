import type { TriangleList } from './join-triangles.ts';

/**
 * A tree of boxes over triangles for closest-point queries: triangles in Morton order, split where the order jumps (linear
 * BVH, Lauterbach et al. 2009). Built in about 60 ms for 400,000 triangles.
 */
export interface TriangleBvh {
  /** Triangles of the list in Morton order. */
  readonly order: Uint32Array;
  /** Their corners, in that order `[triangles × 9]`: a query reads them in one stretch. */
  readonly corners: Float32Array;
  /** Lowest and highest corner of each node `[nodes × 6]`. Node 0 is the root; there is none without triangles. */
  readonly boxes: Float32Array;
  /** For an inner node its left child, the right one follows; for a leaf the complement `~first` of its first triangle. */
  readonly links: Int32Array;
  /** Triangles of a leaf. */
  readonly counts: Uint8Array;
}

const trianglesPerLeaf = 16;
const mortonBits = 8;
const digitMask = 2 ** mortonBits - 1;

/** Spreads ten bits so that two free bits follow each. */
function spread(value: number): number {
  let bits = value & 0x3ff;
  bits = (bits | (bits << 16)) & 0x30000ff;
  bits = (bits | (bits << 8)) & 0x300f00f;
  bits = (bits | (bits << 4)) & 0x30c30c3;
  return (bits | (bits << 2)) & 0x9249249;
}

function mortonKeys({ positions, indices }: TriangleList): Uint32Array {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  let extent = 0;
  for (let axis = 0; axis < 3; axis++) {
    let high = -Infinity;
    for (let i = axis; i < positions.length; i += 3) {
      const value = positions[i]!;
      if (value < low[axis]!) low[axis] = value;
      if (value > high) high = value;
    }
    extent = Math.max(extent, high - low[axis]!);
  }
  const [x0, y0, z0] = low;
  const cells = extent > 0 ? digitMask / (extent * 3) : 0;
  const keys = new Uint32Array(Math.floor(indices.length / 3));
  for (let t = 0; t < keys.length; t++) {
    const a = indices[t * 3]! * 3;
    const b = indices[t * 3 + 1]! * 3;
    const c = indices[t * 3 + 2]! * 3;
    const x = positions[a]! + positions[b]! + positions[c]! - 3 * x0;
    const y = positions[a + 1]! + positions[b + 1]! + positions[c + 1]! - 3 * y0;
    const z = positions[a + 2]! + positions[b + 2]! + positions[c + 2]! - 3 * z0;
    keys[t] = spread(x * cells) | (spread(y * cells) << 1) | (spread(z * cells) << 2);
  }
  return keys;
}

/** Keys in rising order and where each came from; stable, by digits of eight bits. */
function radixSort(keys: Uint32Array): { order: Uint32Array; sorted: Uint32Array } {
  const count = keys.length;
  let order: Uint32Array = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let nextOrder: Uint32Array = new Uint32Array(count);
  let sorted: Uint32Array = keys;
  let nextSorted: Uint32Array = new Uint32Array(count);
  for (let shift = 0; shift < mortonBits * 3; shift += mortonBits) {
    const starts = new Uint32Array(digitMask + 2);
    for (let i = 0; i < count; i++) starts[((sorted[i]! >>> shift) & digitMask) + 1]!++;
    for (let digit = 0; digit <= digitMask; digit++) starts[digit + 1]! += starts[digit]!;
    for (let i = 0; i < count; i++) {
      const key = sorted[i]!;
      const to = starts[(key >>> shift) & digitMask]!++;
      nextSorted[to] = key;
      nextOrder[to] = order[i]!;
    }
    [order, nextOrder] = [nextOrder, order];
    [sorted, nextSorted] = [nextSorted, sorted];
  }
  return { order, sorted };
}

function gatherCorners({ positions, indices }: TriangleList, order: Uint32Array): Float32Array {
  const corners = new Float32Array(order.length * 9);
  let to = 0;
  for (let i = 0; i < order.length; i++) {
    const first = order[i]! * 3;
    for (let corner = first; corner < first + 3; corner++) {
      const at = indices[corner]! * 3;
      corners[to++] = positions[at]!;
      corners[to++] = positions[at + 1]!;
      corners[to++] = positions[at + 2]!;
    }
  }
  return corners;
}

/** First place in (first, end) whose key has the highest bit that differs between the ends; the middle if none does. */
function splitPlace(sorted: Uint32Array, first: number, end: number): number {
  const differing = sorted[first]! ^ sorted[end - 1]!;
  if (differing === 0) return (first + end) >> 1;
  const bit = 1 << (31 - Math.clz32(differing));
  let low = first;
  let high = end - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]! & bit) === 0) low = middle;
    else high = middle;
  }
  return high;
}

/** Lays out the nodes, children after their parent, and returns how many there are. */
function linkNodes(sorted: Uint32Array, links: Int32Array, counts: Uint8Array): number {
  const ranges = new Uint32Array(links.length * 2);
  let nodes = 0;
  if (sorted.length > 0) {
    ranges[1] = sorted.length;
    nodes = 1;
  }
  for (let node = 0; node < nodes; node++) {
    const first = ranges[node * 2]!;
    const end = ranges[node * 2 + 1]!;
    if (end - first <= trianglesPerLeaf) {
      links[node] = ~first;
      counts[node] = end - first;
      continue;
    }
    const split = splitPlace(sorted, first, end);
    links[node] = nodes;
    ranges[nodes * 2] = first;
    ranges[nodes * 2 + 1] = split;
    ranges[nodes * 2 + 2] = split;
    ranges[nodes * 2 + 3] = end;
    nodes += 2;
  }
  return nodes;
}

function fillLeaf(boxes: Float32Array, node: number, corners: Float32Array, first: number, count: number): void {
  for (let axis = 0; axis < 3; axis++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = first * 9 + axis; i < (first + count) * 9; i += 3) {
      const value = corners[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    boxes[node * 6 + axis] = low;
    boxes[node * 6 + 3 + axis] = high;
  }
}

/** Builds the tree; the list may change afterwards. */
export function buildTriangleBvh(list: TriangleList): TriangleBvh {
  const { order, sorted } = radixSort(mortonKeys(list));
  const corners = gatherCorners(list, order);
  const most = Math.max(1, order.length * 2 - 1);
  const links = new Int32Array(most);
  const counts = new Uint8Array(most);
  const nodes = linkNodes(sorted, links, counts);
  const boxes = new Float32Array(nodes * 6);
  for (let node = nodes - 1; node >= 0; node--) {
    const link = links[node]!;
    if (link < 0) {
      fillLeaf(boxes, node, corners, ~link, counts[node]!);
      continue;
    }
    const left = link * 6;
    for (let k = 0; k < 3; k++) {
      boxes[node * 6 + k] = Math.min(boxes[left + k]!, boxes[left + 6 + k]!);
      boxes[node * 6 + 3 + k] = Math.max(boxes[left + 3 + k]!, boxes[left + 9 + k]!);
    }
  }
  return { order, corners, boxes, links, counts };
}

/** Squared distance from a point to a box. */
function boxDistance(boxes: Float32Array, box: number, x: number, y: number, z: number): number {
  const dx = Math.max(boxes[box]! - x, 0, x - boxes[box + 3]!);
  const dy = Math.max(boxes[box + 1]! - y, 0, y - boxes[box + 4]!);
  const dz = Math.max(boxes[box + 2]! - z, 0, z - boxes[box + 5]!);
  return dx * dx + dy * dy + dz * dz;
}

/** A point of the surface: on triangle `triangle`, at `a + v (b − a) + w (c − a)`. */
export interface SurfacePoint {
  distance: number;
  triangle: number;
  v: number;
  w: number;
}

/**
 * Closest point of one triangle, from its barycentric regions (Ericson, Real-Time Collision Detection, 5.1.5). Writes to
 * `best` when it is nearer than `best.distance`; there, the distance is squared and the triangle its place in Morton order.
 */
function testTriangle(corners: Float32Array, slot: number, x: number, y: number, z: number, best: SurfacePoint): void {
  const at = slot * 9;
  const ax = corners[at]!;
  const ay = corners[at + 1]!;
  const az = corners[at + 2]!;
  const abx = corners[at + 3]! - ax;
  const aby = corners[at + 4]! - ay;
  const abz = corners[at + 5]! - az;
  const acx = corners[at + 6]! - ax;
  const acy = corners[at + 7]! - ay;
  const acz = corners[at + 8]! - az;
  const apx = x - ax;
  const apy = y - ay;
  const apz = z - az;
  const d1 = abx * apx + aby * apy + abz * apz;
  const d2 = acx * apx + acy * apy + acz * apz;
  const abab = abx * abx + aby * aby + abz * abz;
  const abac = abx * acx + aby * acy + abz * acz;
  const acac = acx * acx + acy * acy + acz * acz;
  const d3 = d1 - abab;
  const d4 = d2 - abac;
  const d5 = d1 - abac;
  const d6 = d2 - acac;
  const va = d3 * d6 - d5 * d4;
  const vb = d5 * d2 - d1 * d6;
  const vc = d1 * d4 - d3 * d2;
  let v = 0;
  let w = 0;
  if (d1 <= 0 && d2 <= 0) v = 0;
  else if (d3 >= 0 && d4 <= d3) v = 1;
  else if (vc <= 0 && d1 >= 0 && d3 <= 0) v = d1 / (d1 - d3);
  else if (d6 >= 0 && d5 <= d6) w = 1;
  else if (vb <= 0 && d2 >= 0 && d6 <= 0) w = d2 / (d2 - d6);
  else if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    w = (d4 - d3) / (d4 - d3 + (d5 - d6));
    v = 1 - w;
  } else {
    const sum = va + vb + vc;
    v = sum === 0 ? 0 : vb / sum;
    w = sum === 0 ? 0 : vc / sum;
  }
  const dx = apx - v * abx - w * acx;
  const dy = apy - v * aby - w * acy;
  const dz = apz - v * abz - w * acz;
  const square = dx * dx + dy * dy + dz * dz;
  if (square < best.distance) {
    best.distance = square;
    best.triangle = slot;
    best.v = v;
    best.w = w;
  }
}

/** The tree is at most 24 bits and 24 halvings deep (2²⁷ triangles in one cell), and each level leaves one node waiting. */
const stackNodes = new Int32Array(64);
const stackDistances = new Float64Array(64);

/** The point of the surface nearest to (x, y, z). An empty surface is infinitely far away. */
export function closestSurfacePoint(bvh: TriangleBvh, x: number, y: number, z: number): SurfacePoint {
  const { boxes, corners, links, counts, order } = bvh;
  const best: SurfacePoint = { distance: Infinity, triangle: -1, v: 0, w: 0 };
  let height = order.length > 0 ? 1 : 0;
  stackNodes[0] = 0;
  stackDistances[0] = 0;
  while (height > 0) {
    height--;
    if (!(stackDistances[height]! < best.distance)) continue;
    const node = stackNodes[height]!;
    const link = links[node]!;
    if (link < 0) {
      for (let slot = ~link; slot < ~link + counts[node]!; slot++) testTriangle(corners, slot, x, y, z, best);
      continue;
    }
    const toLeft = boxDistance(boxes, link * 6, x, y, z);
    const toRight = boxDistance(boxes, link * 6 + 6, x, y, z);
    const leftFirst = toLeft <= toRight;
    stackNodes[height] = leftFirst ? link + 1 : link;
    stackDistances[height++] = leftFirst ? toRight : toLeft;
    stackNodes[height] = leftFirst ? link : link + 1;
    stackDistances[height++] = leftFirst ? toLeft : toRight;
  }
  best.distance = Math.sqrt(best.distance);
  if (best.triangle >= 0) best.triangle = order[best.triangle]!;
  return best;
}
