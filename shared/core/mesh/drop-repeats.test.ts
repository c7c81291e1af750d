import { Document } from '@gltf-transform/core';
import { expect, test } from '@jest/globals';
import { dropRepeats } from './drop-repeats.ts';
import { triangleIndices } from './triangle-indices.ts';

test.each<[string, number[], number[], number]>([
  ['a triangle named again is dropped', [0, 1, 2, 0, 1, 2], [0, 1, 2], 1],
  ['also when it starts at another corner', [0, 1, 2, 1, 2, 0, 2, 0, 1], [0, 1, 2], 2],
  ['a back side stays', [0, 1, 2, 0, 2, 1], [0, 1, 2, 0, 2, 1], 0],
  ['neighbours stay', [0, 1, 2, 0, 2, 3], [0, 1, 2, 0, 2, 3], 0],
])('%s', (_, indices, expected, count) => {
  const document = new Document();
  const position = document.createAccessor().setType('VEC3').setArray(new Float32Array(12));
  const list = document.createAccessor().setType('SCALAR').setArray(Uint32Array.from(indices));
  const primitive = document.createPrimitive().setAttribute('POSITION', position).setIndices(list);
  document.createMesh().addPrimitive(primitive);
  expect(dropRepeats(document).map((change) => change.count)).toEqual(count > 0 ? [count] : []);
  expect([...triangleIndices(primitive)]).toEqual(expected);
});
