import type { TriangleList } from '../join-triangles.ts';
import type { Bvh } from './bvh.ts';

const bins = 12;
const leafSize = 4;
/** Below this depth ranges are halved by count, so that no input makes the tree deeper than a walk’s stack. */
const fairDepth = 64;

interface Build {
  readonly boxes: Float32Array;
  readonly triangles: Uint32Array;
  /** Of the bins: lowest and highest corner, and how many triangles. */
  readonly binBoxes: Float64Array;
  readonly binCounts: Uint32Array;
  /** Cost of what lies right of each cut. */
  readonly rightCosts: Float64Array;
  /** Scratch: lower end of the axis and bins in a unit. */
  readonly scale: Float64Array;
}

/** The boxes of all triangles whose corners are finite, and their numbers. */
function boxTriangles({ positions, indices }: TriangleList): Pick<Build, 'boxes' | 'triangles'> {
  const total = Math.floor(indices.length / 3);
  const boxes = new Float32Array(total * 6);
  const triangles = new Uint32Array(total);
  let slots = 0;
  for (let t = 0; t < total; t++) {
    const a = indices[t * 3] * 3;
    const b = indices[t * 3 + 1] * 3;
    const c = indices[t * 3 + 2] * 3;
    const at = slots * 6;
    let extent = 0;
    for (let axis = 0; axis < 3; axis++) {
      const p = positions[a + axis];
      const q = positions[b + axis];
      const r = positions[c + axis];
      boxes[at + axis] = Math.min(p, q, r);
      boxes[at + 3 + axis] = Math.max(p, q, r);
      extent += p - p + (q - q) + (r - r);
    }
    // The differences are not a number where a corner is not finite.
    if (extent === 0) triangles[slots++] = t;
  }
  return { boxes: boxes.subarray(0, slots * 6), triangles: triangles.subarray(0, slots) };
}

function swap({ boxes, triangles }: Build, i: number, j: number): void {
  const triangle = triangles[i];
  triangles[i] = triangles[j];
  triangles[j] = triangle;
  const a = i * 6;
  const b = j * 6;
  for (let k = 0; k < 6; k++) {
    const value = boxes[a + k];
    boxes[a + k] = boxes[b + k];
    boxes[b + k] = value;
  }
}

/** Half the surface of a box whose corners start at `at`. */
function halfArea(box: ArrayLike<number>, at: number): number {
  const x = box[at + 3] - box[at];
  const y = box[at + 4] - box[at + 1];
  const z = box[at + 5] - box[at + 2];
  return x * y + y * z + z * x;
}

/** Grows the box at `at` in `box` by the one at `from` in `by`. */
function grow(box: Float64Array, at: number, by: ArrayLike<number>, from: number): void {
  if (by[from] < box[at]) box[at] = by[from];
  if (by[from + 1] < box[at + 1]) box[at + 1] = by[from + 1];
  if (by[from + 2] < box[at + 2]) box[at + 2] = by[from + 2];
  if (by[from + 3] > box[at + 3]) box[at + 3] = by[from + 3];
  if (by[from + 4] > box[at + 4]) box[at + 4] = by[from + 4];
  if (by[from + 5] > box[at + 5]) box[at + 5] = by[from + 5];
}

function clearBoxes(box: Float64Array, from: number, to: number): void {
  for (let at = from; at < to; at += 6) {
    box[at] = box[at + 1] = box[at + 2] = Infinity;
    box[at + 3] = box[at + 4] = box[at + 5] = -Infinity;
  }
}

/** Sorts a range into bins along an axis. */
function fillBins(build: Build, start: number, end: number, axis: number, low: number, perBin: number): void {
  const { boxes, binBoxes, binCounts } = build;
  clearBoxes(binBoxes, 0, bins * 6);
  binCounts.fill(0);
  for (let i = start; i < end; i++) {
    const at = i * 6;
    const bin = Math.min(bins - 1, ((boxes[at + axis] + boxes[at + 3 + axis] - low) * perBin) | 0);
    binCounts[bin]++;
    grow(binBoxes, bin * 6, boxes, at);
  }
}

/** The cheapest cut between bins by the surface area heuristic (Wald 2007), or -1 when all lie in one bin. */
function cheapestCut({ binBoxes, binCounts, rightCosts }: Build): number {
  const side = bins * 6;
  clearBoxes(binBoxes, side, side + 6);
  for (let bin = bins - 1, count = 0; bin > 0; bin--) {
    count += binCounts[bin];
    grow(binBoxes, side, binBoxes, bin * 6);
    rightCosts[bin] = count === 0 ? Infinity : count * halfArea(binBoxes, side);
  }
  clearBoxes(binBoxes, side, side + 6);
  let best = -1;
  let bestCost = Infinity;
  for (let bin = 0, count = 0; bin < bins - 1; bin++) {
    count += binCounts[bin];
    grow(binBoxes, side, binBoxes, bin * 6);
    if (count === 0) continue;
    const cost = count * halfArea(binBoxes, side) + rightCosts[bin + 1];
    if (cost < bestCost) {
      bestCost = cost;
      best = bin;
    }
  }
  return best;
}

/** The longest axis of the box around the centres of a range; writes its lower end and how many bins a unit has. */
function longestAxis({ boxes }: Build, start: number, end: number, scale: Float64Array): number {
  let x0 = Infinity;
  let y0 = Infinity;
  let z0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  let z1 = -Infinity;
  for (let at = start * 6; at < end * 6; at += 6) {
    const x = boxes[at] + boxes[at + 3];
    const y = boxes[at + 1] + boxes[at + 4];
    const z = boxes[at + 2] + boxes[at + 5];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  const axis = x1 - x0 >= y1 - y0 && x1 - x0 >= z1 - z0 ? 0 : y1 - y0 >= z1 - z0 ? 1 : 2;
  scale[0] = axis === 0 ? x0 : axis === 1 ? y0 : z0;
  scale[1] = bins / Math.max(x1 - x0, y1 - y0, z1 - z0);
  return axis;
}

/** Where to split a range: its triangles are reordered, and the first slot of the right part is returned. */
function split(build: Build, start: number, end: number, depth: number): number {
  const { boxes, scale } = build;
  const half = (start + end) >>> 1;
  if (depth >= fairDepth) return half;
  const axis = longestAxis(build, start, end, scale);
  const low = scale[0];
  const perBin = scale[1];
  if (!(perBin < Infinity)) return half;
  fillBins(build, start, end, axis, low, perBin);
  const cut = cheapestCut(build);
  if (cut < 0) return half;
  let i = start;
  let j = end - 1;
  for (;;) {
    while (i <= j && binOf(boxes, i, axis, low, perBin) <= cut) i++;
    while (i <= j && binOf(boxes, j, axis, low, perBin) > cut) j--;
    if (i >= j) break;
    swap(build, i++, j--);
  }
  return i > start && i < end ? i : half;
}

const binOf = (boxes: Float32Array, slot: number, axis: number, low: number, perBin: number): number =>
  Math.min(bins - 1, ((boxes[slot * 6 + axis] + boxes[slot * 6 + 3 + axis] - low) * perBin) | 0);

function cornersOf({ positions, indices }: TriangleList, triangles: Uint32Array): Float32Array {
  const corners = new Float32Array(triangles.length * 9);
  for (let slot = 0; slot < triangles.length; slot++) {
    for (let k = 0; k < 3; k++) {
      const from = indices[triangles[slot] * 3 + k] * 3;
      const to = slot * 9 + k * 3;
      corners[to] = positions[from];
      corners[to + 1] = positions[from + 1];
      corners[to + 2] = positions[from + 2];
    }
  }
  return corners;
}

/** Boxes of all nodes from those of the triangles, children before parents. */
function fitNodes(boxes: Float32Array, links: Uint32Array, counts: Uint8Array): Float32Array {
  const bounds = new Float32Array(links.length * 6);
  const box = new Float64Array(6);
  for (let node = links.length - 1; node >= 0; node--) {
    clearBoxes(box, 0, 6);
    if (counts[node] > 0) {
      for (let slot = links[node]; slot < links[node] + counts[node]; slot++) grow(box, 0, boxes, slot * 6);
    } else {
      grow(box, 0, bounds, (node + 1) * 6);
      grow(box, 0, bounds, links[node] * 6);
    }
    bounds.set(box, node * 6);
  }
  return bounds;
}

/**
 * Builds a tree of boxes by binned surface area heuristic along the longest axis. Deterministic; nothing is mutated.
 * About 0.2 s for 400,000 triangles.
 */
export function buildBvh(list: TriangleList): Bvh {
  const { boxes, triangles } = boxTriangles(list);
  const slots = triangles.length;
  if (slots === 0) {
    const counts = new Uint8Array(1);
    return {
      bounds: new Float32Array(6),
      links: new Uint32Array(1),
      counts,
      triangles,
      boxes,
      corners: new Float32Array(0),
    };
  }
  const build: Build = {
    boxes,
    triangles,
    binBoxes: new Float64Array((bins + 1) * 6),
    binCounts: new Uint32Array(bins),
    rightCosts: new Float64Array(bins),
    scale: new Float64Array(2),
  };
  const links = new Uint32Array(slots * 2);
  const counts = new Uint8Array(slots * 2);
  let nodes = 0;
  /** Ranges to do: start, end, depth, and the node whose right child this is (or none). */
  const none = -1;
  const todo: number[] = [0, slots, 0, none];
  while (todo.length > 0) {
    const parent = todo.pop()!;
    const depth = todo.pop()!;
    const end = todo.pop()!;
    const start = todo.pop()!;
    const node = nodes++;
    if (parent !== none) links[parent] = node;
    if (end - start <= leafSize) {
      links[node] = start;
      counts[node] = end - start;
      continue;
    }
    const middle = split(build, start, end, depth);
    todo.push(middle, end, depth + 1, node, start, middle, depth + 1, none);
  }
  const trimmed = { links: links.slice(0, nodes), counts: counts.slice(0, nodes) };
  return {
    ...trimmed,
    bounds: fitNodes(boxes, trimmed.links, trimmed.counts),
    triangles,
    boxes,
    corners: cornersOf(list, triangles),
  };
}
