import { editJson, type JsonEdits } from './edit-json.ts';
import { packGlb } from './pack-glb.ts';
import { smallPng } from './small-png.ts';

const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0);
const normals = Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1);
const uvs = Float32Array.of(0, 1, 1, 1, 1, 0, 0, 0);
const corners = Uint16Array.of(0, 1, 2, 0, 2, 3);

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/**
 * A square of two triangles, one metre wide, with a texture: glTF JSON and the data behind it. Accessors 0–3 are
 * POSITION, NORMAL, TEXCOORD_0 and the indices, buffer view 4 is the PNG.
 */
export function smallGltf(image: Uint8Array = smallPng()): { json: object; bin: Uint8Array } {
  const parts = [positions, normals, uvs, corners].map(bytesOf).concat(image);
  let byteOffset = 0;
  const bufferViews = parts.map((part, i) => {
    const view = { buffer: 0, byteOffset, byteLength: part.length, ...(i < 4 && { target: i < 3 ? 34962 : 34963 }) };
    byteOffset += part.length;
    return view;
  });
  const json = {
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ name: 'square', mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0, NORMAL: 1, TEXCOORD_0: 2 }, indices: 3, material: 0 }] }],
    materials: [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 }, metallicFactor: 0, roughnessFactor: 0.9 } }],
    textures: [{ source: 0, sampler: 0 }],
    samplers: [{ wrapS: 10497, wrapT: 10497 }],
    images: [{ bufferView: 4, mimeType: 'image/png' }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 4, type: 'VEC3', min: [0, 0, 0], max: [1, 1, 0] },
      { bufferView: 1, componentType: 5126, count: 4, type: 'VEC3' },
      { bufferView: 2, componentType: 5126, count: 4, type: 'VEC2' },
      { bufferView: 3, componentType: 5123, count: 6, type: 'SCALAR' },
    ],
    bufferViews,
    buffers: [{ byteLength: byteOffset }],
  };
  return { json, bin: Buffer.concat(parts) };
}

/** The square as a GLB; `edits` change its JSON by pointer, `patch` its binary data in place. */
export function smallGlb(
  options: { edits?: JsonEdits; patch?: (bin: DataView) => void; image?: Uint8Array } = {},
): Uint8Array {
  const { json, bin } = smallGltf(options.image);
  const data = Uint8Array.from(bin);
  options.patch?.(new DataView(data.buffer));
  return packGlb(editJson(json, options.edits ?? {}), data);
}
