import type { ErrorCode } from '../errors.ts';
import type { BrokenFile } from './broken-file.ts';
import type { JsonEdits } from './edit-json.ts';
import { smallGlb } from './small-glb.ts';
import { smallPng } from './small-png.ts';

const glb = (name: string, edits: JsonEdits, code: ErrorCode, pointer: string): BrokenFile => [
  name,
  'edited.glb',
  () => smallGlb({ edits }),
  code,
  pointer,
];

const data = (name: string, patch: (bin: DataView) => void, code: ErrorCode, pointer: string): BrokenFile => [
  name,
  'patched.glb',
  () => smallGlb({ patch }),
  code,
  pointer,
];

const withImage = (name: string, image: () => Uint8Array, code: ErrorCode): BrokenFile => [
  name,
  'image.glb',
  () => smallGlb({ image: image() }),
  code,
  '/images/0',
];

/** A sparse overlay on POSITION: its indices are the first bytes of the indices’ view, its values those of the normals’. */
const sparse = (edits: JsonEdits = {}): JsonEdits => ({
  '/accessors/0/sparse': {
    count: 2,
    indices: { bufferView: 3, componentType: 5123 },
    values: { bufferView: 1 },
  },
  ...edits,
});

/** 2,000 accessors over the same 48 MB that are not there: each alone is under the limit, together they are 96 GB. */
const manyAccessors = {
  '/accessors/0': { componentType: 5126, count: 4_000_000, type: 'VEC3' },
  ...Object.fromEntries(
    Array.from({ length: 2000 }, (_, i) => [
      `/accessors/${i + 4}`,
      { componentType: 5126, count: 4_000_000, type: 'VEC3' },
    ]),
  ),
};

const ranges = [
  glb(
    'an accessor of 4 billion vertices',
    { '/accessors/0/count': 4_294_967_295 },
    'count_over_limit',
    '/accessors/0/count',
  ),
  glb(
    'an accessor of 60 million zeros',
    { '/accessors/0': { componentType: 5126, count: 60_000_001, type: 'VEC3' } },
    'count_over_limit',
    '/accessors/0/count',
  ),
  glb('accessors that decode to 96 GB', manyAccessors, 'count_over_limit', '/accessors/25/count'),
  glb('an accessor one element too long', { '/accessors/0/count': 5 }, 'accessor_out_of_bounds', '/accessors/0/count'),
  glb(
    'an accessor that starts too late',
    { '/accessors/0/byteOffset': 4 },
    'accessor_out_of_bounds',
    '/accessors/0/count',
  ),
  glb(
    'a stride that leads outside',
    { '/bufferViews/0/byteStride': 16 },
    'accessor_out_of_bounds',
    '/accessors/0/count',
  ),
  glb('a stride below the element', { '/bufferViews/0/byteStride': 4 }, 'file_malformed', '/bufferViews/0/byteStride'),
  glb(
    'a view one byte too long',
    { '/bufferViews/4/byteLength': 100_000 },
    'accessor_out_of_bounds',
    '/bufferViews/4/byteLength',
  ),
  glb(
    'a view past 2⁵³',
    { '/bufferViews/0/byteOffset': 2 ** 53 - 1 },
    'accessor_out_of_bounds',
    '/bufferViews/0/byteLength',
  ),
  glb('a buffer longer than its data', { '/buffers/0/byteLength': 5000 }, 'file_truncated', '/buffers/0/byteLength'),
  glb(
    'an offset between components',
    { '/accessors/3/byteOffset': 1, '/accessors/3/count': 5 },
    'file_malformed',
    '/accessors/3/byteOffset',
  ),
  glb(
    'more sparse values than elements',
    sparse({ '/accessors/0/sparse/count': 5 }),
    'accessor_out_of_bounds',
    '/accessors/0/sparse/count',
  ),
  glb(
    'sparse indices outside their view',
    sparse({ '/accessors/0/sparse/indices/byteOffset': 10 }),
    'accessor_out_of_bounds',
    '/accessors/0/sparse/count',
  ),
  glb(
    'sparse values outside their view',
    sparse({ '/accessors/0/sparse/values/byteOffset': 40 }),
    'accessor_out_of_bounds',
    '/accessors/0/sparse/count',
  ),
  glb(
    'sparse indices of a missing view',
    sparse({ '/accessors/0/sparse/indices/bufferView': 9 }),
    'file_malformed',
    '/accessors/0/sparse/indices/bufferView',
  ),
  glb(
    'sparse indices that are floats',
    sparse({ '/accessors/0/sparse/indices/componentType': 5126 }),
    'file_malformed',
    '/accessors/0/sparse/indices/componentType',
  ),
  glb(
    'sparse indices past the elements',
    sparse({
      '/accessors/0/sparse/count': 3,
      '/accessors/0/sparse/indices/byteOffset': 0,
      '/accessors/0/count': 2,
      '/accessors/1/count': 2,
      '/accessors/2/count': 2,
    }),
    'accessor_out_of_bounds',
    '/accessors/0/sparse/count',
  ),
];

const sparsePastEnd: BrokenFile = [
  'a sparse index past the elements',
  'patched.glb',
  () =>
    smallGlb({
      edits: sparse({ '/accessors/0/sparse/count': 1, '/accessors/0/sparse/indices/byteOffset': 10 }),
      patch: (bin) => bin.setUint16(128 + 10, 4, true),
    }),
  'accessor_out_of_bounds',
  '/accessors/0/sparse/indices',
];

const geometry = [
  data('a position that is NaN', (bin) => bin.setFloat32(16, Number.NaN, true), 'position_not_finite', '/accessors/0'),
  data(
    'a position that is infinite',
    (bin) => bin.setFloat32(44, Number.NEGATIVE_INFINITY, true),
    'position_not_finite',
    '/accessors/0',
  ),
  data(
    'an index one past the vertices',
    (bin) => bin.setUint16(128 + 4, 4, true),
    'index_out_of_range',
    '/accessors/3',
  ),
  data('an index of 65,535', (bin) => bin.setUint16(128 + 10, 0xffff, true), 'index_out_of_range', '/accessors/3'),
  glb('indices that are floats', { '/meshes/0/primitives/0/indices': 0 }, 'file_malformed', '/accessors/0'),
  glb(
    'fewer normals than positions',
    { '/accessors/1/count': 3 },
    'file_malformed',
    '/meshes/0/primitives/0/attributes/NORMAL',
  ),
  glb(
    'positions of two numbers',
    { '/accessors/0/type': 'VEC2' },
    'file_malformed',
    '/meshes/0/primitives/0/attributes/POSITION',
  ),
];

const images = [
  withImage('an image of 30,000 × 30,000', () => smallPng({ declared: [30_000, 30_000] }), 'image_too_large'),
  withImage('an image of 16,385 × 1', () => smallPng({ declared: [16_385, 1] }), 'image_too_large'),
  withImage('an image of no width', () => smallPng({ declared: [0, 4] }), 'image_malformed'),
  withImage('an image of noise', () => Uint8Array.from({ length: 64 }, (_, i) => (i * 97) % 256), 'image_malformed'),
  withImage('an image cut in half', () => smallPng({ sizePx: 64 }).slice(0, 60), 'image_malformed'),
  withImage('an image with fewer rows than it says', () => smallPng({ declared: [64, 64] }), 'image_malformed'),
  withImage(
    'an SVG that reads a file',
    () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
    'image_malformed',
  ),
  glb(
    '129 images',
    { '/images': Array(129).fill({ bufferView: 4, mimeType: 'image/png' }) },
    'count_over_limit',
    '/images',
  ),
];

const dracoPrimitive = '/meshes/0/primitives/0/extensions/KHR_draco_mesh_compression';
const draco = (bufferView: number): JsonEdits => ({
  '/extensionsUsed': ['KHR_draco_mesh_compression'],
  '/extensionsRequired': ['KHR_draco_mesh_compression'],
  [dracoPrimitive]: { bufferView, attributes: { POSITION: 0 } },
});

/** A Draco stream (bitstream 2.2) that says how much it holds, and holds nothing. Numbers are LEB128. */
const dracoHeader = (vertices: readonly number[], faces: readonly number[]): Uint8Array =>
  Uint8Array.of(...Buffer.from('DRACO'), 2, 2, 1, 1, 0, 0, 0, ...vertices, ...faces);

/** The stream stands in place of the image, which is view 4. */
const dracoStream = (
  name: string,
  stream: Uint8Array,
  edits: JsonEdits,
  code: ErrorCode,
  pointer: string,
): BrokenFile => [
  name,
  'draco.glb',
  () =>
    smallGlb({
      image: stream,
      edits: {
        '/images': undefined,
        '/textures': undefined,
        '/materials': undefined,
        '/meshes/0/primitives/0/material': undefined,
        ...draco(4),
        ...edits,
      },
    }),
  code,
  pointer,
];

/** 2,000 primitives that unpack the same stream of a million vertices. */
const sharedDraco = {
  '/meshes/0/primitives': Array(2000).fill({
    attributes: { POSITION: 0 },
    indices: 3,
    extensions: { KHR_draco_mesh_compression: { bufferView: 4, attributes: { POSITION: 0 } } },
  }),
};
const million = [0xc0, 0x84, 0x3d];
const fourBillion = [0xff, 0xff, 0xff, 0xff, 0x0f];

const meshoptView = '/bufferViews/0/extensions/EXT_meshopt_compression';
const meshopt = (fields: object): JsonEdits => ({
  '/extensionsUsed': ['EXT_meshopt_compression'],
  '/extensionsRequired': ['EXT_meshopt_compression'],
  [meshoptView]: { buffer: 0, byteOffset: 0, byteLength: 48, byteStride: 12, count: 4, mode: 'ATTRIBUTES', ...fields },
});

const extensions = [
  glb(
    'a required extension that nobody knows',
    { '/extensionsUsed': ['ACME_secret'], '/extensionsRequired': ['ACME_secret'] },
    'extension_unsupported',
    '/extensionsRequired/0',
  ),
  glb(
    'a required extension that only splats use',
    { '/extensionsUsed': ['KHR_gaussian_splatting'], '/extensionsRequired': ['KHR_gaussian_splatting'] },
    'extension_unsupported',
    '/extensionsRequired/0',
  ),
  glb('Draco data in a view that does not exist', draco(99), 'file_malformed', `${dracoPrimitive}/bufferView`),
  glb('Draco data that are none', draco(0), 'file_malformed', dracoPrimitive),
  dracoStream(
    'a Draco stream of 4 billion vertices',
    dracoHeader(fourBillion, [1]),
    {},
    'count_over_limit',
    dracoPrimitive,
  ),
  dracoStream(
    'a Draco stream of 4 billion faces',
    dracoHeader([4], fourBillion),
    {},
    'count_over_limit',
    dracoPrimitive,
  ),
  dracoStream('a Draco stream that ends in its header', dracoHeader([4], []), {}, 'file_malformed', dracoPrimitive),
  dracoStream('a Draco stream of nothing', dracoHeader([4], [2]), {}, 'file_malformed', ''),
  dracoStream(
    'a Draco stream that 2,000 primitives unpack',
    dracoHeader(million, [1]),
    sharedDraco,
    'count_over_limit',
    '/meshes/0/primitives/30/extensions/KHR_draco_mesh_compression',
  ),
  glb(
    'meshopt data with a filter for another stride',
    meshopt({ filter: 'QUATERNION' }),
    'file_malformed',
    meshoptView,
  ),
  glb('meshopt data with an unknown filter', meshopt({ filter: 'constructor' }), 'file_malformed', meshoptView),
  glb('meshopt data that are none', meshopt({}), 'file_malformed', ''),
  glb(
    'meshopt data of 4 billion vertices',
    meshopt({ count: 4_294_967_295 }),
    'count_over_limit',
    `${meshoptView}/count`,
  ),
  glb(
    'meshopt data outside their buffer',
    meshopt({ byteLength: 1e9 }),
    'accessor_out_of_bounds',
    `${meshoptView}/byteLength`,
  ),
  glb('meshopt data of an unknown mode', meshopt({ mode: 'MAGIC' }), 'file_malformed', meshoptView),
  glb('meshopt data with a stride of text', meshopt({ byteStride: '12' }), 'file_malformed', meshoptView),
];

/** Faults behind well-formed JSON: byte ranges, numbers in the buffers, images, extensions. */
export const brokenGltfData: readonly BrokenFile[] = [...ranges, sparsePastEnd, ...geometry, ...images, ...extensions];
