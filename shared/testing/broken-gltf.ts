import type { ErrorCode } from '../errors.ts';
import type { BrokenFile } from './broken-file.ts';
import { editJson, type JsonEdits } from './edit-json.ts';
import { smallGlb, smallGltf } from './small-glb.ts';

const glb = (name: string, edits: JsonEdits, code: ErrorCode, pointer: string): BrokenFile => [
  name,
  'edited.glb',
  () => smallGlb({ edits }),
  code,
  pointer,
];

const gltf = (name: string, edits: JsonEdits, code: ErrorCode, pointer: string): BrokenFile => [
  name,
  'edited.gltf',
  () => Buffer.from(JSON.stringify(editJson(smallGltf().json, edits))),
  code,
  pointer,
];

/** Nodes 0 → 1 → 2 …, the mesh on the last. */
const chain = (length: number): object[] =>
  Array.from({ length }, (_, i) => (i + 1 < length ? { children: [i + 1] } : { mesh: 0 }));

const ring = [{ children: [1] }, { children: [2] }, { children: [0], mesh: 0 }];

const shapes = [
  glb('a glTF without asset', { '/asset': undefined }, 'file_malformed', '/asset'),
  glb('a glTF of version 1.0', { '/asset/version': '1.0' }, 'format_unsupported', '/asset/version'),
  glb('a version that is a number', { '/asset/version': 2 }, 'file_malformed', '/asset/version'),
  glb('a glTF that needs 2.1', { '/asset/minVersion': '2.1' }, 'format_unsupported', '/asset/minVersion'),
  glb('a count that is text', { '/accessors/0/count': '4' }, 'file_malformed', '/accessors/0/count'),
  glb('a count of 3.5', { '/accessors/0/count': 3.5 }, 'file_malformed', '/accessors/0/count'),
  glb('a count of zero', { '/accessors/0/count': 0 }, 'file_malformed', '/accessors/0/count'),
  glb('a negative count', { '/accessors/0/count': -4 }, 'file_malformed', '/accessors/0/count'),
  glb(
    'a negative offset of a view',
    { '/bufferViews/1/byteOffset': -4 },
    'file_malformed',
    '/bufferViews/1/byteOffset',
  ),
  glb(
    'a negative offset of an accessor',
    { '/accessors/0/byteOffset': -4 },
    'file_malformed',
    '/accessors/0/byteOffset',
  ),
  glb('a negative length', { '/bufferViews/0/byteLength': -48 }, 'file_malformed', '/bufferViews/0/byteLength'),
  glb(
    'an unknown component type',
    { '/accessors/0/componentType': 5124 },
    'file_malformed',
    '/accessors/0/componentType',
  ),
  glb('an unknown element type', { '/accessors/0/type': 'VEC5' }, 'file_malformed', '/accessors/0/type'),
  glb('accessors that are an object', { '/accessors': {} }, 'file_malformed', '/accessors'),
  glb('a node that is null', { '/nodes/0': null }, 'file_malformed', '/nodes/0'),
  glb('a mesh without primitives', { '/meshes/0/primitives': [] }, 'file_malformed', '/meshes/0/primitives'),
  glb(
    'a primitive without attributes',
    { '/meshes/0/primitives/0/attributes': undefined },
    'file_malformed',
    '/meshes/0/primitives/0/attributes',
  ),
  glb('a matrix of 15 numbers', { '/nodes/0/matrix': Array(15).fill(1) }, 'file_malformed', '/nodes/0/matrix'),
  glb(
    'a translation that is text',
    { '/nodes/0/translation': ['1', 0, 0] },
    'file_malformed',
    '/nodes/0/translation/0',
  ),
  glb('an unknown alpha mode', { '/materials/0/alphaMode': 'GLASS' }, 'file_malformed', '/materials/0/alphaMode'),
  glb('a primitive of mode 7', { '/meshes/0/primitives/0/mode': 7 }, 'file_malformed', '/meshes/0/primitives/0/mode'),
];

const references = [
  glb('a child that does not exist', { '/nodes/0/children': [1] }, 'file_malformed', '/nodes/0/children/0'),
  glb('a mesh that does not exist', { '/nodes/0/mesh': 1 }, 'file_malformed', '/nodes/0/mesh'),
  glb('a skin that does not exist', { '/nodes/0/skin': 0 }, 'file_malformed', '/nodes/0/skin'),
  glb(
    'a material that does not exist',
    { '/meshes/0/primitives/0/material': 9 },
    'file_malformed',
    '/meshes/0/primitives/0/material',
  ),
  glb(
    'an attribute that does not exist',
    { '/meshes/0/primitives/0/attributes/POSITION': 44 },
    'file_malformed',
    '/meshes/0/primitives/0/attributes/POSITION',
  ),
  glb(
    'indices that do not exist',
    { '/meshes/0/primitives/0/indices': 4 },
    'file_malformed',
    '/meshes/0/primitives/0/indices',
  ),
  glb(
    'a buffer view that does not exist',
    { '/accessors/0/bufferView': 5 },
    'file_malformed',
    '/accessors/0/bufferView',
  ),
  glb('a buffer that does not exist', { '/bufferViews/0/buffer': 1 }, 'file_malformed', '/bufferViews/0/buffer'),
  glb('an image that does not exist', { '/textures/0/source': 1 }, 'file_malformed', '/textures/0/source'),
  glb(
    'a texture that does not exist',
    { '/materials/0/pbrMetallicRoughness/baseColorTexture/index': 1 },
    'file_malformed',
    '/materials/0/pbrMetallicRoughness/baseColorTexture/index',
  ),
  glb('a sampler that does not exist', { '/textures/0/sampler': 1 }, 'file_malformed', '/textures/0/sampler'),
  glb('a scene that does not exist', { '/scene': 1 }, 'file_malformed', '/scene'),
  glb('a root node that does not exist', { '/scenes/0/nodes': [1] }, 'file_malformed', '/scenes/0/nodes/0'),
  glb('a joint that does not exist', { '/skins': [{ joints: [7] }] }, 'file_malformed', '/skins/0/joints/0'),
];

const scenes = [
  glb('a node that is its own child', { '/nodes/0/children': [0] }, 'scene_cyclic', '/nodes/0/children/0'),
  glb('a ring of three nodes', { '/nodes': ring }, 'scene_cyclic', '/nodes/2/children/0'),
  glb(
    'a node with two parents',
    { '/nodes': [{ children: [2] }, { children: [2] }, { mesh: 0 }], '/scenes/0/nodes': [0, 1] },
    'file_malformed',
    '/nodes/2',
  ),
  glb('nodes 10,000 deep', { '/nodes': chain(10_000) }, 'scene_too_deep', '/nodes'),
  glb('nodes 513 deep', { '/nodes': chain(513) }, 'scene_too_deep', '/nodes'),
  glb(
    '20,001 primitives',
    { '/meshes/0/primitives': Array(20_001).fill({ attributes: { POSITION: 0 } }) },
    'count_over_limit',
    '/meshes',
  ),
  glb('1,001 textures', { '/textures': Array(1001).fill({ source: 0 }) }, 'count_over_limit', '/textures'),
  glb('20,001 nodes', { '/nodes': [{ mesh: 0 }, ...Array(20_000).fill({})] }, 'count_over_limit', '/nodes'),
  glb('no meshes', { '/meshes': undefined, '/nodes/0/mesh': undefined }, 'no_triangles', '/meshes'),
  glb('points only', { '/meshes/0/primitives/0/mode': 0 }, 'no_triangles', '/meshes'),
  glb('lines only', { '/meshes/0/primitives/0/mode': 1 }, 'no_triangles', '/meshes'),
  glb('two corners of a triangle', { '/accessors/3/count': 2 }, 'no_triangles', '/meshes'),
  glb('a mesh that no node shows', { '/nodes/0/mesh': undefined }, 'no_triangles', '/nodes'),
  glb('a mesh that no scene shows', { '/scenes/0/nodes': [] }, 'no_triangles', '/scenes'),
  glb('a file without scenes', { '/scenes': undefined, '/scene': undefined }, 'no_triangles', '/scenes'),
  glb(
    'primitives without positions',
    { '/meshes/0/primitives/0/attributes/POSITION': undefined },
    'no_triangles',
    '/meshes',
  ),
];

const outside = [
  glb('a buffer on a server', { '/buffers/0/uri': 'https://example.com/mesh.bin' }, 'external_uri', '/buffers/0/uri'),
  glb('a buffer behind http:', { '/buffers/0/uri': 'http://169.254.169.254/latest' }, 'external_uri', '/buffers/0/uri'),
  glb('a buffer in a file: URI', { '/buffers/0/uri': 'file:///etc/passwd' }, 'external_uri', '/buffers/0/uri'),
  glb('an image in a file: URI', { '/images/0': { uri: 'FILE:///etc/passwd' } }, 'external_uri', '/images/0/uri'),
  glb('an image beside a GLB', { '/images/0': { uri: 'texture.png' } }, 'external_uri', '/images/0/uri'),
  gltf('a buffer beside a glTF', { '/buffers/0/uri': 'mesh.bin' }, 'external_uri', '/buffers/0/uri'),
  gltf('a buffer up the folders', { '/buffers/0/uri': '../../etc/passwd' }, 'external_uri', '/buffers/0/uri'),
  gltf('a buffer on a share', { '/buffers/0/uri': '\\\\server\\share\\mesh.bin' }, 'external_uri', '/buffers/0/uri'),
  gltf('a buffer on a drive', { '/buffers/0/uri': 'C:\\mesh.bin' }, 'external_uri', '/buffers/0/uri'),
  gltf('a buffer without data', {}, 'file_malformed', '/buffers/0'),
  gltf(
    'a data: URI without a comma',
    { '/buffers/0/uri': 'data:application/octet-stream;base64' },
    'file_malformed',
    '/buffers/0/uri',
  ),
];

/** Faults of the JSON of a glTF: wrong types, indices that point at nothing, graphs, and places outside the file. */
export const brokenGltf: readonly BrokenFile[] = [...shapes, ...references, ...scenes, ...outside];
