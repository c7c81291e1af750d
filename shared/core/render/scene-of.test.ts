import type { Document } from '@gltf-transform/core';
import { EXTMeshGPUInstancing, KHRMaterialsEmissiveStrength, KHRTextureTransform } from '@gltf-transform/extensions';
import { expect, test } from '@jest/globals';
import { sphereDocument } from '../../testing/sphere-document.ts';
import { worldPositions } from '../mesh/world-positions.ts';
import { boundsOf } from './orbit-views.ts';
import { sceneOf } from './scene-of.ts';

const white = { width: 1, height: 1, rgba: Uint8Array.of(255, 255, 255, 255) };
const decode = async () => white;
const meshNode = (document: Document) =>
  document
    .getRoot()
    .listNodes()
    .find((node) => node.getMesh())!;

/** Share of faces whose normal points away from the centre of the sphere, and of vertex normals that do. */
function outward({ positions, normals, indices }: Awaited<ReturnType<typeof sceneOf>>): [number, number] {
  const { centre } = boundsOf(positions);
  const from = (v: number): number[] => [0, 1, 2].map((k) => positions[v * 3 + k]! - centre[k]!);
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
  let faces = 0;
  for (let t = 0; t < indices.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => from(indices[t + k]!)) as [number[], number[], number[]];
    const cross = [b[1]! * c[2]! - b[2]! * c[1]!, b[2]! * c[0]! - b[0]! * c[2]!, b[0]! * c[1]! - b[1]! * c[0]!];
    if (dot(a, cross) > 0) faces++;
  }
  const count = positions.length / 3;
  const vertices = Array.from({ length: count }, (_, v) => dot(from(v), [...normals.subarray(v * 3, v * 3 + 3)]) > 0);
  return [faces / (indices.length / 3), vertices.filter(Boolean).length / count];
}

test.each([
  ['as it is', [1, 1, 1]],
  ['mirrored', [-1, 1, 1]],
  ['stretched', [1, 3, 0.2]],
] as const)('a sphere that is %s has its faces and normals outside', async (_, scale) => {
  const document = sphereDocument({ segments: 16 });
  meshNode(document)
    .setScale([...scale])
    .setTranslation([5, 0, 0]);
  const scene = await sceneOf(document, decode);
  expect(outward(scene)).toEqual([1, 1]);
  expect(boundsOf(scene.positions).max[1]).toBeCloseTo(scale[1] / 2, 6);
});

test('normals stay square to a surface that is stretched', async () => {
  const document = sphereDocument({ segments: 16 });
  meshNode(document).setScale([1, 3, 1]);
  const { positions, normals } = await sceneOf(document, decode);
  for (let v = 0; v < positions.length / 3; v++) {
    // Gradient of x² + (y/3)² + z² at the point.
    const [x, y, z] = [positions[v * 3]!, positions[v * 3 + 1]! / 9, positions[v * 3 + 2]!];
    const length = Math.hypot(x, y, z);
    const cosine = (normals[v * 3]! * x + normals[v * 3 + 1]! * y + normals[v * 3 + 2]! * z) / length;
    expect(cosine).toBeCloseTo(1, 5);
  }
});

test('a skin moves what it holds, and the node of the mesh does not', async () => {
  const document = sphereDocument({ segments: 16, skin: true });
  meshNode(document).setScale([0.01, 0.01, 0.01]);
  const scene = await sceneOf(document, decode);
  expect(outward(scene)).toEqual([1, 1]);
  expect(boundsOf(scene.positions).max[1]).toBeCloseTo(0.5, 5);
  const primitive = meshNode(document).getMesh()!.listPrimitives()[0]!;
  const expected = worldPositions(meshNode(document), primitive);
  expect(Math.max(...scene.positions.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-6);
});

test('morph targets are added as far as the mesh shows them at rest', async () => {
  const document = sphereDocument({ segments: 16, morph: true });
  meshNode(document).getMesh()!.setWeights([1]);
  expect(boundsOf((await sceneOf(document, decode)).positions).max[1]).toBeCloseTo(1, 6);
});

test('each instance is a copy at its place', async () => {
  const document = sphereDocument({ segments: 8 });
  const batch = document.createExtension(EXTMeshGPUInstancing).createInstancedMesh();
  const at = document
    .createAccessor()
    .setType('VEC3')
    .setArray(Float32Array.of(0, 0, 0, 0, 10, 0));
  const turn = document
    .createAccessor()
    .setType('VEC4')
    .setArray(Float32Array.of(0, 0, 0, 1, 0, 0, Math.SQRT1_2, Math.SQRT1_2));
  meshNode(document)
    .setScale([2, 1, 1])
    .setExtension('EXT_mesh_gpu_instancing', batch.setAttribute('TRANSLATION', at).setAttribute('ROTATION', turn));
  const once = await sceneOf(sphereDocument({ segments: 8 }), decode);
  const scene = await sceneOf(document, decode);
  expect(scene.indices.length).toBe(once.indices.length * 2);
  expect(boundsOf(scene.positions).max).toEqual([1, 10.5, 0.5]);
});

test('materials keep their factors, transforms, samplers and strengths', async () => {
  const document = sphereDocument({ segments: 8, uv: true, colours: true });
  const texture = document.createTexture().setImage(Uint8Array.of(1)).setMimeType('image/png');
  const material = document
    .getRoot()
    .listMaterials()[0]!
    .setBaseColorTexture(texture)
    .setNormalTexture(texture)
    .setEmissiveFactor([1, 0.5, 0])
    .setAlphaMode('MASK')
    .setAlphaCutoff(0.3);
  const strength = document
    .createExtension(KHRMaterialsEmissiveStrength)
    .createEmissiveStrength()
    .setEmissiveStrength(4);
  material.setExtension('KHR_materials_emissive_strength', strength);
  const transform = document
    .createExtension(KHRTextureTransform)
    .createTransform()
    .setOffset([0.5, 0])
    .setScale([2, 3])
    .setRotation(Math.PI / 2);
  material
    .getBaseColorTextureInfo()!
    .setExtension('KHR_texture_transform', transform)
    .setWrapS(33071)
    .setMinFilter(9728)
    .setMagFilter(9728);
  const scene = await sceneOf(document, decode);
  const drawn = scene.materials[scene.triangleMaterials[0]!]!;
  expect(drawn).toMatchObject({ emissive: [4, 2, 0], alphaMode: 'mask', alphaCutoff: 0.3, metallic: 0 });
  expect(drawn.baseColourTexture).toMatchObject({ wrapU: 'clamp', wrapV: 'repeat', smooth: false, mips: 'none' });
  const expected = [0, 3, 0.5, -2, 0, 0];
  for (const [i, value] of drawn.baseColourTexture!.transform!.entries()) expect(value).toBeCloseTo(expected[i]!, 9);
  // Read once as colours and once as numbers.
  expect(scene.textures.map(({ srgb }) => srgb)).toEqual([true, false]);
  expect(scene.tangents.length).toBe(scene.indices.length * 4);
  expect(scene.colours.length).toBe((scene.positions.length / 3) * 4);
});

test('an image that cannot be decoded leaves the factors alone', async () => {
  const document = sphereDocument({ segments: 8, uv: true });
  const texture = document.createTexture().setImage(Uint8Array.of(1)).setMimeType('image/ktx2');
  document.getRoot().listMaterials()[0]!.setBaseColorTexture(texture);
  const scene = await sceneOf(document, async () => undefined);
  expect(scene.textures).toEqual([]);
  expect(scene.materials[1]!.baseColourTexture).toBeUndefined();
});
