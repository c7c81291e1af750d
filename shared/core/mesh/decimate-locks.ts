import type { Primitive } from '@gltf-transform/core';
import { joinTriangles } from './join-triangles.ts';
import { readFloats } from './read-floats.ts';
import { triangleIndices } from './triangle-indices.ts';
import { weldPositions } from './weld-positions.ts';

/** Values of `vertex_lock`, meshoptimizer 1.3: the vertex stays; the vertex may move along its seam only. */
export const lock = { fixed: 1, seam: 2 } as const;

/**
 * Marks the vertices that lie on a UV seam: another vertex at the same position has other texture coordinates. A
 * collapse across such a seam would stretch one chart's pixels over another's.
 */
export function lockUvSeams(primitive: Primitive, locks: Uint8Array): void {
  const position = primitive.getAttribute('POSITION');
  const texcoord = primitive.getAttribute('TEXCOORD_0');
  if (!position || !texcoord) return;
  const uv = readFloats(texcoord);
  const { remap, count } = weldPositions(readFloats(position));
  const first = new Int32Array(count).fill(-1);
  const onSeam = new Uint8Array(count);
  for (let v = 0; v < remap.length; v++) {
    const group = remap[v] as number;
    const other = first[group] as number;
    if (other < 0) first[group] = v;
    else if (uv[v * 2] !== uv[other * 2] || uv[v * 2 + 1] !== uv[other * 2 + 1]) onSeam[group] = 1;
  }
  for (let v = 0; v < remap.length; v++) if (onSeam[remap[v] as number] === 1) locks[v]! |= lock.seam;
}

/**
 * Marks the vertices where primitives of one mesh meet, one list a primitive. Each primitive is decimated by itself, so
 * a common border that moved would open a crack between two materials. Vertices that a primitive stores without drawing
 * them, as primitives with common accessors do, are no border.
 */
export function lockSharedBorders(primitives: readonly Primitive[]): Uint8Array[] {
  const parts = primitives.map((primitive) => {
    const position = primitive.getAttribute('POSITION');
    return {
      positions: position ? readFloats(position) : new Float32Array(0),
      indices: triangleIndices(primitive),
    };
  });
  const locks = parts.map(({ positions }) => new Uint8Array(positions.length / 3));
  if (parts.length < 2) return locks;
  const { remap, count } = weldPositions(joinTriangles(parts).positions);
  /** For each position the first primitive that draws it plus one, or −1 once a second one does. */
  const owner = new Int32Array(count);
  const starts: number[] = [];
  locks.reduce((start, list, part) => {
    starts[part] = start;
    return start + list.length;
  }, 0);
  parts.forEach(({ indices }, part) => {
    for (let i = 0; i < indices.length; i++) {
      const group = remap[starts[part]! + indices[i]!]!;
      if (owner[group] === 0) owner[group] = part + 1;
      else if (owner[group] !== part + 1) owner[group] = -1;
    }
  });
  locks.forEach((list, part) => {
    for (let v = 0; v < list.length; v++) if (owner[remap[starts[part]! + v]!] === -1) list[v]! |= lock.fixed;
  });
  return locks;
}
