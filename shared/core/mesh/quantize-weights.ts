import type { Accessor, Document, Primitive } from '@gltf-transform/core';
import { readFloats } from './read-floats.ts';

/** Full weight in 16 bits, normalised. */
const full = 65_535;

/** Rounds the weights of one vertex so that they sum to exactly `full`: what rounding leaves goes to the largest. */
function roundVertex(from: readonly Float32Array[], to: readonly Uint16Array[], vertex: number): void {
  let sum = 0;
  for (const set of from) for (let k = vertex * 4; k < vertex * 4 + 4; k++) sum += set[k] as number;
  let rest = full;
  let largest = -1;
  let at: readonly [set: number, place: number] = [0, vertex * 4];
  for (const [s, set] of from.entries()) {
    for (let k = vertex * 4; k < vertex * 4 + 4; k++) {
      const rounded = sum > 0 ? Math.round(((set[k] as number) / sum) * full) : 0;
      (to[s] as Uint16Array)[k] = rounded;
      rest -= rounded;
      if (rounded <= largest) continue;
      largest = rounded;
      at = [s, k];
    }
  }
  (to[at[0]] as Uint16Array)[at[1]]! += rest;
}

/** Accessors of WEIGHTS_0, WEIGHTS_1, … that a primitive has. */
const weightsOf = (primitive: Primitive): Accessor[] =>
  primitive
    .listSemantics()
    .filter((name) => name.startsWith('WEIGHTS_'))
    .sort()
    .map((name) => primitive.getAttribute(name) as Accessor);

/**
 * Turns float skin weights into 16-bit ones that sum to exactly 1 over all sets of a vertex, as glTF 2.0 section 3.7.3.3
 * asks. Draco keeps whole numbers as they are, but rounds each float by itself, after which no sum holds. Mutates the
 * document.
 */
export function quantizeWeights(document: Document): void {
  const done = new Set<Accessor>();
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const sets = weightsOf(primitive);
      if (sets.every((set) => done.has(set) || !(set.getArray() instanceof Float32Array))) continue;
      const from = sets.map(readFloats);
      const to = from.map((set) => new Uint16Array(set.length));
      const vertices = primitive.getAttribute('POSITION')?.getCount() ?? 0;
      for (let vertex = 0; vertex < vertices; vertex++) roundVertex(from, to, vertex);
      for (const [s, set] of sets.entries()) {
        set.setArray(to[s] as Uint16Array<ArrayBuffer>).setNormalized(true);
        done.add(set);
      }
    }
  }
}
