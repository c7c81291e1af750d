import { expect, test } from '@jest/globals';
import { validateBytes } from 'gltf-validator';
import { editJson } from './edit-json.ts';
import { smallGlb } from './small-glb.ts';

test('the small GLB has no error, warning or hint in the validator of Khronos', async () => {
  const { issues } = await validateBytes(smallGlb(), {});
  expect(issues.messages).toEqual([]);
});

test('edits change the places that their pointers name and leave the given value alone', () => {
  const json = { a: [1, { b: 2 }], c: 3 };
  expect(editJson(json, { '/a/1/b': 'x', '/c': undefined, '/d/e': null })).toEqual({
    a: [1, { b: 'x' }],
    d: { e: null },
  });
  expect(json).toEqual({ a: [1, { b: 2 }], c: 3 });
});
