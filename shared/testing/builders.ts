import { zipSync } from 'fflate';

/** glTF JSON that a test may bend in any way. */
// biome-ignore lint/suspicious/noExplicitAny: tests write what no type allows
export type LooseGltf = any;

const align = (length: number): number => Math.ceil(length / 4) * 4;

/** What a GLB’s header says, where it is to differ from the truth. */
export interface GlbLies {
  readonly magic?: number;
  readonly version?: number;
  readonly length?: number;
  readonly jsonLength?: number;
  readonly jsonType?: number;
}

/** A GLB of any JSON and binary chunk. JSON may be given as text, to be wrong in its own way. */
export function glbBytes(json: LooseGltf, bin?: Uint8Array, lies: GlbLies = {}): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
  const jsonBytes = align(text.length);
  const binBytes = bin ? 8 + align(bin.length) : 0;
  const file = new Uint8Array(20 + jsonBytes + binBytes);
  const view = new DataView(file.buffer);
  view.setUint32(0, lies.magic ?? 0x46546c67, true);
  view.setUint32(4, lies.version ?? 2, true);
  view.setUint32(8, lies.length ?? file.length, true);
  view.setUint32(12, lies.jsonLength ?? jsonBytes, true);
  view.setUint32(16, lies.jsonType ?? 0x4e4f534a, true);
  file.fill(0x20, 20, 20 + jsonBytes);
  file.set(text, 20);
  if (bin) {
    view.setUint32(20 + jsonBytes, align(bin.length), true);
    view.setUint32(24 + jsonBytes, 0x004e4942, true);
    file.set(bin, 28 + jsonBytes);
  }
  return file;
}

/** Bytes of several arrays, one behind the other. */
export function concatBytes(...parts: readonly ArrayBufferView[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}

/**
 * One valid triangle in the xy plane, facing +Z: accessor 0 holds positions, accessor 1 indices. `bin` is 44 bytes.
 * Fresh objects at each call, so that a test may change them.
 */
export function triangleGltf(): { json: LooseGltf; bin: Uint8Array<ArrayBuffer> } {
  const positions = new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0]);
  const indices = new Uint16Array([0, 1, 2, 0]);
  return {
    bin: concatBytes(positions, indices),
    json: {
      asset: { version: '2.0' },
      scene: 0,
      scenes: [{ nodes: [0] }],
      nodes: [{ mesh: 0 }],
      meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, material: 0 }] }],
      materials: [{ pbrMetallicRoughness: { metallicFactor: 0 } }],
      accessors: [
        { bufferView: 0, componentType: 5126, count: 3, type: 'VEC3', min: [0, 0, 0], max: [1, 1, 0] },
        { bufferView: 1, componentType: 5123, count: 3, type: 'SCALAR' },
      ],
      bufferViews: [
        { buffer: 0, byteOffset: 0, byteLength: 36 },
        { buffer: 0, byteOffset: 36, byteLength: 6 },
      ],
      buffers: [{ byteLength: 44 }],
    },
  };
}

/** The triangle of `triangleGltf` as a GLB, after `change` has had its way with it. */
export function triangleGlb(
  change: (json: LooseGltf, bin: Uint8Array) => void = () => undefined,
): Uint8Array<ArrayBuffer> {
  const { json, bin } = triangleGltf();
  change(json, bin);
  return glbBytes(json, bin);
}

/** A header of a PNG of any size; no pixels. */
export function pngHeader(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([8, 2, 0, 0, 0], 24);
  return bytes;
}

/** A whole PNG of one pixel, RGBA. */
export const onePixelPng: Uint8Array<ArrayBuffer> = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
    'base64',
  ),
);

/** A ZIP of files by name; text becomes UTF-8. */
export function zipBytes(files: Readonly<Record<string, Uint8Array | string>>): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? new TextEncoder().encode(content) : content,
  ]);
  return new Uint8Array(zipSync(Object.fromEntries(entries)));
}
