import { AtlasError } from '../../errors.ts';
import { dracoName } from './gltf-io.ts';
import type { GltfJson } from './gltf-json.ts';
import type { Resources } from './resolve-resources.ts';
import type { SourceLimits } from './source-limits.ts';
import { viewBytes } from './view-bytes.ts';

const headerBytes = 11;
const metadataFlag = 0x8000;
const sequential = 0;

/** Reads bytes and LEB128 numbers one after another; past the end it yields NaN. */
class Cursor {
  private readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) this.at = Number.NaN;
    return byte ?? Number.NaN;
  }

  get ended(): boolean {
    return Number.isNaN(this.at);
  }

  skip(count: number): void {
    this.at += count;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      if (Number.isNaN(byte) || scale > 2 ** 35) return Number.NaN;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }
}

/** Passes over one element of metadata with its children (bitstream specification, section 4.1), without recursion. */
function skipMetadata(cursor: Cursor): void {
  for (let left = 1; left > 0; left--) {
    for (let entries = cursor.varint(); entries > 0 && !cursor.ended; entries--) {
      cursor.skip(cursor.byte());
      cursor.skip(cursor.varint());
    }
    const children = cursor.varint();
    // Each child is preceded by its name, which is read as soon as it comes up.
    if (Number.isNaN(children)) return;
    left += children;
    if (left > 1) cursor.skip(cursor.byte());
  }
}

/**
 * Vertices and faces that a Draco stream says it holds, from its header alone (Draco bitstream specification 2.2,
 * sections 2–4). NaN where the stream ends too early; undefined when it is no mesh of version 2.2.
 */
export function dracoCounts(bytes: Uint8Array): { vertices: number; faces: number } | undefined {
  const isMesh =
    new TextDecoder().decode(bytes.subarray(0, 5)) === 'DRACO' && bytes[5] === 2 && bytes[6] === 2 && bytes[7] === 1;
  if (!isMesh || bytes.length < headerBytes) return undefined;
  const cursor = new Cursor(bytes, headerBytes);
  const flags = (bytes[9] ?? 0) | ((bytes[10] ?? 0) << 8);
  if (flags & metadataFlag) {
    for (let attributes = cursor.varint(); attributes > 0 && !cursor.ended; attributes--) {
      cursor.varint();
      skipMetadata(cursor);
    }
    skipMetadata(cursor);
  }
  if (bytes[8] !== sequential) {
    cursor.byte();
    return { vertices: cursor.varint(), faces: cursor.varint() };
  }
  const faces = cursor.varint();
  return { vertices: cursor.varint(), faces };
}

/** The compressed views in use, once for each primitive: the library unpacks the attributes of each by itself. */
function compressedViews(json: GltfJson): (readonly [bufferView: number, pointer: string])[] {
  const views: (readonly [number, string])[] = [];
  for (const [m, mesh] of (json.meshes ?? []).entries()) {
    for (const [p, primitive] of mesh.primitives.entries()) {
      const extension = primitive.extensions?.[dracoName];
      if (typeof extension !== 'object' || extension === null || !('bufferView' in extension)) continue;
      views.push([extension.bufferView as number, `/meshes/${m}/primitives/${p}/extensions/${dracoName}`]);
    }
  }
  return views;
}

/**
 * Holds what Draco streams declare against the limits, before the decoder allocates for it.
 * @throws file_malformed, count_over_limit
 */
export function checkDraco(json: GltfJson, resources: Resources, limits: SourceLimits): void {
  const total = { vertices: 0, faces: 0 };
  for (const [index, pointer] of compressedViews(json)) {
    const counts = dracoCounts(viewBytes(json, index, resources));
    if (!counts || Number.isNaN(counts.vertices) || Number.isNaN(counts.faces)) {
      throw new AtlasError('file_malformed', 'The compressed data are no Draco mesh of bitstream 2.2.', { pointer });
    }
    total.vertices += counts.vertices;
    total.faces += counts.faces;
    if (total.vertices > limits.vertices || total.faces > limits.triangles) {
      throw new AtlasError(
        'count_over_limit',
        `Draco data declare ${total.vertices} vertices and ${total.faces} triangles; the limits are ${limits.vertices} and ${limits.triangles}.`,
        { pointer },
      );
    }
  }
}
