/** Positions `[vertices × 3]` and the corners of triangles `[triangles × 3]` that refer to them. */
export interface TriangleList {
  readonly positions: Float32Array;
  readonly indices: Uint32Array;
}

/** One triangle list of several; a single one is returned as it is, without a copy. */
export function joinTriangles(parts: readonly TriangleList[]): TriangleList {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only) return only;
  const positions = new Float32Array(parts.reduce((sum, part) => sum + part.positions.length, 0));
  const indices = new Uint32Array(parts.reduce((sum, part) => sum + part.indices.length, 0));
  let vertexAt = 0;
  let cornerAt = 0;
  for (const part of parts) {
    positions.set(part.positions, vertexAt * 3);
    for (let i = 0; i < part.indices.length; i++) indices[cornerAt++] = (part.indices[i] as number) + vertexAt;
    vertexAt += part.positions.length / 3;
  }
  return { positions, indices };
}
