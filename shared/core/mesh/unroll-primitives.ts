import { type Document, type Mesh, Primitive } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';
import { triangleIndices } from './triangle-indices.ts';

function unroll(document: Document, primitive: Primitive): void {
  const indices = triangleIndices(primitive);
  const position = primitive.getAttribute('POSITION');
  const narrow = (position?.getCount() ?? 0) <= 0xffff ? Uint16Array.from(indices) : Uint32Array.from(indices);
  const accessor = document
    .createAccessor('', position?.getBuffer() ?? null)
    .setType('SCALAR')
    .setArray(narrow);
  primitive.setIndices(accessor).setMode(Primitive.Mode.TRIANGLES);
}

function dropPrimitive(mesh: Mesh, primitive: Primitive): void {
  mesh.removePrimitive(primitive);
  primitive.dispose();
  if (mesh.listPrimitives().length === 0) mesh.dispose();
}

/**
 * Leaves only lists of triangles: strips and fans are unrolled, what draws no triangle is taken out. The document must
 * hold at least one triangle. Mutates the document.
 */
export function unrollPrimitives(document: Document): Change[] {
  let unrolled = 0;
  let dropped = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const drawsTriangles = primitive.getAttribute('POSITION') !== null && triangleIndices(primitive).length > 0;
      if (!drawsTriangles) {
        dropPrimitive(mesh, primitive);
        dropped++;
      } else if (primitive.getMode() !== Primitive.Mode.TRIANGLES) {
        unroll(document, primitive);
        unrolled++;
      }
    }
  }
  const changes: Change[] = [];
  if (unrolled > 0)
    changes.push({ code: 'strips_unrolled', message: 'Strips and fans became lists of triangles.', count: unrolled });
  if (dropped > 0) {
    const message = 'Left out points, lines and empty parts: they draw no triangle.';
    changes.push({ code: 'not_triangles_dropped', message, count: dropped });
  }
  return changes;
}
