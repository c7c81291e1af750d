import type { ErrorCode } from '../errors.ts';
import type { BrokenFile } from './broken-file.ts';
import { smallPly } from './small-ply.ts';

const obj = (name: string, text: string, code: ErrorCode): BrokenFile => [
  name,
  'broken.obj',
  () => Buffer.from(text),
  code,
];

const ply = (name: string, bytes: () => Uint8Array, code: ErrorCode): BrokenFile => [name, 'broken.ply', bytes, code];

const square = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n';

const objFiles = [
  obj('an OBJ whose face names vertex 5 of 4', `${square}f 1 2 5\n`, 'index_out_of_range'),
  obj('an OBJ whose face names vertex 0', `${square}f 0 1 2\n`, 'index_out_of_range'),
  obj('an OBJ whose face counts back too far', `${square}f -1 -2 -5\n`, 'index_out_of_range'),
  obj('an OBJ whose face names a missing normal', `${square}f 1//1 2//1 3//1\n`, 'index_out_of_range'),
  obj('an OBJ whose face names a missing texture coordinate', `${square}f 1/1 2/1 3/1\n`, 'index_out_of_range'),
  obj('an OBJ whose face names vertex 2³¹', `${square}f 1 2 2147483648\n`, 'index_out_of_range'),
  obj('an OBJ whose face names vertex 10³⁰', `${square}f 1 2 1${'0'.repeat(30)}\n`, 'index_out_of_range'),
  obj('an OBJ with a number of 100,000 digits', `${square}v ${'1'.repeat(100_000)} 0 0\nf 1 2 3\n`, 'file_malformed'),
  obj('an OBJ with a coordinate of nan', `${square}v nan 0 0\nf 1 2 5\n`, 'position_not_finite'),
  obj('an OBJ with an infinite coordinate', `${square}v 1e999 0 0\nf 1 2 5\n`, 'position_not_finite'),
  obj('an OBJ with a coordinate that overflows a float', `${square}v 1e39 0 0\nf 1 2 5\n`, 'position_not_finite'),
  obj('an OBJ with a coordinate that is a word', `${square}v one 0 0\nf 1 2 5\n`, 'file_malformed'),
  obj('an OBJ with a vertex of two numbers', `${square}v 1 2\nf 1 2 5\n`, 'file_malformed'),
  obj('an OBJ of points only', square, 'no_triangles'),
  obj('an OBJ of lines only', `${square}l 1 2\n`, 'no_triangles'),
  obj('an OBJ whose faces have two corners', `${square}f 1 2\n`, 'no_triangles'),
];

const header = (from: string, to: string) => () =>
  smallPly('binary_little_endian', (text) => {
    if (!text.includes(from)) throw new Error(`There is no ${from} in the header.`);
    return text.replace(from, to);
  });

/** The little-endian square, one of its bytes changed; the body starts behind `end_header`. */
const body = (offset: number, change: (view: DataView, at: number) => void) => () => {
  const bytes = smallPly('binary_little_endian');
  const start = Buffer.from(bytes).indexOf('end_header\n') + 'end_header\n'.length;
  change(new DataView(bytes.buffer), start + offset);
  return bytes;
};

const firstFace = 4 * 15;

const plyFiles = [
  ply('a PLY of its magic alone', () => Buffer.from('ply\n'), 'file_truncated'),
  ply('a PLY header without an end', () => smallPly().slice(0, 120), 'file_truncated'),
  ply('a PLY of an unknown encoding', header('binary_little_endian', 'binary_middle_endian'), 'file_malformed'),
  ply('a PLY property of an unknown type', header('property float x', 'property half x'), 'file_malformed'),
  ply('a PLY count that is text', header('element vertex 4', 'element vertex four'), 'file_malformed'),
  ply('a PLY count below zero', header('element vertex 4', 'element vertex -4'), 'file_malformed'),
  ply('a PLY of 4 billion vertices', header('element vertex 4', 'element vertex 4294967295'), 'count_over_limit'),
  ply('a PLY of 4 billion faces', header('element face 2', 'element face 4294967295'), 'count_over_limit'),
  ply('a PLY without coordinates', header('property float z', 'property float w'), 'file_malformed'),
  ply('a binary PLY that lacks its last byte', () => smallPly('binary_little_endian').slice(0, -1), 'file_truncated'),
  ply('a binary PLY that ends in its vertices', header('element vertex 4', 'element vertex 4000'), 'file_truncated'),
  ply('a text PLY that lacks its last line', () => smallPly().slice(0, -9), 'file_truncated'),
  ply(
    'a text PLY with a word for a number',
    () => Buffer.from(Buffer.from(smallPly()).toString().replace('1 1 0 0', '1 up 0 0')),
    'file_malformed',
  ),
  ply(
    'a PLY face of 255 corners that are not there',
    body(firstFace, (view, at) => view.setUint8(at, 255)),
    'file_truncated',
  ),
  ply('a PLY face of 4 billion corners', header('list uchar int', 'list uint int'), 'file_truncated'),
  ply(
    'a text PLY of 60 million vertices',
    () => smallPly('ascii', (text) => text.replace('element vertex 4', 'element vertex 60000000')),
    'file_truncated',
  ),
  ply(
    'a text PLY of 10³⁰ vertices',
    () => smallPly('ascii', (text) => text.replace('element vertex 4', `element vertex 1${'0'.repeat(30)}`)),
    'file_malformed',
  ),
  ply(
    'a text PLY face of a billion corners',
    () => Buffer.from(Buffer.from(smallPly()).toString().replace('3 0 1 2', '1000000000 0 1 2')),
    'file_truncated',
  ),
  ply(
    'a text PLY face of half a corner',
    () => Buffer.from(Buffer.from(smallPly()).toString().replace('3 0 1 2', '2.5 0 1 2')),
    'file_malformed',
  ),
  ply(
    'a PLY face that names vertex 4 of 4',
    body(firstFace + 1, (view, at) => view.setInt32(at, 4, true)),
    'index_out_of_range',
  ),
  ply(
    'a PLY face that names vertex -1',
    body(firstFace + 1, (view, at) => view.setInt32(at, -1, true)),
    'index_out_of_range',
  ),
  ply(
    'a PLY coordinate that is NaN',
    body(15, (view, at) => view.setFloat32(at, Number.NaN, true)),
    'position_not_finite',
  ),
  ply(
    'a PLY coordinate that is infinite',
    body(0, (view, at) => view.setFloat32(at, Number.POSITIVE_INFINITY, true)),
    'position_not_finite',
  ),
  ply(
    'a PLY of points only',
    () => smallPly('ascii', (text) => text.replace('element face 2', 'element face 0')),
    'no_triangles',
  ),
  ply(
    'a PLY of faces with two corners',
    () => Buffer.from(Buffer.from(smallPly()).toString().replace('3 0 1 2', '2 0 1').replace('3 0 2 3', '2 0 2')),
    'no_triangles',
  ),
];

/** Faults of OBJ and PLY. */
export const brokenMeshFiles: readonly BrokenFile[] = [...objFiles, ...plyFiles];
