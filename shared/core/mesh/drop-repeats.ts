import type { Document, Primitive } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';
import { triangleIndices } from './triangle-indices.ts';

/** Triangles of a primitive without those that name the same vertices in the same turn as an earlier one. */
function withoutRepeats(indices: Uint32Array): Uint32Array {
  let capacity = 16;
  while (capacity < (indices.length / 3) * 2) capacity *= 2;
  const mask = capacity - 1;
  /** Slot → place of a kept triangle plus one; zero is free. */
  const slots = new Uint32Array(capacity);
  const kept = new Uint32Array(indices.length);
  let length = 0;
  for (let i = 0; i + 2 < indices.length; i += 3) {
    // The smallest vertex first: the turn stays.
    let [a, b, c] = [indices[i] as number, indices[i + 1] as number, indices[i + 2] as number];
    while (a > b || a > c) [a, b, c] = [b, c, a];
    let hash = Math.imul(a, 0xcc9e2d51) ^ Math.imul(b, 0x1b873593) ^ Math.imul(c, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const at = (slots[slot] as number) - 1;
      if (at >= 0 && kept[at] === a && kept[at + 1] === b && kept[at + 2] === c) break;
      if (at >= 0) continue;
      slots[slot] = length + 1;
      kept[length++] = a;
      kept[length++] = b;
      kept[length++] = c;
      break;
    }
  }
  return kept.subarray(0, length);
}

function dropFrom(document: Document, primitive: Primitive): number {
  const indices = triangleIndices(primitive);
  const kept = withoutRepeats(indices);
  if (kept.length === indices.length) return 0;
  const position = primitive.getAttribute('POSITION');
  const narrow = (position?.getCount() ?? 0) <= 0xffff ? Uint16Array.from(kept) : Uint32Array.from(kept);
  const buffer = position?.getBuffer() ?? null;
  primitive.setIndices(document.createAccessor('', buffer).setType('SCALAR').setArray(narrow));
  return (indices.length - kept.length) / 3;
}

/**
 * Drops triangles that repeat another one, the same vertices in the same turn: they draw nothing, and thousands on one
 * edge bring the simplifier to a halt. Back sides stay. Vertices must be welded before. Mutates the document.
 */
export function dropRepeats(document: Document): Change[] {
  const count = document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives())
    .reduce((sum, primitive) => sum + dropFrom(document, primitive), 0);
  if (count === 0) return [];
  return [{ code: 'repeats_dropped', message: 'Dropped triangles that repeated another one.', count }];
}
