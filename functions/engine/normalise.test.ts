import type { Document, Material } from '@gltf-transform/core';
import { describe, expect, test } from '@jest/globals';
import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { readFloats } from '../../shared/core/mesh/read-floats.ts';
import { measureAsset } from '../../shared/core/quality/measure-asset.ts';
import { validateGlb } from '../../shared/core/quality/validate-glb.ts';
import { DispatchRecipe } from '../../shared/schema/index.ts';
import { carelessMesh } from '../../shared/testing/careless-mesh.ts';
import type { JsonEdits } from '../../shared/testing/edit-json.ts';
import { smallGlb } from '../../shared/testing/small-glb.ts';
import { smallPly } from '../../shared/testing/small-ply.ts';
import { smallPng } from '../../shared/testing/small-png.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { normalise } from './normalise.ts';

const run = async (bytes: Uint8Array, recipe: object = {}) => {
  const result = await normalise({ bytes, recipe: DispatchRecipe.parse(recipe) });
  const document = await readGlb(result.glb);
  const errors = (await validateGlb(result.glb)).messages.filter(({ severity }) => severity === 'error');
  return { ...result, document, errors, codes: result.changes.map(({ code }) => code) };
};
const edited = (edits: JsonEdits) => run(smallGlb({ edits }));
const material = (document: Document): Material => document.getRoot().listMaterials()[0]!;
const primitive = (document: Document) => document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;

const pbr = '/materials/0/pbrMetallicRoughness';

describe('metallic by omission', () => {
  test.each<[string, JsonEdits, string[], number, number]>([
    [
      'is set to 0, and roughness to 1',
      { [`${pbr}/metallicFactor`]: undefined, [`${pbr}/roughnessFactor`]: undefined },
      ['metallic_by_omission'],
      0,
      1,
    ],
    ['leaves a stated roughness', { [`${pbr}/metallicFactor`]: undefined }, ['metallic_by_omission'], 0, 0.9],
    [
      'holds for a material without any factors',
      { '/materials/0': { name: 'bare' } },
      ['metallic_by_omission', 'unreferenced_textures_dropped'],
      0,
      1,
    ],
    ['is not what a stated 1 is', { [`${pbr}/metallicFactor`]: 1 }, ['metallic_stated'], 1, 0.9],
    ['is not what a stated 0.5 is', { [`${pbr}/metallicFactor`]: 0.5 }, [], 0.5, 0.9],
    [
      'is not what a texture of metal multiplies',
      { [`${pbr}/metallicFactor`]: undefined, [`${pbr}/metallicRoughnessTexture`]: { index: 0 } },
      [],
      1,
      0.9,
    ],
    [
      'holds for a part without a material',
      { '/meshes/0/primitives/0/material': undefined },
      ['material_added', 'unreferenced_materials_dropped', 'unreferenced_textures_dropped'],
      0,
      1,
    ],
  ])('%s', async (_, edits, codes, metallic, roughness) => {
    const { document, errors, codes: found } = await edited(edits);
    expect(found).toEqual(codes);
    expect(material(document).getMetallicFactor()).toBe(metallic);
    expect(material(document).getRoughnessFactor()).toBe(roughness);
    expect(errors).toEqual([]);
  });

  test('stays when the recipe says so', async () => {
    const { codes, document } = await run(smallGlb({ edits: { [`${pbr}/metallicFactor`]: undefined } }), {
      fixMetallic: false,
    });
    expect(codes).toEqual([]);
    expect(material(document).getMetallicFactor()).toBe(1);
  });
});

describe('colour in the emissive slot', () => {
  const shaded = {
    emissiveTexture: { index: 0 },
    emissiveFactor: [1, 1, 1],
    pbrMetallicRoughness: { metallicFactor: 0 },
  };

  test.each<[string, JsonEdits, string[], boolean, boolean]>([
    ['is moved to the base colour', { '/materials/0': shaded }, ['colour_from_emissive'], true, false],
    [
      'is moved under a black base colour',
      { '/materials/0': { ...shaded, pbrMetallicRoughness: { metallicFactor: 0, baseColorFactor: [0, 0, 0, 1] } } },
      ['colour_from_emissive'],
      true,
      false,
    ],
    [
      'stays over a base colour that says something',
      {
        '/materials/0': { ...shaded, pbrMetallicRoughness: { metallicFactor: 0, baseColorFactor: [0.2, 0.4, 0.6, 1] } },
      },
      [],
      false,
      true,
    ],
    [
      'is not meant where the factor is 0',
      { '/materials/0': { ...shaded, emissiveFactor: [0, 0, 0] } },
      [],
      false,
      true,
    ],
    [
      'is removed where it repeats the base colour',
      { '/materials/0/emissiveTexture': { index: 0 }, '/materials/0/emissiveFactor': [1, 1, 1] },
      ['emissive_duplicate_removed'],
      true,
      false,
    ],
  ])('%s', async (_, edits, codes, base, emissive) => {
    const { document, codes: found, errors } = await edited(edits);
    expect(found).toEqual(codes);
    expect(material(document).getBaseColorTexture() !== null).toBe(base);
    expect(material(document).getEmissiveTexture() !== null).toBe(emissive);
    if (base) expect(material(document).getBaseColorFactor()).toEqual([1, 1, 1, 1]);
    if (!emissive) expect(material(document).getEmissiveFactor()).toEqual([0, 0, 0]);
    expect(errors).toEqual([]);
  });

  test('of another image than the base colour is light and stays', async () => {
    const document = await readGlb(smallGlb());
    const lamp = document.createTexture('lamp').setMimeType('image/png');
    lamp.setImage(Uint8Array.from(smallPng({ rgb: [255, 255, 0] })));
    material(document).setEmissiveTexture(lamp).setEmissiveFactor([1, 1, 1]);
    const { codes, document: after } = await run(await writeGlb(document));
    expect(codes).toEqual([]);
    expect(material(after).getEmissiveTexture()?.getName()).toBe('lamp');
  });

  test('keeps its texture coordinates and its wrapping', async () => {
    const { document } = await edited({
      '/materials/0': { ...shaded, emissiveTexture: { index: 0 } },
      '/samplers/0': { wrapS: 33071, wrapT: 33648 },
    });
    const info = material(document).getBaseColorTextureInfo()!;
    expect([info.getWrapS(), info.getWrapT()]).toEqual([33071, 33648]);
  });
});

describe('missing normals', () => {
  const bare = { '/meshes/0/primitives/0/attributes/NORMAL': undefined };

  test('are computed', async () => {
    const { document, codes, errors } = await edited(bare);
    expect(codes).toContain('normals_generated');
    expect([...readFloats(primitive(document).getAttribute('NORMAL')!)]).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1]);
    expect(errors).toEqual([]);
  });

  test('stay missing when the recipe says so', async () => {
    const { document } = await run(smallGlb({ edits: bare }), { generateNormals: false });
    expect(primitive(document).getAttribute('NORMAL')).toBeNull();
  });
});

describe('what the validator would refuse', () => {
  test.each<[string, () => Uint8Array, string]>([
    [
      'a texture coordinate that is NaN',
      () => smallGlb({ patch: (bin) => bin.setFloat32(96, Number.NaN, true) }),
      'uv_repaired',
    ],
    ['a normal of length 0', () => smallGlb({ patch: (bin) => bin.setFloat32(48 + 8, 0, true) }), 'normals_repaired'],
    ['a factor above 1', () => smallGlb({ edits: { [`${pbr}/roughnessFactor`]: 2 } }), 'factors_clamped'],
    ['a cutoff without a mask', () => smallGlb({ edits: { '/materials/0/alphaCutoff': 0.3 } }), 'alpha_cutoff_removed'],
    [
      'lines beside triangles',
      () => smallGlb({ edits: { '/meshes/0/primitives/1': { attributes: { POSITION: 0 }, mode: 1 } } }),
      'not_triangles_dropped',
    ],
    [
      'a strip',
      () => smallGlb({ edits: { '/meshes/0/primitives/0/mode': 5, '/accessors/3/count': 4 } }),
      'strips_unrolled',
    ],
  ])('%s is set right and reported', async (_, bytes, code) => {
    const { codes, errors } = await run(bytes());
    expect(codes).toContain(code);
    expect(errors).toEqual([]);
  });

  test('weights of a skin that do not sum to 1, and bind matrices with rounding in their last row', async () => {
    const document = sphereDocument({ segments: 16, skin: true });
    const weights = primitive(document).getAttribute('WEIGHTS_0')!.getArray() as Float32Array;
    weights.forEach((value, i) => {
      weights[i] = value * 3;
    });
    weights.set([Number.NaN, 0, 0, 0], 8);
    const matrices = document.getRoot().listSkins()[0]!.getInverseBindMatrices()!.getArray() as Float32Array;
    matrices[15] = 0.9999999;
    const { codes, errors, document: after } = await run(await writeGlb(document));
    expect(codes).toEqual(['weights_repaired', 'bind_matrices_repaired']);
    expect(errors).toEqual([]);
    expect(measureAsset(after, 0).boundsMax[1]).toBeCloseTo(0.5, 5);
  });
});

test('parts of one list of vertices get lists of their own, and draw what they drew', async () => {
  const document = sphereDocument({ segments: 32 });
  const whole = primitive(document);
  const corners = whole.getIndices()!.getArray()!;
  const mesh = document.getRoot().listMeshes()[0]!;
  const parts = 8;
  const size = Math.ceil(corners.length / 3 / parts) * 3;
  for (let part = 0; part < parts; part++) {
    const own = Uint32Array.from(corners.slice(part * size, (part + 1) * size));
    const indices = document
      .createAccessor()
      .setType('SCALAR')
      .setArray(own)
      .setBuffer(document.getRoot().listBuffers()[0]!);
    mesh.addPrimitive(whole.clone().setIndices(indices));
  }
  mesh.removePrimitive(whole);
  const before = measureAsset(document, 0);
  const { document: after, errors } = await run(await writeGlb(document));
  const stats = measureAsset(after, 0);
  expect(errors).toEqual([]);
  expect({ ...stats, sizeBytes: 0, vertices: 0 }).toEqual({ ...before, vertices: 0 });
  const counts = after
    .getRoot()
    .listMeshes()[0]!
    .listPrimitives()
    .map((part) => part.getAttribute('POSITION')!.getCount());
  expect(Math.max(...counts)).toBeLessThan(before.vertices / 3);
});

test.each([
  ['GLB', () => smallGlb(), 'glb'],
  ['PLY', () => smallPly(), 'ply'],
  ['a careless mesh', () => carelessMesh({ seed: 2, triangles: 2000 }), 'glb'],
])('makes the same valid bytes of %s each time and leaves its input alone', async (_, make, format) => {
  const bytes = Uint8Array.from(make());
  const copy = bytes.slice();
  const [one, two] = [await run(bytes), await run(bytes)];
  expect(one.format).toBe(format);
  expect(one.errors).toEqual([]);
  expect(Buffer.compare(one.glb, two.glb)).toBe(0);
  expect(Buffer.compare(bytes, copy)).toBe(0);
  // What is normal already has nothing that could be set right.
  expect((await run(one.glb)).codes).toEqual([]);
});

test('linear vertex colours of a GLB stay as they are', async () => {
  const document = sphereDocument({ segments: 8, colours: true });
  const before = [...primitive(document).getAttribute('COLOR_0')!.getArray()!];
  const { document: after } = await run(await writeGlb(document));
  expect([...primitive(after).getAttribute('COLOR_0')!.getArray()!]).toEqual(before);
});
