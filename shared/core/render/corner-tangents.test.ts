import { expect, test } from '@jest/globals';
import { cornerTangents } from './corner-tangents.ts';

const up = (count: number): Float32Array => Float32Array.from({ length: count * 3 }, (_, i) => (i % 3 === 2 ? 1 : 0));

test('on a plane, tangents follow u and the sign makes the bitangent follow the image upwards', () => {
  const tangents = cornerTangents({
    positions: Float32Array.of(0, 0, 0, 2, 0, 0, 2, 2, 0, 0, 2, 0),
    normals: up(4),
    // u to the right, v down, as an upright picture lies.
    uvs: Float32Array.of(0, 1, 1, 1, 1, 0, 0, 0),
    indices: Uint32Array.of(0, 1, 2, 0, 2, 3),
  });
  for (let corner = 0; corner < 6; corner++) {
    // cross(+Z, +X) × 1 = +Y, where the image’s top is.
    expect([...tangents.subarray(corner * 4, corner * 4 + 4)].map((value) => value + 0)).toEqual([1, 0, 0, 1]);
  }
});

test('faces mirrored at a shared edge keep signs and directions of their own', () => {
  const tangents = cornerTangents({
    positions: Float32Array.of(0, 0, 0, 0, 2, 0, -2, 0, 0, 2, 0, 0),
    normals: up(4),
    // Both wings lie on the same part of the image: u grows away from the middle.
    uvs: Float32Array.of(0, 1, 0, 0, 1, 1, 1, 1),
    indices: Uint32Array.of(0, 1, 2, 0, 3, 1),
  });
  expect([tangents[0], tangents[3]]).toEqual([-1, -1]);
  expect([tangents[12], tangents[15]]).toEqual([1, 1]);
});

/** Two faces that share the origin: one of 90° with u along +X, one of 45° below it with u along (1, −1). */
const fan = {
  positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, -1, 0, 1, 0, 0),
  normals: up(5),
  uvs: Float32Array.of(0, 0, 1, 0, 0, -1, 1, 0, 0.5, -0.5),
};

test('at a vertex, the directions of its faces are averaged by their angles', () => {
  const upper = cornerTangents({ ...fan, indices: Uint32Array.of(0, 1, 2) });
  const lower = cornerTangents({ ...fan, indices: Uint32Array.of(0, 3, 4) });
  expect([upper[0], upper[1]]).toEqual([1, 0]);
  expect(lower[0]).toBeCloseTo(Math.SQRT1_2, 6);
  expect(lower[1]).toBeCloseTo(-Math.SQRT1_2, 6);
  const both = cornerTangents({ ...fan, indices: Uint32Array.of(0, 1, 2, 0, 3, 4) });
  const [x, y] = [Math.PI / 2 + (Math.PI / 4) * Math.SQRT1_2, -(Math.PI / 4) * Math.SQRT1_2];
  expect(both[1]! / both[0]!).toBeCloseTo(y / x, 5);
  expect(both.subarray(12, 16)).toEqual(both.subarray(0, 4));
});

test('a face whose coordinates have no area has no tangent', () => {
  const tangents = cornerTangents({ ...fan, uvs: new Float32Array(10), indices: Uint32Array.of(0, 1, 2) });
  expect([...tangents]).toEqual(Array(12).fill(0));
});
