/** Numbers of the triangles whose entry in a list passes a test, ascending. */
export function trianglesWhere(
  list: ArrayLike<number>,
  test: (value: number, triangle: number) => boolean,
): Uint32Array {
  const found: number[] = [];
  for (let t = 0; t < list.length; t++) if (test(list[t]!, t)) found.push(t);
  return Uint32Array.from(found);
}
