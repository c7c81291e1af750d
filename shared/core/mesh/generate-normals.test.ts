import { describe, expect, test } from '@jest/globals';
import { sphereDocument } from '../../testing/sphere-document.ts';
import { generateNormals, vertexNormals } from './generate-normals.ts';
import { readFloats } from './read-floats.ts';
import { repairNormals } from './repair-normals.ts';
import { triangleIndices } from './triangle-indices.ts';

const primitiveOf = (document: ReturnType<typeof sphereDocument>) =>
  document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;

/** Largest angle in degrees between two lists of unit vectors. */
function worstAngle(a: Float32Array, b: Float32Array): number {
  let least = 1;
  for (let i = 0; i < a.length; i += 3)
    least = Math.min(least, a[i]! * b[i]! + a[i + 1]! * b[i + 1]! + a[i + 2]! * b[i + 2]!);
  return (Math.acos(Math.min(least, 1)) * 180) / Math.PI;
}

describe('vertexNormals', () => {
  test('of a cube point along its diagonals, however the faces are cut', () => {
    const positions = Float32Array.from(
      Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, i >> 2].map((bit) => bit * 2 - 1)).flat(),
    );
    const quads = [
      [0, 2, 3, 1],
      [4, 5, 7, 6],
      [0, 1, 5, 4],
      [2, 6, 7, 3],
      [0, 4, 6, 2],
      [1, 3, 7, 5],
    ];
    const cut = (turn: number) =>
      Uint32Array.from(quads.flatMap((quad) => [0, 1, 2, 0, 2, 3].map((k) => quad[(k + turn) % 4]!)));
    for (const turn of [0, 1]) {
      const normals = vertexNormals(positions, cut(turn));
      normals.forEach((value, i) => {
        expect(value).toBeCloseTo(positions[i]! / Math.sqrt(3), 6);
      });
    }
  });

  test.each([1e-12, 1, 1e12])('do not hang on the size of the model: %s', (size) => {
    const positions = Float32Array.of(0, 0, 0, size, 0, 0, 0, size, 0);
    expect([...vertexNormals(positions, Uint32Array.of(0, 1, 2))]).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
  });

  test('are +Z where no face has an area', () => {
    expect([...vertexNormals(new Float32Array(9), Uint32Array.of(0, 1, 2))]).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
  });
});

describe('generateNormals', () => {
  test('gives a bare sphere the normals of a sphere, and both sides of a seam the same', () => {
    const document = sphereDocument({ segments: 64, uv: true });
    const primitive = primitiveOf(document);
    const exact = readFloats(primitive.getAttribute('NORMAL')!);
    primitive.setAttribute('NORMAL', null);
    expect(generateNormals(document)).toEqual([
      expect.objectContaining({ code: 'normals_generated', count: exact.length / 3 }),
    ]);
    // Facets of 64 segments are 5.6° apart.
    expect(worstAngle(readFloats(primitive.getAttribute('NORMAL')!), exact)).toBeLessThan(0.5);
  });

  test('leaves normals alone that are there', () => {
    const document = sphereDocument({ segments: 8 });
    const before = primitiveOf(document).getAttribute('NORMAL');
    expect(generateNormals(document)).toEqual([]);
    expect(primitiveOf(document).getAttribute('NORMAL')).toBe(before);
  });
});

describe('repairNormals', () => {
  test.each<[string, [number, number, number]]>([
    ['zero', [0, 0, 0]],
    ['not a number', [Number.NaN, 0, 1]],
    ['infinite', [Infinity, 0, 0]],
    ['of another length', [0, 9, 0]],
  ])('makes a normal that is %s a unit vector', (_, broken) => {
    const document = sphereDocument({ segments: 32 });
    const accessor = primitiveOf(document).getAttribute('NORMAL')!;
    const exact = Float32Array.from(readFloats(accessor));
    // Vertex 0 is the pole at the top.
    expect([...exact.subarray(0, 3)].map(Math.abs)).toEqual([0, 1, 0]);
    (accessor.getArray() as Float32Array).set(broken, 0);
    expect(repairNormals(document)).toEqual([expect.objectContaining({ code: 'normals_repaired', count: 1 })]);
    expect(worstAngle(readFloats(accessor), exact)).toBeLessThan(0.5);
    expect(repairNormals(document)).toEqual([]);
  });

  test.each<[string, 'VEC3' | 'VEC4', number[], string[], boolean]>([
    ['of length 2 are scaled', 'VEC4', [2, 0, 0, 1], ['tangents_repaired'], true],
    ['without a sign are dropped', 'VEC4', [1, 0, 0, 0], ['tangents_dropped'], false],
    ['without a direction are dropped', 'VEC4', [0, 0, 0, 1], ['tangents_dropped'], false],
    ['of three numbers are dropped', 'VEC3', [1, 0, 0], ['tangents_dropped'], false],
    ['that are sound stay', 'VEC4', [1, 0, 0, -1], [], true],
  ])('tangents %s', (_, type, element, codes, stays) => {
    const document = sphereDocument({ segments: 8 });
    const primitive = primitiveOf(document);
    const count = primitive.getAttribute('POSITION')!.getCount();
    const values = Float32Array.from(Array.from({ length: count }, () => element).flat());
    primitive.setAttribute('TANGENT', document.createAccessor().setType(type).setArray(values));
    expect(repairNormals(document).map(({ code }) => code)).toEqual(codes);
    expect(primitive.getAttribute('TANGENT') !== null).toBe(stays);
    if (stays)
      expect(Math.hypot(...[...primitive.getAttribute('TANGENT')!.getElement(0, [])].slice(0, 3))).toBeCloseTo(1, 6);
  });

  test('keeps the triangles as they are', () => {
    const document = sphereDocument({ segments: 8 });
    const before = [...triangleIndices(primitiveOf(document))];
    repairNormals(document);
    expect([...triangleIndices(primitiveOf(document))]).toEqual(before);
  });
});
