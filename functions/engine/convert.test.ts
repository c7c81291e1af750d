import { type Document, Logger } from '@gltf-transform/core';
import { describe, expect, test } from '@jest/globals';
import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { readFloats } from '../../shared/core/mesh/read-floats.ts';
import { measureAsset } from '../../shared/core/quality/measure-asset.ts';
import { planTarget } from '../../shared/profiles/plan-target.ts';
import { profiles } from '../../shared/profiles/profiles.ts';
import type { ConvertRecipe, GeometryCompression } from '../../shared/schema/index.ts';
import { smallGlb } from '../../shared/testing/small-glb.ts';
import { type SphereOptions, sphereDocument, sphereTriangles } from '../../shared/testing/sphere-document.ts';
import { convert } from './convert.ts';
import { gate } from './gate.ts';
import { refine } from './refine.ts';

const recipe: ConvertRecipe = {
  triangles: 1000,
  lods: [],
  geometryCompression: 'none',
  textureFormat: 'keep',
  textureQuality: 80,
};

const packings: GeometryCompression[] = ['none', 'quantized', 'meshopt', 'draco'];

const sphere = (options: SphereOptions, change?: (document: Document) => void): Promise<Uint8Array> => {
  const document = sphereDocument(options).setLogger(new Logger(Logger.Verbosity.SILENT));
  change?.(document);
  return writeGlb(document);
};

/** A node that travels: packing must not move what its animation sets. */
function animate(document: Document): void {
  const buffer = document.getRoot().listBuffers()[0]!;
  const node = document.getRoot().listNodes()[0]!.setScale([2, 2, 2]).setTranslation([1, 2, 3]);
  const accessor = (type: 'SCALAR' | 'VEC3', values: number[]) =>
    document.createAccessor().setType(type).setArray(Float32Array.from(values)).setBuffer(buffer);
  const sampler = document
    .createAnimationSampler()
    .setInput(accessor('SCALAR', [0, 1]))
    .setOutput(accessor('VEC3', [1, 2, 3, 4, 5, 6]));
  const channel = document
    .createAnimationChannel()
    .setTargetNode(node)
    .setTargetPath('translation')
    .setSampler(sampler);
  document.createAnimation('travel').addSampler(sampler).addChannel(channel);
}

const sources: [string, () => Promise<Uint8Array>][] = [
  ['a sphere with a seam', () => sphere({ segments: 64, uv: true })],
  ['one with vertex colours', () => sphere({ segments: 64, colours: true })],
  ['one with a skin', () => sphere({ segments: 64, skin: true, uv: true })],
  ['one with a morph target', () => sphere({ segments: 64, morph: true, uv: true })],
  [
    'three, one of them mirrored',
    () =>
      sphere({ segments: 48, nodes: 3 }, (document) => void document.getRoot().listNodes()[1]!.setScale([-1, 2, 1])),
  ],
  ['one that is animated', () => sphere({ segments: 64 }, animate)],
];

describe.each(packings)('packed as %s', (geometryCompression) => {
  test.each(sources)('%s stays in its place, valid and at its budget', async (_, make) => {
    const glb = await make();
    const before = measureAsset(await readGlb(glb), 0);
    const { files } = await convert({ glb, recipe: { ...recipe, geometryCompression, lods: [0.5] } });
    expect(files.map(({ name }) => name)).toEqual(['model', 'lod1']);
    for (const file of files) {
      const document = await readGlb(file.glb);
      const stats = measureAsset(document, 0);
      expect(stats.triangles).toBe(file.triangles);
      expect(file.triangles).toBeLessThanOrEqual(file.requestedTriangles);
      expect(file.triangles).toBeGreaterThanOrEqual(file.requestedTriangles * 0.99);
      expect(stats.animations).toBe(before.animations);
      expect(stats.attributes).toEqual(before.attributes);
      // Half a thousand triangles cut the caps of a sphere by up to 1.5 % of a metre or two.
      for (const axis of [0, 1, 2]) {
        expect(Math.abs(stats.boundsMin[axis]! - before.boundsMin[axis]!)).toBeLessThan(0.03);
        expect(Math.abs(stats.boundsMax[axis]! - before.boundsMax[axis]!)).toBeLessThan(0.03);
      }
    }
    const { findings } = await gate({ files, profile: profiles[0]!, plan: { triangles: 1000 } });
    expect(
      findings.filter(({ severity }) => severity === 'error').filter(({ code }) => code !== 'extension_not_read'),
    ).toEqual([]);
  });

  test('vertex colours stay linear and keep their values', async () => {
    const { files } = await convert({
      glb: await sphere({ segments: 32, colours: true }),
      recipe: { ...recipe, geometryCompression },
    });
    const document = await readGlb(files[0]!.glb);
    const node = document.getRoot().listNodes()[0]!;
    const part = node.getMesh()!.listPrimitives()[0]!;
    const [positions, colours] = [readFloats(part.getAttribute('POSITION')!), part.getAttribute('COLOR_0')!];
    const size = colours.getElementSize();
    const matrix = node.getWorldMatrix();
    const values = readFloats(colours);
    for (let v = 0; v < colours.getCount(); v++) {
      // The sphere is red by x and green by y, both from 0 to 1.
      const y = matrix[5] * positions[v * 3 + 1]! + matrix[13];
      expect(Math.abs(values[v * size + 1]! - (y + 0.5))).toBeLessThan(2e-3);
    }
  });

  test('makes the same bytes each time', async () => {
    const glb = await sphere({ segments: 32, uv: true });
    const [one, two] = await Promise.all(
      [1, 2].map(() => convert({ glb, recipe: { ...recipe, geometryCompression } })),
    );
    expect(Buffer.compare(one!.files[0]!.glb, two!.files[0]!.glb)).toBe(0);
  });
});

describe('levels of detail', () => {
  test('get fewer and fewer triangles, and their errors grow', async () => {
    const { files } = await convert({
      glb: await sphere({ segments: 64, uv: true }),
      recipe: { ...recipe, lods: [0.5, 0.25, 0.125] },
    });
    for (const [i, file] of files.slice(1).entries()) {
      expect(file.triangles).toBeLessThan(files[i]!.triangles);
      expect(file.errorM).toBeGreaterThan(files[i]!.errorM);
      expect(file.deviationRmsShare).toBeGreaterThan(files[i]!.deviationRmsShare);
    }
  });

  test('have shares of what the model has, not of a budget that it does not fill', async () => {
    const { files } = await convert({
      glb: await sphere({ segments: 16 }),
      recipe: { ...recipe, triangles: 100_000, lods: [0.5] },
    });
    expect(files.map(({ triangles }) => triangles)).toEqual([sphereTriangles(16), sphereTriangles(16) / 2]);
    expect(files[0]).toMatchObject({ errorM: 0, deviationMaxShare: 0 });
  });

  test('are left out, and that is said, where a model is too small for them', async () => {
    const { files, changes } = await convert({ glb: smallGlb(), recipe: { ...recipe, lods: [0.5, 0.25] } });
    expect(files.map(({ name, triangles }) => [name, triangles])).toEqual([['model', 2]]);
    expect(changes).toEqual([expect.objectContaining({ code: 'lods_left_out', count: 2 })]);
  });

  test('a budget that the model itself cannot reach is refused', async () => {
    const glb = await sphere({ segments: 16, nodes: 5 });
    await expect(convert({ glb, recipe: { ...recipe, triangles: 19 } })).rejects.toMatchObject({
      code: 'budget_unreachable',
      pointer: '/recipe/convert/triangles',
    });
  });
});

test.each(profiles.map((profile) => [profile.id, profile] as const))(
  'the defaults of %s are accepted by its own gate',
  async (_, profile) => {
    const plan = planTarget(profile);
    for (const source of [smallGlb(), await sphere({ segments: 128, uv: true, skin: true })]) {
      const { glb } = await refine({ glb: source, recipe: plan.refine, imageTypes: profile.imageTypes.allowed });
      const { files } = await convert({ glb, recipe: plan.convert });
      const report = await gate({ files, profile, plan: { triangles: plan.convert.triangles } });
      expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(report.verdict).toBe('accepted');
      expect(report.files.map(({ validator }) => validator?.errors)).toEqual(files.map(() => 0));
    }
  },
);
