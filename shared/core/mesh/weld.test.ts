import { Document, type Primitive } from '@gltf-transform/core';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sphereDocument } from '../../testing/sphere-document.ts';
import { writeGlb } from '../format/gltf-io.ts';
import { triangleIndices } from './triangle-indices.ts';
import { weld } from './weld.ts';

type Attributes = Record<string, { type: 'VEC2' | 'VEC3' | 'VEC4'; values: number[] }>;

function primitiveWith(attributes: Attributes, indices?: number[]): { document: Document; primitive: Primitive } {
  const document = new Document();
  const buffer = document.createBuffer();
  const primitive = document.createPrimitive();
  for (const [name, { type, values }] of Object.entries(attributes)) {
    const accessor = document.createAccessor().setType(type).setArray(Float32Array.from(values)).setBuffer(buffer);
    primitive.setAttribute(name, accessor);
  }
  if (indices) {
    const accessor = document.createAccessor().setType('SCALAR').setArray(Uint16Array.from(indices)).setBuffer(buffer);
    primitive.setIndices(accessor);
  }
  document.createMesh().addPrimitive(primitive);
  return { document, primitive };
}

const vec3 = (values: number[]) => ({ type: 'VEC3' as const, values });
/** Two triangles of a square that share no vertex. */
const square = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0];

/** Corners as the values of all their attributes. */
const corners = (primitive: Primitive): string[] =>
  [...triangleIndices(primitive)].map((v) =>
    primitive
      .listAttributes()
      .map((accessor) =>
        accessor
          .getElement(v, [])
          .map((value) => value + 0)
          .join(),
      )
      .join(' '),
  );

describe('weld', () => {
  test.each<[string, Attributes, number[] | undefined, number, string[]]>([
    ['merges vertices that are equal', { POSITION: vec3(square) }, undefined, 4, ['vertices_welded']],
    [
      'takes −0 for 0',
      { POSITION: vec3(square.map((value, i) => (i > 8 && value === 0 ? -0 : value))) },
      undefined,
      4,
      ['vertices_welded'],
    ],
    [
      'keeps a seam of texture',
      { POSITION: vec3(square), TEXCOORD_0: { type: 'VEC2', values: [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1] } },
      undefined,
      6,
      [],
    ],
    [
      'drops vertices that nothing draws',
      { POSITION: vec3([...square, 9, 9, 9]) },
      [0, 1, 2],
      3,
      ['vertices_welded', 'vertices_unused_dropped'],
    ],
    ['leaves alone what has nothing to merge', { POSITION: vec3(square.slice(0, 9)) }, [0, 1, 2], 3, []],
  ])('%s', (_, attributes, indices, count, codes) => {
    const { document, primitive } = primitiveWith(attributes, indices);
    const before = corners(primitive);
    expect(weld(document).map(({ code }) => code)).toEqual(codes);
    expect(primitive.getAttribute('POSITION')?.getCount()).toBe(count);
    expect(corners(primitive)).toEqual(before);
  });

  test('looks at morph targets too', () => {
    const { document, primitive } = primitiveWith({ POSITION: vec3(square) });
    const moved = vec3([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const accessor = document.createAccessor().setType('VEC3').setArray(Float32Array.from(moved.values));
    const target = document.createPrimitiveTarget().setAttribute('POSITION', accessor);
    primitive.addTarget(target);
    weld(document);
    // Vertices 0 and 3 are at one place and move apart; 2 and 4 stay together.
    expect(primitive.getAttribute('POSITION')?.getCount()).toBe(5);
    expect(target.getAttribute('POSITION')?.getCount()).toBe(5);
  });

  test('merges nothing when it may not, and still drops what is unused', () => {
    const { document, primitive } = primitiveWith({ POSITION: vec3([...square, 9, 9, 9]) }, [0, 1, 2, 3, 4, 5]);
    expect(weld(document, { merge: false }).map(({ code }) => code)).toEqual(['vertices_unused_dropped']);
    expect(primitive.getAttribute('POSITION')?.getCount()).toBe(6);
  });

  test('changes no corner of any mesh, and nothing when it runs again', async () => {
    const coordinate = fc.constantFrom(0, -0, 1, 0.1);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 3, maxLength: 30 }),
        fc.array(fc.nat(29), { minLength: 3, maxLength: 60 }),
        async (points, picks) => {
          const indices = picks.slice(0, picks.length - (picks.length % 3)).map((pick) => pick % points.length);
          const { document, primitive } = primitiveWith({ POSITION: vec3(points.flat()) }, indices);
          const before = corners(primitive);
          weld(document);
          expect(corners(primitive)).toEqual(before);
          expect(primitive.getAttribute('POSITION')?.getCount()).toBe(new Set(before).size);
          const bytes = await writeGlb(document);
          expect(weld(document)).toEqual([]);
          expect(Buffer.compare(await writeGlb(document), bytes)).toBe(0);
        },
      ),
    );
  });

  test('leaves a sphere with its seam as it is', () => {
    const document = sphereDocument({ segments: 16, uv: true });
    expect(weld(document)).toEqual([]);
  });
});
