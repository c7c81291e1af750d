import type { Accessor, Document, Mesh } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';
import { vertexNormals } from './generate-normals.ts';
import { readFloats } from './read-floats.ts';
import { triangleIndices } from './triangle-indices.ts';

/** How far from 1 the validator lets the length of a vector be (gltf-validator, `unitLengthThresholdVec3`). */
const unitTolerance = 0.00674;

/** Shorter than this a vector has no direction that could be trusted. */
const directionless = 1e-6;

interface Repair {
  scaled: number;
  /** Vertices whose vector has no direction. */
  readonly lost: number[];
}

/** Scales vectors of `size` components (direction first) to length 1 in place. */
function scaleToUnit(array: Float32Array, size: number): Repair {
  const repair: Repair = { scaled: 0, lost: [] };
  for (let at = 0; at < array.length; at += size) {
    const x = array[at] as number;
    const y = array[at + 1] as number;
    const z = array[at + 2] as number;
    const length = Math.sqrt(x * x + y * y + z * z);
    if (Math.abs(length - 1) <= unitTolerance) continue;
    if (!(length > directionless) || length === Infinity) {
      repair.lost.push(at / size);
      continue;
    }
    array[at] = x / length;
    array[at + 1] = y / length;
    array[at + 2] = z / length;
    repair.scaled++;
  }
  return repair;
}

/** Normals of the surface itself for the vertices that lost theirs. */
function refill(normals: Float32Array, lost: readonly number[], mesh: Mesh, accessor: Accessor): void {
  for (const primitive of mesh.listPrimitives()) {
    if (primitive.getAttribute('NORMAL') !== accessor) continue;
    const computed = vertexNormals(
      readFloats(primitive.getAttribute('POSITION') as Accessor),
      triangleIndices(primitive),
    );
    for (const vertex of lost) {
      const at = vertex * 3;
      normals.set(computed.subarray(at, at + 3), at);
    }
    return;
  }
}

function repairMeshNormals(mesh: Mesh, done: Set<Accessor>): number {
  let count = 0;
  for (const primitive of mesh.listPrimitives()) {
    const accessor = primitive.getAttribute('NORMAL');
    if (!accessor || done.has(accessor)) continue;
    done.add(accessor);
    const normals = accessor.getArray() as Float32Array<ArrayBuffer>;
    const { scaled, lost } = scaleToUnit(normals, 3);
    if (lost.length > 0) refill(normals, lost, mesh, accessor);
    count += scaled + lost.length;
  }
  return count;
}

/** Tangents that have lost their direction or sign are dropped with their whole set: engines compute them again. */
function repairMeshTangents(mesh: Mesh): { repaired: number; dropped: number } {
  const total = { repaired: 0, dropped: 0 };
  for (const primitive of mesh.listPrimitives()) {
    const accessor = primitive.getAttribute('TANGENT');
    if (!accessor) continue;
    const array = accessor.getArray() as Float32Array;
    const isVec4 = accessor.getType() === 'VEC4';
    const { scaled, lost } = isVec4 ? scaleToUnit(array, 4) : { scaled: 0, lost: [0] };
    let signsHold = isVec4;
    for (let at = 3; at < array.length && signsHold; at += 4) signsHold = Math.abs(array[at] as number) === 1;
    if (lost.length === 0 && signsHold) {
      total.repaired += scaled;
      continue;
    }
    primitive.setAttribute('TANGENT', null);
    for (const target of primitive.listTargets()) target.setAttribute('TANGENT', null);
    total.dropped++;
  }
  return total;
}

/**
 * Makes every normal and tangent a unit vector. Normals without direction (zero, NaN) are taken from the surface again;
 * tangent sets with such are dropped. Floats only: quantised attributes are decoded before. Mutates the document.
 */
export function repairNormals(document: Document): Change[] {
  const changes: Change[] = [];
  const done = new Set<Accessor>();
  let normals = 0;
  let tangents = 0;
  let dropped = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    normals += repairMeshNormals(mesh, done);
    const result = repairMeshTangents(mesh);
    tangents += result.repaired;
    dropped += result.dropped;
  }
  const report = (code: string, message: string, count: number): void => {
    if (count > 0) changes.push({ code, message, count });
  };
  report('normals_repaired', 'Normals that were zero, not finite or not of length 1 were set right.', normals);
  report('tangents_repaired', 'Tangents that were not of length 1 were set right.', tangents);
  report('tangents_dropped', 'Tangents without direction or sign were dropped; engines compute them.', dropped);
  return changes;
}
