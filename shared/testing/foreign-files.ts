import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '../errors.ts';
import type { BrokenFile } from './broken-file.ts';
import { smallPng } from './small-png.ts';
import { smallZip } from './small-zip.ts';

const foreign = (
  name: string,
  filename: string,
  content: string | (() => Uint8Array),
  code: ErrorCode = 'format_unknown',
): BrokenFile => [name, filename, typeof content === 'string' ? () => Buffer.from(content, 'latin1') : content, code];

const splat = (name: string, filename: string, content: string | (() => Uint8Array)): BrokenFile =>
  foreign(name, filename, content, 'format_unsupported');

const splatPly = [
  'ply',
  'format binary_little_endian 1.0',
  'element vertex 1',
  ...['x', 'y', 'z', 'f_dc_0', 'f_dc_1', 'f_dc_2', 'opacity', 'scale_0', 'rot_0'].map(
    (name) => `property float ${name}`,
  ),
  'end_header',
  '\0'.repeat(36),
].join('\n');

/** 80 free bytes, one facet of 50 bytes. */
const binaryStl = (): Uint8Array => {
  const bytes = new Uint8Array(134);
  bytes[80] = 1;
  return bytes;
};

const textStl =
  'solid cube\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n';

const page = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>';

/** Files of other kinds, splats among them. */
export const foreignFiles: readonly BrokenFile[] = [
  splat('a Gaussian splat in PLY', 'splat.ply', splatPly),
  splat('a Gaussian splat in gzipped SPZ', 'splat.spz', () => gzipSync(Buffer.from('NGSP\x02\0\0\0', 'latin1'))),
  splat('a Gaussian splat in SPZ with Zstandard', 'splat.spz', '\x28\xb5\x2f\xfd\x24\0\0\0'),
  splat('a Gaussian splat in bare SPZ', 'splat.spz', 'NGSP\x04\0\0\0\0\0\0\0'),
  splat('a Gaussian splat in .splat', 'scene.splat', () => new Uint8Array(64)),
  foreign('an HTML page called GLB', 'model.glb', page),
  foreign('an HTML page behind blanks', 'model.glb', `\n\n  ${page}`),
  foreign('an XML error called GLB', 'model.glb', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
  foreign('a binary FBX', 'model.fbx', 'Kaydara FBX Binary  \0\x1a\0'),
  foreign('a text FBX', 'model.fbx', '; FBX 7.4.0 project file\n'),
  foreign('a binary STL', 'model.stl', binaryStl),
  foreign('a text STL', 'model.stl', textStl),
  foreign('a USDZ', 'model.usdz', () => smallZip({ 'model.usdc': 'PXR-USDC' }, 0)),
  foreign('a USDA', 'model.usda', '#usda 1.0\n'),
  foreign('a Blender file', 'model.blend', 'BLENDER-v300'),
  foreign('a COLLADA file', 'model.dae', '<?xml version="1.0"?><COLLADA version="1.4.1"></COLLADA>'),
  foreign('a PNG', 'picture.png', () => smallPng()),
  foreign('a JPEG', 'picture.jpg', '\xff\xd8\xff\xe0\0\x10JFIF\0'),
  foreign('a PDF', 'model.pdf', '%PDF-1.7\n'),
  foreign('JSON that is no glTF', 'data.json', '{"hello": "world"}'),
  foreign('plain text', 'model.obj', 'It was the best of times, it was the worst of times.\n'),
  foreign('zeros', 'model.glb', () => new Uint8Array(1000)),
  foreign('one byte', 'model.glb', 'g'),
];
