import type { Document, Primitive } from '@gltf-transform/core';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MeshoptEncoder, MeshoptSimplifier } from 'meshoptimizer';
import { sphereDocument, sphereTriangles } from '../../testing/sphere-document.ts';
import { writeGlb } from '../format/gltf-io.ts';
import { measureAsset } from '../quality/measure-asset.ts';
import { validateGlb } from '../quality/validate-glb.ts';
import { decimate } from './decimate.ts';
import { lock, lockSharedBorders, lockUvSeams } from './decimate-locks.ts';
import { readFloats } from './read-floats.ts';
import { triangleIndices } from './triangle-indices.ts';

beforeAll(() => Promise.all([MeshoptSimplifier.ready, MeshoptEncoder.ready]));

const engines = { simplifier: MeshoptSimplifier, encoder: MeshoptEncoder };
const reduce = (document: Document, triangles: number) => decimate(document, { triangles, ...engines });
const drawn = (document: Document): number => measureAsset(document, 0).triangles;
const primitiveOf = (document: Document): Primitive => document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
const errors = async (document: Document) =>
  (await validateGlb(await writeGlb(document))).messages.filter(({ severity }) => severity === 'error');

/** A sphere cut at the equator into two primitives of different material. */
function twoMaterials(): Document {
  const document = sphereDocument({ segments: 64 });
  const upper = primitiveOf(document);
  const indices = triangleIndices(upper);
  const positions = readFloats(upper.getAttribute('POSITION')!);
  const height = (t: number): number => [0, 1, 2].reduce((sum, k) => sum + positions[indices[t + k]! * 3 + 1]!, 0);
  const halves: number[][] = [[], []];
  for (let t = 0; t < indices.length; t += 3) halves[height(t) > 0 ? 0 : 1]!.push(...indices.subarray(t, t + 3));
  const lower = upper.clone().setMaterial(document.createMaterial('glaze').setMetallicFactor(0));
  const buffer = document.getRoot().listBuffers()[0]!;
  [upper, lower].forEach((part, i) => {
    const accessor = document
      .createAccessor()
      .setType('SCALAR')
      .setArray(Uint32Array.from(halves[i]!))
      .setBuffer(buffer);
    part.setIndices(accessor);
  });
  document.getRoot().listMeshes()[0]!.addPrimitive(lower);
  return document;
}

describe('decimate', () => {
  test.each([
    ['a plain sphere', {}],
    ['one with a UV seam', { uv: true }],
    ['one with vertex colours', { colours: true }],
    ['a skinned one', { skin: true, uv: true }],
    ['one with a morph target', { morph: true }],
    ['one that is shown three times', { nodes: 3 }],
  ])('reaches the budget within 1 %% and never exceeds it: %s', async (_, options) => {
    const document = sphereDocument({ segments: 64, ...options });
    const budget = Math.round(drawn(document) / 3);
    const result = reduce(document, budget);
    expect(drawn(document)).toBe(result.triangles);
    expect(result.triangles).toBeLessThanOrEqual(budget);
    expect(result.triangles).toBeGreaterThanOrEqual(budget * 0.99);
    expect(result.errorM).toBeGreaterThan(0);
    expect(result.errorM).toBeLessThan(0.01);
    expect(await errors(document)).toEqual([]);
  });

  test.each([
    [200, 8, 0.3],
    [300, 6, 0.7],
    [50, 16, 0.2],
  ])('reaches the budget within 1 %% over %d small meshes too', (count, segments, share) => {
    const document = sphereDocument({ segments });
    const scene = document.getRoot().listScenes()[0]!;
    for (let i = 1; i < count; i++) {
      scene.addChild(document.createNode().setMesh(document.createMesh().addPrimitive(primitiveOf(document).clone())));
    }
    const budget = Math.round(drawn(document) * share);
    const { triangles } = reduce(document, budget);
    expect(drawn(document)).toBe(triangles);
    expect(triangles).toBeLessThanOrEqual(budget);
    expect(triangles).toBeGreaterThanOrEqual(budget * 0.99);
  });

  test('leaves a mesh that shares its vertices with a decimated one as it was', () => {
    const document = twoMaterials();
    const [upper, lower] = document.getRoot().listMeshes()[0]!.listPrimitives() as [Primitive, Primitive];
    const own = document.createMesh().addPrimitive(lower);
    document.getRoot().listMeshes()[0]!.removePrimitive(lower);
    const before = [...triangleIndices(lower)].map((v) => lower.getAttribute('POSITION')!.getElement(v, []));
    reduce(document, Math.round(triangleIndices(upper).length / 6));
    const after = [...triangleIndices(lower)].map((v) => lower.getAttribute('POSITION')!.getElement(v, []));
    expect(own.listPrimitives()).toEqual([lower]);
    expect(after).toEqual(before);
  });

  test('never exceeds any budget that it accepts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: sphereTriangles(24) + 10 }), fc.boolean(), (budget, uv) => {
        const document = sphereDocument({ segments: 24, uv });
        expect(reduce(document, budget).triangles).toBeLessThanOrEqual(budget);
        expect(drawn(document)).toBeLessThanOrEqual(budget);
      }),
      { numRuns: 40 },
    );
  });

  test('leaves a document that is within the budget byte for byte as it is', async () => {
    const document = sphereDocument({ segments: 16 });
    const before = await writeGlb(document);
    expect(reduce(document, sphereTriangles(16))).toEqual({
      triangles: sphereTriangles(16),
      errorM: 0,
      changes: [],
    });
    expect(Buffer.compare(await writeGlb(document), before)).toBe(0);
  });

  test('makes the same bytes each time', async () => {
    const [a, b] = [sphereDocument({ segments: 48, uv: true }), sphereDocument({ segments: 48, uv: true })];
    for (const document of [a, b]) reduce(document, 500);
    expect(Buffer.compare(await writeGlb(a), await writeGlb(b))).toBe(0);
  });

  test('keeps UV seams: no triangle reaches from one side of the chart to the other', () => {
    const document = sphereDocument({ segments: 64, uv: true });
    expect(reduce(document, 600).changes.map(({ code }) => code)).toEqual(['decimated']);
    const primitive = primitiveOf(document);
    const indices = triangleIndices(primitive);
    const positions = readFloats(primitive.getAttribute('POSITION')!);
    const uv = readFloats(primitive.getAttribute('TEXCOORD_0')!);
    for (let t = 0; t < indices.length; t += 3) {
      const corners = [...indices.subarray(t, t + 3)].filter((v) => Math.abs(positions[v * 3 + 1]!) < 0.4);
      const us = corners.map((v) => uv[v * 2]!);
      expect(Math.max(...us) - Math.min(...us)).toBeLessThan(0.5);
    }
  });

  test('keeps the border between two materials closed', () => {
    const document = twoMaterials();
    reduce(document, 1_000);
    const stats = measureAsset(document, 0);
    expect(stats.drawCalls).toBe(2);
    expect(stats.openEdges).toBe(0);
  });

  test('drops the vertices that no triangle uses any more, in every attribute', () => {
    const document = sphereDocument({ segments: 64, skin: true, morph: true, uv: true });
    reduce(document, 400);
    const primitive = primitiveOf(document);
    const used = new Set(triangleIndices(primitive)).size;
    for (const accessor of [...primitive.listAttributes(), ...primitive.listTargets()[0]!.listAttributes()]) {
      expect(accessor.getCount()).toBe(used);
    }
    expect(
      document
        .getRoot()
        .listAccessors()
        .every((accessor) => accessor.listParents().length > 1),
    ).toBe(true);
  });

  test('says what it had to give up for a very small budget', () => {
    const document = sphereDocument({ segments: 8, uv: true });
    const codes = reduce(document, 8).changes.map(({ code }) => code);
    expect(codes).toEqual(['decimated', expect.stringMatching(/^decimated_across_/)]);
  });

  test('refuses a budget that leaves no solid for each mesh, with the numbers', () => {
    const document = sphereDocument({ segments: 16, nodes: 5 });
    expect(() => reduce(document, 19)).toThrow(
      expect.objectContaining({ code: 'budget_unreachable', message: expect.stringMatching(/19 .* 20 /) }),
    );
  });
});

describe('locks', () => {
  test('mark both sides of a UV seam and nothing else', () => {
    const primitive = primitiveOf(sphereDocument({ segments: 16, uv: true }));
    const locks = new Uint8Array(primitive.getAttribute('POSITION')!.getCount());
    lockUvSeams(primitive, locks);
    const uv = readFloats(primitive.getAttribute('TEXCOORD_0')!);
    locks.forEach((value, v) => {
      const onSeam = uv[v * 2] === 0 || uv[v * 2] === 1 || uv[v * 2 + 1] === 0 || uv[v * 2 + 1] === 1;
      expect(value).toBe(onSeam ? lock.seam : 0);
    });
  });

  test('mark where primitives meet', () => {
    const primitives = twoMaterials().getRoot().listMeshes()[0]!.listPrimitives();
    const drawnBy = primitives.map((primitive) => new Set(triangleIndices(primitive)));
    const common = [...drawnBy[0]!].filter((vertex) => drawnBy[1]!.has(vertex));
    expect(common.length).toBeGreaterThan(60);
    for (const locks of lockSharedBorders(primitives)) {
      expect([...locks.keys()].filter((vertex) => locks[vertex] === lock.fixed).sort()).toEqual(common.sort());
    }
    expect(lockSharedBorders(primitives.slice(0, 1))[0]!.every((value) => value === 0)).toBe(true);
  });
});
