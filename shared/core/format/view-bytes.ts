import { GLB_BUFFER } from '@gltf-transform/core';
import type { GltfJson } from './gltf-json.ts';
import type { Resources } from './resolve-resources.ts';

/** The bytes of a buffer view as they stand in the file, without a copy; empty when there are none. */
export function viewBytes(json: GltfJson, bufferView: number, resources: Resources): Uint8Array {
  const view = json.bufferViews?.[bufferView];
  const data = view && resources[json.buffers?.[view.buffer]?.uri ?? GLB_BUFFER];
  const start = view?.byteOffset ?? 0;
  return data?.subarray(start, start + (view?.byteLength ?? 0)) ?? new Uint8Array(0);
}
