import { AtlasError } from '../../errors.ts';
import type { GltfJson } from './gltf-json.ts';
import { meshoptOf } from './meshopt-extension.ts';
import type { Resources } from './resolve-resources.ts';
import { viewBytes } from './view-bytes.ts';

const readers: Record<number, readonly [bytes: number, read: (view: DataView, at: number) => number]> = {
  5121: [1, (view, at) => view.getUint8(at)],
  5123: [2, (view, at) => view.getUint16(at, true)],
  5125: [4, (view, at) => view.getUint32(at, true)],
};

/**
 * Sees to it that sparse accessors replace only elements that they have (glTF 2.0 section 3.6.2.3). Ranges must have been
 * checked before. Writes out the byte offsets that a file leaves to their default, because the library takes those of
 * the accessor for them. Mutates `json`.
 * @throws accessor_out_of_bounds
 */
export function checkSparse(json: GltfJson, resources: Resources): void {
  for (const [i, { sparse, count }] of (json.accessors ?? []).entries()) {
    if (!sparse) continue;
    sparse.indices.byteOffset ??= 0;
    sparse.values.byteOffset ??= 0;
    const view = json.bufferViews?.[sparse.indices.bufferView];
    if (!view || meshoptOf(view)) continue;
    const bytes = viewBytes(json, sparse.indices.bufferView, resources);
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [size, read] = readers[sparse.indices.componentType] as (typeof readers)[number];
    const stride = view.byteStride ?? size;
    for (let k = 0; k < sparse.count; k++) {
      const index = read(data, sparse.indices.byteOffset + k * stride);
      if (index < count) continue;
      throw new AtlasError('accessor_out_of_bounds', `Sparse index ${k} is ${index}; there are ${count} elements.`, {
        pointer: `/accessors/${i}/sparse/indices`,
      });
    }
  }
}
