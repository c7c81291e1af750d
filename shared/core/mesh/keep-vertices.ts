import type { Accessor, Document, Primitive, TypedArray } from '@gltf-transform/core';

/** Takes some elements of an accessor, in the order given, into a new one. */
function pick(document: Document, source: Accessor, kept: Uint32Array): Accessor {
  const size = source.getElementSize();
  const from = source.getArray() as TypedArray;
  const to = new (from.constructor as new (length: number) => TypedArray)(kept.length * size);
  for (let v = 0, at = 0; v < kept.length; v++) {
    const first = (kept[v] as number) * size;
    for (let c = 0; c < size; c++) to[at++] = from[first + c] as number;
  }
  return document
    .createAccessor(source.getName(), source.getBuffer())
    .setType(source.getType())
    .setNormalized(source.getNormalized())
    .setExtras(source.getExtras())
    .setArray(to);
}

function disposeIfUnused(accessor: Accessor | null): void {
  if (accessor?.listParents().every((parent) => parent.propertyType === 'Root')) accessor.dispose();
}

/**
 * Gives a primitive the vertices `kept`, in that order, and `indices` into them, `[triangles × 3]`. Morph targets follow.
 * Accessors that others share are left to them. Mutates the document.
 */
export function keepVertices(document: Document, primitive: Primitive, kept: Uint32Array, indices: Uint32Array): void {
  const old = primitive.getIndices();
  const buffer = old?.getBuffer() ?? primitive.getAttribute('POSITION')?.getBuffer() ?? null;
  const narrow = kept.length <= 0xffff ? Uint16Array.from(indices) : Uint32Array.from(indices);
  const name = old?.getName() ?? '';
  primitive.setIndices(document.createAccessor(name, buffer).setType('SCALAR').setArray(narrow));
  disposeIfUnused(old);
  const done = new Map<Accessor, Accessor>();
  for (const holder of [primitive, ...primitive.listTargets()]) {
    for (const semantic of holder.listSemantics()) {
      const source = holder.getAttribute(semantic) as Accessor;
      const result = done.get(source) ?? pick(document, source, kept);
      done.set(source, result);
      holder.setAttribute(semantic, result);
    }
  }
  for (const source of done.keys()) disposeIfUnused(source);
}
