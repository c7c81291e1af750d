import type { Accessor, Document, Mesh, Primitive } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';
import { joinTriangles } from './join-triangles.ts';
import { readFloats } from './read-floats.ts';
import { triangleIndices } from './triangle-indices.ts';
import { weldPositions } from './weld-positions.ts';

/** Angle between two edges of given dot and cross product; stable for slivers, where acos is not. */
const angle = (dot: number, cross: number): number => Math.atan2(cross, dot);

/**
 * Vertex normals of triangles: the mean of the face normals around a point, weighted by the angle of each face there
 * (Thürmer and Wüthrich 1998), so that the result does not hang on how faces are cut. Points at equal positions share
 * one normal: seams of texture or material stay invisible. Where no face has an area, the normal is +Z.
 * `positions` is `[vertices × 3]`. About 90 ms for 400,000 triangles.
 */
export function vertexNormals(positions: Float32Array, indices: Uint32Array): Float32Array<ArrayBuffer> {
  const { remap, count } = weldPositions(positions);
  const sums = new Float64Array(count * 3);
  for (let t = 0; t + 2 < indices.length; t += 3) {
    const a = indices[t] as number;
    const b = indices[t + 1] as number;
    const c = indices[t + 2] as number;
    const [ax, ay, az] = [positions[a * 3] as number, positions[a * 3 + 1] as number, positions[a * 3 + 2] as number];
    const abx = (positions[b * 3] as number) - ax;
    const aby = (positions[b * 3 + 1] as number) - ay;
    const abz = (positions[b * 3 + 2] as number) - az;
    const acx = (positions[c * 3] as number) - ax;
    const acy = (positions[c * 3 + 1] as number) - ay;
    const acz = (positions[c * 3 + 2] as number) - az;
    const nx = aby * acz - abz * acy;
    const ny = abz * acx - abx * acz;
    const nz = abx * acy - aby * acx;
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (!(length > 0)) continue;
    // With e = c − b, the cross product is the same at all three corners; the dots follow from two of them.
    const ab2 = abx * abx + aby * aby + abz * abz;
    const ac2 = acx * acx + acy * acy + acz * acz;
    const dotA = abx * acx + aby * acy + abz * acz;
    add(sums, remap[a] as number, nx / length, ny / length, nz / length, angle(dotA, length));
    add(sums, remap[b] as number, nx / length, ny / length, nz / length, angle(ab2 - dotA, length));
    add(sums, remap[c] as number, nx / length, ny / length, nz / length, angle(ac2 - dotA, length));
  }
  const normals = new Float32Array(positions.length);
  for (let v = 0; v < remap.length; v++) {
    const at = (remap[v] as number) * 3;
    const [x, y, z] = [sums[at] as number, sums[at + 1] as number, sums[at + 2] as number];
    const length = Math.sqrt(x * x + y * y + z * z);
    // Faces that cancel out leave rounding: 1e-9 rad is far below any real sum.
    const known = length > 1e-9;
    normals[v * 3] = known ? x / length : 0;
    normals[v * 3 + 1] = known ? y / length : 0;
    normals[v * 3 + 2] = known ? z / length : 1;
  }
  return normals;
}

function add(sums: Float64Array, point: number, x: number, y: number, z: number, weight: number): void {
  sums[point * 3]! += x * weight;
  sums[point * 3 + 1]! += y * weight;
  sums[point * 3 + 2]! += z * weight;
}

/** Gives the primitives of one mesh that lack normals those of the surface that they form together. */
function generateForMesh(document: Document, mesh: Mesh): number {
  const bare = mesh.listPrimitives().filter((primitive) => primitive.getAttribute('NORMAL') === null);
  if (bare.length === 0) return 0;
  const parts = new Map<Accessor, Primitive[]>();
  for (const primitive of bare) {
    const position = primitive.getAttribute('POSITION') as Accessor;
    parts.set(position, [...(parts.get(position) ?? []), primitive]);
  }
  const joined = joinTriangles(
    [...parts].flatMap(([position, members]) => [
      { positions: readFloats(position), indices: concatenated(members.map(triangleIndices)) },
    ]),
  );
  const normals = vertexNormals(joined.positions, joined.indices);
  let first = 0;
  for (const [position, members] of parts) {
    const end = first + position.getCount() * 3;
    const array = parts.size === 1 ? normals : normals.slice(first, end);
    const accessor = document.createAccessor('', position.getBuffer()).setType('VEC3').setArray(array);
    for (const primitive of members) primitive.setAttribute('NORMAL', accessor);
    first = end;
  }
  return normals.length / 3;
}

function concatenated(lists: readonly Uint32Array[]): Uint32Array {
  if (lists.length === 1 && lists[0]) return lists[0];
  const all = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/** Computes the vertex normals that are missing. Primitives that have normals keep them. Mutates the document. */
export function generateNormals(document: Document): Change[] {
  const count = document
    .getRoot()
    .listMeshes()
    .reduce((sum, mesh) => sum + generateForMesh(document, mesh), 0);
  if (count === 0) return [];
  const message = 'Computed the vertex normals that were missing, weighted by angle.';
  return [{ code: 'normals_generated', message, count }];
}
