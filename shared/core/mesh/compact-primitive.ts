import type { Accessor, Document, Primitive, TypedArray } from '@gltf-transform/core';
import type { MeshoptEncoder } from 'meshoptimizer';

const unused = 0xffffffff;

function compacted(document: Document, source: Accessor, remap: Uint32Array, count: number): Accessor {
  const size = source.getElementSize();
  const from = source.getArray() as TypedArray;
  const to = new (from.constructor as new (length: number) => TypedArray)(count * size);
  for (let v = 0; v < remap.length; v++) {
    const at = remap[v] as number;
    if (at === unused) continue;
    for (let c = 0; c < size; c++) to[at * size + c] = from[v * size + c] as number;
  }
  return document
    .createAccessor(source.getName(), source.getBuffer())
    .setType(source.getType())
    .setNormalized(source.getNormalized())
    .setArray(to);
}

function disposeIfUnused(accessor: Accessor | null): void {
  if (accessor?.listParents().every((parent) => parent.propertyType === 'Root')) accessor.dispose();
}

/**
 * Gives a primitive new triangles over its own vertices: drops the vertices that are no longer used and orders the rest
 * for the vertex cache and for fetching (meshoptimizer; smallest size first). `indices` is taken over. Morph targets and
 * skin attributes follow. Accessors that other primitives share are left to them.
 */
export function compactPrimitive(
  document: Document,
  primitive: Primitive,
  indices: Uint32Array,
  encoder: typeof MeshoptEncoder,
): void {
  const [remap, count] = encoder.reorderMesh(indices, true, true);
  const old = primitive.getIndices();
  const buffer = old?.getBuffer() ?? primitive.getAttribute('POSITION')?.getBuffer() ?? null;
  const narrow = count <= 0xffff ? Uint16Array.from(indices) : Uint32Array.from(indices);
  primitive.setIndices(document.createAccessor('', buffer).setType('SCALAR').setArray(narrow));
  disposeIfUnused(old);
  const done = new Map<Accessor, Accessor>();
  for (const holder of [primitive, ...primitive.listTargets()]) {
    for (const semantic of holder.listSemantics()) {
      const source = holder.getAttribute(semantic) as Accessor;
      const result = done.get(source) ?? compacted(document, source, remap, count);
      done.set(source, result);
      holder.setAttribute(semantic, result);
    }
  }
  for (const source of done.keys()) disposeIfUnused(source);
}
