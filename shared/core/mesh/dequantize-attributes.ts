import type { Accessor, Document } from '@gltf-transform/core';
import { readFloats } from './read-floats.ts';

/** Compression that the master does without: it is made for work, not for delivery. */
const packing = new Set(['EXT_meshopt_compression', 'KHR_draco_mesh_compression', 'KHR_mesh_quantization']);

/** Semantics whose small types are plain glTF 2.0 and exact: they stay. */
const staysSmall = /^(COLOR|JOINTS|WEIGHTS|_)/;

/**
 * Turns quantised positions, normals, tangents and texture coordinates into 32-bit floats and takes the extensions that
 * pack geometry off the document. Colours, joints and weights keep their types. Mutates the document.
 */
export function dequantizeAttributes(document: Document): void {
  const root = document.getRoot();
  const holders = root
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives().flatMap((primitive) => [primitive, ...primitive.listTargets()]));
  for (const holder of holders) {
    for (const semantic of holder.listSemantics()) {
      const accessor = holder.getAttribute(semantic) as Accessor;
      if (staysSmall.test(semantic) || accessor.getArray() instanceof Float32Array) continue;
      accessor.setArray(readFloats(accessor) as Float32Array<ArrayBuffer>).setNormalized(false);
    }
  }
  for (const accessor of root.listAccessors()) accessor.setSparse(false);
  for (const extension of root.listExtensionsUsed()) if (packing.has(extension.extensionName)) extension.dispose();
}
