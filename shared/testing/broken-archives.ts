import type { ErrorCode } from '../errors.ts';
import type { BrokenFile } from './broken-file.ts';
import { editJson } from './edit-json.ts';
import { smallGlb, smallGltf } from './small-glb.ts';
import { smallPly } from './small-ply.ts';
import { smallZip } from './small-zip.ts';

const zip = (name: string, bytes: () => Uint8Array, code: ErrorCode): BrokenFile => [name, 'broken.zip', bytes, code];

const localSignature = 'PK\x03\x04';
const centralSignature = 'PK\x01\x02';

/** A ZIP of the small PLY, numbers of its first local header and its first central entry overwritten. */
function lying(local: (view: DataView, at: number) => void, central: (view: DataView, at: number) => void): Uint8Array {
  const bytes = smallZip({ 'model.ply': smallPly() });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (signature: string): number => Buffer.from(bytes).indexOf(signature, 0, 'latin1');
  local(view, at(localSignature));
  central(view, at(centralSignature));
  return bytes;
}

const lyingSize = (size: number): Uint8Array =>
  lying(
    (view, at) => view.setUint32(at + 22, size, true),
    (view, at) => view.setUint32(at + 24, size, true),
  );

const encrypted = (): Uint8Array =>
  lying(
    (view, at) => view.setUint16(at + 6, 1, true),
    (view, at) => view.setUint16(at + 8, 1, true),
  );

const unknownMethod = (): Uint8Array =>
  lying(
    (view, at) => view.setUint16(at + 8, 99, true),
    (view, at) => view.setUint16(at + 10, 99, true),
  );

function flippedByte(): Uint8Array {
  const bytes = smallZip({ 'model.ply': smallPly() }, 0);
  bytes[120] = bytes[120]! ^ 0xff;
  return bytes;
}

/** 64 MB of zeros deflate to about 64 KB: a thousand to one. */
const bomb = (): Uint8Array => smallZip({ 'model.ply': new Uint8Array(64 * 1024 * 1024) }, 9);

const many = (): Uint8Array => smallZip(Object.fromEntries(Array.from({ length: 513 }, (_, i) => [`${i}.txt`, 'x'])));

const gltfNaming = (uri: string): string =>
  JSON.stringify(editJson(smallGltf().json, { '/buffers/0/uri': uri, '/images/0': { bufferView: 4 } }));

/** Faults of ZIP archives. */
export const brokenArchives: readonly BrokenFile[] = [
  zip('a ZIP bomb', bomb, 'archive_bomb'),
  zip('a ZIP of 513 files', many, 'archive_bomb'),
  zip('a ZIP in a ZIP', () => smallZip({ 'inner.zip': smallZip({ 'model.glb': smallGlb() }) }), 'format_unknown'),
  zip('an empty ZIP', () => smallZip({}), 'format_unknown'),
  zip('a ZIP without a model', () => smallZip({ 'readme.txt': 'hello' }), 'format_unknown'),
  zip('a ZIP cut in its data', () => smallZip({ 'model.glb': smallGlb() }).slice(0, 200), 'file_truncated'),
  zip('a ZIP that lacks its end', () => smallZip({ 'model.glb': smallGlb() }).slice(0, -30), 'file_truncated'),
  zip('a ZIP of its magic alone', () => Buffer.from(localSignature, 'latin1'), 'file_truncated'),
  zip('a ZIP that climbs up the folders', () => smallZip({ '../model.glb': smallGlb() }), 'file_malformed'),
  zip('a ZIP that climbs up within a path', () => smallZip({ 'a/../../model.glb': smallGlb() }), 'file_malformed'),
  zip('a ZIP with an absolute path', () => smallZip({ '/etc/model.glb': smallGlb() }), 'file_malformed'),
  zip('a ZIP with a drive letter', () => smallZip({ 'C:\\model.glb': smallGlb() }), 'file_malformed'),
  zip('a ZIP that climbs with backslashes', () => smallZip({ '..\\model.glb': smallGlb() }), 'file_malformed'),
  zip('a ZIP whose file is longer than declared', () => lyingSize(10), 'archive_bomb'),
  zip('a ZIP whose file is shorter than declared', () => lyingSize(100_000), 'file_malformed'),
  zip('a ZIP that declares 4 GB', () => lyingSize(0xfffffff0), 'archive_bomb'),
  zip('a ZIP that is encrypted', encrypted, 'file_malformed'),
  zip('a ZIP of an unknown method', unknownMethod, 'format_unsupported'),
  zip('a ZIP with a changed byte', flippedByte, 'file_malformed'),
  zip('a ZIP with an empty model', () => smallZip({ 'model.glb': new Uint8Array(0) }), 'file_empty'),
  zip('a ZIP with an HTML page called GLB', () => smallZip({ 'model.glb': '<!doctype html><p>404' }), 'format_unknown'),
  zip(
    'a glTF whose buffer is not in the ZIP',
    () => smallZip({ 'scene.gltf': gltfNaming('missing.bin') }),
    'external_uri',
  ),
  zip('a glTF that climbs out of the ZIP', () => smallZip({ 'scene.gltf': gltfNaming('../mesh.bin') }), 'external_uri'),
  zip(
    'a glTF in a ZIP with a file: URI',
    () => smallZip({ 'scene.gltf': gltfNaming('file:///etc/passwd') }),
    'external_uri',
  ),
];
