import type { GLTF } from '@gltf-transform/core';

const headerBytes = 20;
const jsonChunk = 0x4e4f534a;

/** The JSON part of a GLB as it stands in the file (glTF 2.0 section 4.4). Undefined when there is none to be read. */
export function glbJson(glb: Uint8Array): GLTF.IGLTF | undefined {
  const view = new DataView(glb.buffer, glb.byteOffset, glb.byteLength);
  if (glb.byteLength < headerBytes || view.getUint32(16, true) !== jsonChunk) return undefined;
  const end = headerBytes + view.getUint32(12, true);
  try {
    return JSON.parse(new TextDecoder().decode(glb.subarray(headerBytes, end))) as GLTF.IGLTF;
  } catch {
    return undefined;
  }
}
