import type { BrokenFile } from './broken-file.ts';
import { packGlb } from './pack-glb.ts';
import { smallGlb, smallGltf } from './small-glb.ts';

function patched(offset: number, value: number): Uint8Array {
  const bytes = smallGlb();
  new DataView(bytes.buffer).setUint32(offset, value, true);
  return bytes;
}

const text = (json: string): Uint8Array => packGlb(Buffer.from(json));

/** The small GLB’s JSON as text, one part of it replaced. */
const jsonWith = (from: string, to: string): Uint8Array => {
  const { json, bin } = smallGltf();
  const before = JSON.stringify(json);
  const after = before.replace(from, to);
  if (after === before) throw new Error(`There is no ${from} in the JSON.`);
  return packGlb(Buffer.from(after), bin);
};

/** Valid JSON, nested as deep as asked for. */
const nested = (depth: number): Uint8Array =>
  text(`{"asset":{"version":"2.0"},"extras":${'['.repeat(depth)}${']'.repeat(depth)}}`);

/** The GLB shortened, with a header that says the shortened length: only the last chunk is cut. */
function cutInChunk(): Uint8Array {
  const bytes = smallGlb().slice(0, -40);
  new DataView(bytes.buffer).setUint32(8, bytes.length, true);
  return bytes;
}

/** Faults of the GLB container and of JSON as text. */
export const brokenContainers: readonly BrokenFile[] = [
  ['an empty file', 'empty.glb', () => new Uint8Array(0), 'file_empty'],
  ['a GLB of its magic alone', 'a.glb', () => smallGlb().slice(0, 4), 'file_truncated', '/glb/header'],
  ['a GLB that ends in its header', 'a.glb', () => smallGlb().slice(0, 11), 'file_truncated', '/glb/header'],
  ['a GLB that ends in its JSON', 'a.glb', () => smallGlb().slice(0, 100), 'file_truncated', '/glb/length'],
  ['a GLB that lacks its last byte', 'a.glb', () => smallGlb().slice(0, -1), 'file_truncated', '/glb/length'],
  ['a GLB cut in its second chunk', 'a.glb', cutInChunk, 'file_truncated', '/glb/chunks/1'],
  ['a GLB with a wrong magic', 'a.glb', () => patched(0, 0x46546c68), 'format_unknown'],
  ['a GLB of version 1', 'a.glb', () => patched(4, 1), 'format_unsupported', '/glb/version'],
  ['a GLB that declares 2 GB', 'a.glb', () => patched(8, 0x80000000), 'file_truncated', '/glb/length'],
  ['a GLB that declares 12 bytes', 'a.glb', () => patched(8, 12), 'file_malformed', '/glb/chunks/0'],
  ['a JSON chunk that declares 4 GB', 'a.glb', () => patched(12, 0xffffffff), 'file_truncated', '/glb/chunks/0'],
  ['a GLB whose first chunk is not JSON', 'a.glb', () => patched(16, 0x004e4942), 'file_malformed', '/glb/chunks/0'],
  ['JSON that ends too early', 'a.glb', () => text('{"asset":{"version":"2.0"'), 'file_malformed', ''],
  ['an empty JSON chunk', 'a.glb', () => text(''), 'file_malformed', ''],
  ['JSON that is not UTF-8', 'a.glb', () => packGlb(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)), 'file_malformed', ''],
  ['JSON that is a list', 'a.glb', () => text('[]'), 'file_malformed', ''],
  ['JSON that is null', 'a.glb', () => text('null'), 'file_malformed', ''],
  ['JSON nested 10,000 deep', 'a.glb', () => nested(10_000), 'json_too_deep', ''],
  ['JSON nested 100,000 deep', 'a.glb', () => nested(100_000), 'json_too_deep', ''],
  [
    'JSON of brackets that never close',
    'a.gltf',
    () => Buffer.from(`{"asset":${'['.repeat(1e6)}`),
    'json_too_deep',
    '',
  ],
  [
    'a number past all doubles',
    'a.glb',
    () => jsonWith('"count":4', '"count":1e999'),
    'file_malformed',
    '/accessors/0/count',
  ],
  ['a glTF that is no JSON', 'a.gltf', () => Buffer.from('{"asset": oops}'), 'file_malformed', ''],
];
