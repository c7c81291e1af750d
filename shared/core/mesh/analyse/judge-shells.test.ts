import { expect, test } from '@jest/globals';
import { box, mapped, together, torus, turned } from '../../../testing/exact-meshes.ts';
import { analyseMesh } from './analyse-mesh.ts';

/** A box that stands in the tube of a ring with one side; the first of its triangles, none of which is larger, is on it. */
const stuck = mapped(box(0.5), ([x, y, z]) => [0.65 - z, y, x]);

test('an inside-out piece that sticks out of another one is no cavity', () => {
  const { shells } = analyseMesh(together(torus(48, 24), turned(stuck)));
  expect([...shells.insideOut]).toEqual([1]);
  expect([...shells.enclosed]).toEqual([]);
});

test('one that lies in another one entirely is', () => {
  const { shells } = analyseMesh(together(box(2), turned(box(0.5))));
  expect([...shells.insideOut]).toEqual([]);
  expect([...shells.enclosed]).toEqual([1]);
});
