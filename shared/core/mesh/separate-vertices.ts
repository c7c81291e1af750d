import type { Accessor, Document, Primitive } from '@gltf-transform/core';
import { keepVertices } from './keep-vertices.ts';
import { triangleIndices } from './triangle-indices.ts';

/** The primitives that draw from each list of positions. */
function groupByPosition(document: Document): Map<Accessor, Primitive[]> {
  const groups = new Map<Accessor, Primitive[]>();
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const position = primitive.getAttribute('POSITION');
      if (!position) continue;
      const group = groups.get(position);
      if (group) group.push(primitive);
      else groups.set(position, [primitive]);
    }
  }
  return groups;
}

/** Gives a primitive the vertices that it draws, in the order of their first use. `numbers` is all zeros, and left so. */
function takeOwn(document: Document, primitive: Primitive, numbers: Uint32Array): void {
  const corners = triangleIndices(primitive);
  const kept = new Uint32Array(corners.length);
  const indices = new Uint32Array(corners.length);
  let count = 0;
  for (let i = 0; i < corners.length; i++) {
    const vertex = corners[i] as number;
    if (numbers[vertex] === 0) {
      kept[count++] = vertex;
      numbers[vertex] = count;
    }
    indices[i] = (numbers[vertex] as number) - 1;
  }
  for (let i = 0; i < count; i++) numbers[kept[i] as number] = 0;
  if (count < numbers.length) keepVertices(document, primitive, kept.subarray(0, count), indices);
}

/**
 * Gives primitives that draw parts of one common list of vertices lists of their own. Every later step walks over the
 * vertices of each primitive: a thousand small parts of a list of a million would be a billion. The cost here follows
 * the corners that are drawn. Mutates the document; every primitive must be a list of triangles.
 */
export function separateVertices(document: Document): void {
  for (const [position, primitives] of groupByPosition(document)) {
    if (primitives.length < 2) continue;
    const numbers = new Uint32Array(position.getCount());
    for (const primitive of primitives) takeOwn(document, primitive, numbers);
  }
}
