import type { Bvh } from './bvh.ts';

const overlap = (a: Float32Array, i: number, b: Float32Array, j: number): boolean =>
  a[i] <= b[j + 3] &&
  a[i + 3] >= b[j] &&
  a[i + 1] <= b[j + 4] &&
  a[i + 4] >= b[j + 1] &&
  a[i + 2] <= b[j + 5] &&
  a[i + 5] >= b[j + 2];

/** Visits the slot of every triangle whose box meets a box, given as lowest and highest corner `[6]`. */
export function visitInBox(bvh: Bvh, box: Float32Array, visit: (slot: number) => void): void {
  if (bvh.triangles.length === 0) return;
  const stack = [0];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (!overlap(bvh.bounds, node * 6, box, 0)) continue;
    if (bvh.counts[node] === 0) stack.push(bvh.links[node], node + 1);
    for (let slot = bvh.links[node], end = slot + bvh.counts[node]; slot < end; slot++) {
      if (overlap(bvh.boxes, slot * 6, box, 0)) visit(slot);
    }
  }
}

/** Pairs of slots of two leaves whose boxes meet; of one leaf with itself each pair once. */
function visitLeaves(bvh: Bvh, a: number, b: number, visit: (slotA: number, slotB: number) => boolean): boolean {
  const { links, counts, boxes } = bvh;
  for (let i = links[a], endA = i + counts[a]; i < endA; i++) {
    for (let j = a === b ? i + 1 : links[b], endB = links[b] + counts[b]; j < endB; j++) {
      if (overlap(boxes, i * 6, boxes, j * 6) && !visit(i, j)) return false;
    }
  }
  return true;
}

/**
 * Visits every pair of triangles of one tree whose boxes meet, each pair once, as slots. Ends early, and returns false,
 * when the visitor does. The order follows from the tree alone.
 */
export function visitOverlappingPairs(bvh: Bvh, visit: (slotA: number, slotB: number) => boolean): boolean {
  const { bounds, links, counts } = bvh;
  if (bvh.triangles.length === 0) return true;
  const stack = [0, 0];
  while (stack.length > 0) {
    const b = stack.pop()!;
    const a = stack.pop()!;
    if (a === b) {
      if (counts[a] > 0) {
        if (!visitLeaves(bvh, a, a, visit)) return false;
      } else stack.push(a + 1, links[a], links[a], links[a], a + 1, a + 1);
      continue;
    }
    if (!overlap(bounds, a * 6, bounds, b * 6)) continue;
    if (counts[a] > 0 && counts[b] > 0) {
      if (!visitLeaves(bvh, a, b, visit)) return false;
    } else if (counts[a] > 0 || (counts[b] === 0 && size(bounds, b) > size(bounds, a))) {
      stack.push(a, links[b], a, b + 1);
    } else stack.push(links[a], b, a + 1, b);
  }
  return true;
}

const size = (bounds: Float32Array, node: number): number =>
  bounds[node * 6 + 3] -
  bounds[node * 6] +
  (bounds[node * 6 + 4] - bounds[node * 6 + 1]) +
  (bounds[node * 6 + 5] - bounds[node * 6 + 2]);
