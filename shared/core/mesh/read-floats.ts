import type { Accessor } from '@gltf-transform/core';

/** Largest magnitude of each normalised integer type, glTF 2.0 section 3.11. */
const normalizedRange = new Map<number, number>([
  [5120, 127],
  [5121, 255],
  [5122, 32767],
  [5123, 65535],
]);

/**
 * The values of an accessor as floats `[count × elementSize]`, normalised integers decoded. Float accessors are returned
 * as they are stored, without a copy: treat the result as read-only.
 */
export function readFloats(accessor: Accessor): Float32Array {
  const array = accessor.getArray();
  if (array === null) return new Float32Array(0);
  if (array instanceof Float32Array) return array;
  const floats = Float32Array.from(array);
  const range = accessor.getNormalized() ? normalizedRange.get(accessor.getComponentType()) : undefined;
  if (range === undefined) return floats;
  for (let i = 0; i < floats.length; i++) floats[i] = Math.max((floats[i] as number) / range, -1);
  return floats;
}
