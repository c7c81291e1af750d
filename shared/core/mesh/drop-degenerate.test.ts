import { Document } from '@gltf-transform/core';
import { describe, expect, test } from '@jest/globals';
import { sphereDocument } from '../../testing/sphere-document.ts';
import { dropDegenerate } from './drop-degenerate.ts';
import { dropUnreferenced } from './drop-unreferenced.ts';
import { triangleIndices } from './triangle-indices.ts';

function documentOf(points: readonly number[][], ...parts: number[][]): Document {
  const document = new Document();
  const buffer = document.createBuffer();
  const position = document
    .createAccessor()
    .setType('VEC3')
    .setArray(Float32Array.from(points.flat()))
    .setBuffer(buffer);
  const mesh = document.createMesh();
  for (const part of parts) {
    const indices = document.createAccessor().setType('SCALAR').setArray(Uint32Array.from(part)).setBuffer(buffer);
    mesh.addPrimitive(document.createPrimitive().setAttribute('POSITION', position).setIndices(indices));
  }
  document.createScene().addChild(document.createNode().setMesh(mesh));
  return document;
}

const left = (document: Document): number[][] =>
  document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives().map((primitive) => [...triangleIndices(primitive)]));

const square = [
  [0, 0, 0],
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 0],
];

describe('dropDegenerate', () => {
  test.each<[string, number[][], number[], number[], string[]]>([
    ['drops a triangle that names a vertex twice', square, [0, 1, 2, 0, 0, 3], [0, 1, 2], ['degenerate_dropped']],
    [
      'drops one with two corners at one place',
      [...square, [-0, 0, 0]],
      [0, 1, 2, 0, 4, 3],
      [0, 1, 2],
      ['degenerate_dropped'],
    ],
    [
      'drops a loose sliver',
      [...square, [5, 5, 5], [6, 6, 6], [7, 7, 7]],
      [0, 1, 2, 4, 5, 6],
      [0, 1, 2],
      ['degenerate_dropped'],
    ],
    [
      'keeps a sliver between two faces: without it the surface would open',
      [
        [0, 0, 0],
        [2, 0, 0],
        [1, 0, 0],
        [1, 1, 0],
        [1, -1, 0],
      ],
      // Above the middle two faces, below one; the sliver 0 2 1 fills the T between them.
      [0, 2, 3, 2, 1, 3, 1, 0, 4, 0, 1, 2],
      [0, 2, 3, 2, 1, 3, 1, 0, 4, 0, 1, 2],
      ['slivers_kept'],
    ],
    [
      'keeps a thin triangle that has an area',
      [
        [0, 0, 0],
        [1, 0, 0],
        [0.5, 1e-6, 0],
      ],
      [0, 1, 2],
      [0, 1, 2],
      [],
    ],
    [
      'keeps a tiny triangle',
      [
        [0, 0, 0],
        [1e-20, 0, 0],
        [0, 1e-20, 0],
      ],
      [0, 1, 2],
      [0, 1, 2],
      [],
    ],
    [
      'keeps all when none has an area',
      [
        [0, 0, 0],
        [1, 1, 1],
      ],
      [0, 1, 1],
      [0, 1, 1],
      ['all_degenerate'],
    ],
  ])('%s', (_, points, indices, expected, codes) => {
    const document = documentOf(points, indices);
    expect(dropDegenerate(document).map(({ code }) => code)).toEqual(codes);
    expect(left(document)).toEqual([expected]);
  });

  test('takes out a part that loses all its triangles, and the others stay', () => {
    const document = documentOf(square, [0, 0, 1], [0, 1, 2]);
    dropDegenerate(document);
    expect(left(document)).toEqual([[0, 1, 2]]);
  });

  test('keeps what a morph target may open, not what names a vertex twice', () => {
    const document = documentOf([...square, [0, 0, 0]], [0, 1, 2, 0, 4, 3, 1, 1, 2]);
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const moved = document.createAccessor().setType('VEC3').setArray(new Float32Array(15).fill(0.5, 12));
    primitive.addTarget(document.createPrimitiveTarget().setAttribute('POSITION', moved));
    dropDegenerate(document);
    expect(left(document)).toEqual([[0, 1, 2, 0, 4, 3]]);
  });

  test('finds nothing on a sphere', () => {
    expect(dropDegenerate(sphereDocument({ segments: 32, uv: true }))).toEqual([]);
  });
});

describe('dropUnreferenced', () => {
  test('drops what nothing uses and keeps nodes, also empty ones', () => {
    const document = documentOf(square, [0, 1, 2]);
    document.createMaterial('unused').setBaseColorTexture(document.createTexture('unused'));
    document.createMesh('unused');
    document.createNode('socket');
    document.createAccessor('unused');
    expect(dropUnreferenced(document)).toEqual([
      expect.objectContaining({ code: 'unreferenced_meshes_dropped', count: 1 }),
      expect.objectContaining({ code: 'unreferenced_materials_dropped', count: 1 }),
      expect.objectContaining({ code: 'unreferenced_textures_dropped', count: 1 }),
    ]);
    expect(document.getRoot().listNodes()).toHaveLength(2);
    expect(document.getRoot().listAccessors()).toHaveLength(2);
    expect(dropUnreferenced(document)).toEqual([]);
  });
});
