import { Document, type GLTF, Primitive } from '@gltf-transform/core';
import { expect, test } from '@jest/globals';
import { countTriangles, triangleIndices } from './triangle-indices.ts';

const { TRIANGLES, TRIANGLE_STRIP, TRIANGLE_FAN, LINES, POINTS } = Primitive.Mode;

test.each<[string, GLTF.MeshPrimitiveMode, number[] | undefined, number[]]>([
  ['a list is its corners', TRIANGLES, [0, 1, 2, 2, 1, 3], [0, 1, 2, 2, 1, 3]],
  ['a list without indices counts its vertices', TRIANGLES, undefined, [0, 1, 2]],
  ['corners that fill no triangle are dropped', TRIANGLES, [0, 1, 2, 3], [0, 1, 2]],
  ['a strip turns every second triangle round', TRIANGLE_STRIP, [0, 1, 2, 3], [0, 1, 2, 1, 3, 2]],
  ['a fan shares its first corner', TRIANGLE_FAN, [0, 1, 2, 3], [0, 1, 2, 0, 2, 3]],
  ['a strip of two corners has none', TRIANGLE_STRIP, [0, 1], []],
  ['lines have none', LINES, [0, 1, 2, 3], []],
  ['points have none', POINTS, undefined, []],
])('%s', (_, mode, indices, expected) => {
  const document = new Document();
  const position = document.createAccessor().setType('VEC3').setArray(new Float32Array(12));
  const primitive = document.createPrimitive().setMode(mode).setAttribute('POSITION', position);
  if (indices) {
    primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(Uint16Array.from(indices)));
  }
  expect([...triangleIndices(primitive)]).toEqual(expected);
  expect(countTriangles(primitive)).toBe(expected.length / 3);
});
