import { type Accessor, Primitive } from '@gltf-transform/core';

/** How many triangles a primitive draws; points and lines draw none. */
export function countTriangles(primitive: Primitive): number {
  const corners = primitive.getIndices()?.getCount() ?? primitive.getAttribute('POSITION')?.getCount() ?? 0;
  switch (primitive.getMode()) {
    case Primitive.Mode.TRIANGLES:
      return Math.floor(corners / 3);
    case Primitive.Mode.TRIANGLE_STRIP:
    case Primitive.Mode.TRIANGLE_FAN:
      return Math.max(corners - 2, 0);
    default:
      return 0;
  }
}

function cornerList(indices: Accessor | null, vertexCount: number): Uint32Array {
  const array = indices?.getArray();
  if (array instanceof Uint32Array) return array;
  if (array) return Uint32Array.from(array);
  return Uint32Array.from({ length: vertexCount }, (_, i) => i);
}

/**
 * The corners of a primitive's triangles `[triangles × 3]`, whatever its mode: strips and fans are unrolled with their
 * winding (glTF 2.0 section 3.7.2.1), points and lines give none. A plain 32-bit list is returned without a copy.
 */
export function triangleIndices(primitive: Primitive): Uint32Array {
  const corners = cornerList(primitive.getIndices(), primitive.getAttribute('POSITION')?.getCount() ?? 0);
  const count = countTriangles(primitive);
  const mode = primitive.getMode();
  if (mode === Primitive.Mode.TRIANGLES) return corners.subarray(0, count * 3);
  const triangles = new Uint32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const odd = mode === Primitive.Mode.TRIANGLE_STRIP ? i % 2 : 0;
    triangles[i * 3] = corners[mode === Primitive.Mode.TRIANGLE_FAN ? 0 : i] as number;
    triangles[i * 3 + 1] = corners[i + 1 + odd] as number;
    triangles[i * 3 + 2] = corners[i + 2 - odd] as number;
  }
  return triangles;
}
