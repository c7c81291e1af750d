import type { Accessor, Document, Primitive, Skin } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';
import { readFloats } from './read-floats.ts';

/** How far from 1 the weights of a vertex may sum to: gltf-validator allows 2e-7 for each influence. */
const sumTolerance = 2e-7;

interface InfluenceSet {
  readonly weights: Float32Array<ArrayBuffer>;
  readonly accessor: Accessor;
}

/** WEIGHTS_0, WEIGHTS_1, … of a primitive as floats of its own. */
function influencesOf(primitive: Primitive): InfluenceSet[] {
  return primitive
    .listSemantics()
    .filter((name) => name.startsWith('WEIGHTS_'))
    .map((name) => {
      const accessor = primitive.getAttribute(name) as Accessor;
      return { accessor, weights: Float32Array.from(readFloats(accessor)) };
    });
}

/** Makes the weights of one vertex positive and of sum 1; one without any follows its first joint. @returns true when changed */
function repairVertex(sets: readonly InfluenceSet[], vertex: number): boolean {
  let sum = 0;
  let broken = false;
  for (const { weights } of sets) {
    for (let k = vertex * 4; k < vertex * 4 + 4; k++) {
      const weight = weights[k] as number;
      if (weight >= 0 && weight < Infinity) sum += weight;
      else {
        weights[k] = 0;
        broken = true;
      }
    }
  }
  if (!broken && Math.abs(sum - 1) <= sumTolerance) return false;
  if (sum > 0) for (const { weights } of sets) for (let k = 0; k < 4; k++) weights[vertex * 4 + k]! /= sum;
  else if (sets[0]) sets[0].weights[vertex * 4] = 1;
  return true;
}

function repairWeights(primitive: Primitive, done: Set<Accessor>): number {
  const sets = influencesOf(primitive).filter(({ accessor }) => !done.has(accessor));
  const vertices = (sets[0]?.weights.length ?? 0) / 4;
  let count = 0;
  for (let vertex = 0; vertex < vertices; vertex++) if (repairVertex(sets, vertex)) count++;
  for (const { accessor, weights } of sets) {
    if (count > 0) accessor.setArray(weights).setNormalized(false);
    done.add(accessor);
  }
  return count;
}

/** The last row of an inverse bind matrix must be 0, 0, 0, 1 (glTF 2.0 section 3.7.3.1); writers leave rounding there. */
function repairBindMatrices(skin: Skin): number {
  const accessor = skin.getInverseBindMatrices();
  const matrices = accessor?.getArray();
  if (!(matrices instanceof Float32Array)) return 0;
  let count = 0;
  for (let at = 0; at + 15 < matrices.length; at += 16) {
    const row = [3, 7, 11, 15].map((k) => matrices[at + k] as number);
    if (row.every((value, i) => value === (i === 3 ? 1 : 0))) continue;
    for (const [i, k] of [3, 7, 11, 15].entries()) matrices[at + k] = i === 3 ? 1 : 0;
    count++;
  }
  return count;
}

/**
 * Sets right what makes a skin invalid: weights that are negative, not finite or not of sum 1 over all sets of a vertex
 * (glTF 2.0 section 3.7.3.3), and inverse bind matrices whose last row is not that of an affine one. Mutates the document.
 */
export function repairSkins(document: Document): Change[] {
  const done = new Set<Accessor>();
  const changes: Change[] = [];
  let weights = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) weights += repairWeights(primitive, done);
  }
  if (weights > 0) {
    const message = 'Skin weights that were not positive or not of sum 1 were set right.';
    changes.push({ code: 'weights_repaired', message, count: weights });
  }
  const matrices = document
    .getRoot()
    .listSkins()
    .reduce((sum, skin) => sum + repairBindMatrices(skin), 0);
  if (matrices > 0) {
    const message = 'Inverse bind matrices got the last row of an affine matrix.';
    changes.push({ code: 'bind_matrices_repaired', message, count: matrices });
  }
  return changes;
}
