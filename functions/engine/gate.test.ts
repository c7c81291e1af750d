import { type Document, Logger } from '@gltf-transform/core';
import { EXTMeshGPUInstancing, EXTTextureWebP, KHRMaterialsUnlit } from '@gltf-transform/extensions';
import { describe, expect, test } from '@jest/globals';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { packGeometry } from '../../shared/core/mesh/pack-geometry.ts';
import type { Limit, LimitName, Profile } from '../../shared/schema/index.ts';
import { smallGlb } from '../../shared/testing/small-glb.ts';
import { sphereDocument, sphereTriangles } from '../../shared/testing/sphere-document.ts';
import { gate } from './gate.ts';

const evidence = { source: 'a test', checked: '2026-01-01' };

const off = { severity: 'off' as const, ...evidence };

/** A target without any limit that reads everything that the tests write, and takes them as they stand. */
const profile = (changes: Partial<Profile> = {}): Profile => ({
  id: 'web',
  version: 'test',
  title: 'Test',
  summary: 'A target for tests.',
  limits: {},
  extensions: {
    allowed: ['EXT_meshopt_compression', 'KHR_draco_mesh_compression', 'KHR_mesh_quantization'],
    ...evidence,
  },
  imageTypes: { allowed: ['image/png'], ...evidence },
  checks: { pivot_off: off, pivot_outside: off, up_axis: off, uv_none: off },
  defaults: {
    refine: { weld: true, textureSizePx: 1024 },
    convert: { triangles: 100, lods: [], geometryCompression: 'none', textureFormat: 'keep', textureQuality: 80 },
    ...evidence,
  },
  ...changes,
});

type Files = Parameters<typeof gate>[0]['files'];
const only = (glb: Uint8Array): Files => [{ name: 'model', glb }];
const judge = async (files: Files, changes: Partial<Profile> = {}, triangles?: number) => {
  const report = await gate({
    files,
    profile: profile(changes),
    ...(triangles === undefined ? {} : { plan: { triangles } }),
  });
  return { ...report, codes: report.findings.map(({ code }) => code) };
};

const sphere = (options: Parameters<typeof sphereDocument>[0], change?: (document: Document) => void) => {
  const document = sphereDocument(options).setLogger(new Logger(Logger.Verbosity.SILENT));
  change?.(document);
  return writeGlb(document);
};

test('a sound file is accepted without a finding', async () => {
  expect(await judge(only(smallGlb()))).toMatchObject({ verdict: 'accepted', findings: [] });
});

describe('each limit', () => {
  /** What the file measures, exactly. */
  const cases: [LimitName, number][] = [
    ['triangles', 2],
    ['trianglesPerMesh', 2],
    ['vertices', 4],
    ['drawCalls', 1],
    ['materials', 1],
    ['textureSizePx', 2],
    // 2 × 2 and 1 × 1 pixels of four bytes.
    ['textureMemoryBytes', 20],
    ['sizeBytes', smallGlb().byteLength],
    ['uvSets', 1],
    ['openEdges', 4],
  ];

  test.each(cases)('%s holds at what the file has, and one less is an error', async (name, measured) => {
    const limit = (max: number, severity: Limit['severity']) => ({
      limits: { [name]: { max, severity, ...evidence } },
    });
    expect((await judge(only(smallGlb()), limit(measured, 'hard'))).findings).toEqual([]);
    const over = await judge(only(smallGlb()), limit(measured - 1, 'hard'));
    expect(over).toMatchObject({
      verdict: 'rejected',
      findings: [{ severity: 'error', measured, limit: measured - 1 }],
    });
    const advised = await judge(only(smallGlb()), limit(measured - 1, 'advice'));
    expect(advised).toMatchObject({ verdict: 'accepted', findings: [{ severity: 'warning', measured }] });
  });

  test('jointsPerSkin counts joints', async () => {
    const skinned = only(await sphere({ segments: 8, skin: true }));
    const limit = (max: number) => ({ limits: { jointsPerSkin: { max, severity: 'hard' as const, ...evidence } } });
    expect((await judge(skinned, limit(2))).verdict).toBe('accepted');
    expect((await judge(skinned, limit(1))).codes).toContain('limit_joints_per_skin');
  });

  test('triangles count for each node that shows the mesh, triangles of a mesh once', async () => {
    const thrice = only(await sphere({ segments: 8, nodes: 3 }));
    const one = sphereTriangles(8);
    const limits = (name: LimitName, max: number) => ({
      limits: { [name]: { max, severity: 'hard' as const, ...evidence } },
    });
    expect((await judge(thrice, limits('triangles', one * 3 - 1))).verdict).toBe('rejected');
    expect((await judge(thrice, limits('triangles', one * 3))).verdict).toBe('accepted');
    expect((await judge(thrice, limits('trianglesPerMesh', one))).verdict).toBe('accepted');
  });
});

describe('a file is rejected', () => {
  test.each<[string, () => Promise<Uint8Array> | Uint8Array, string, string | undefined]>([
    ['that is no GLB', () => Buffer.from('hello'), 'file_unreadable', undefined],
    ['that draws no triangle', () => smallGlb({ edits: { '/scenes/0/nodes': [] } }), 'no_triangles', undefined],
    [
      'whose vertices are at one point',
      () => sphere({ segments: 8 }, (document) => void document.getRoot().listNodes()[0]!.setScale([0, 0, 0])),
      'no_extent',
      undefined,
    ],
    [
      'with a coordinate that is not finite',
      () => smallGlb({ patch: (bin) => bin.setFloat32(16, Number.NaN, true) }),
      'position_not_finite',
      '/meshes/0/primitives/0/attributes/POSITION',
    ],
    [
      'with an index that points at nothing',
      () => smallGlb({ patch: (bin) => bin.setUint16(128 + 4, 4, true) }),
      'index_out_of_range',
      '/meshes/0/primitives/0/indices',
    ],
    [
      'that the validator refuses',
      () => smallGlb({ edits: { '/accessors/0/max': [9, 9, 9] } }),
      'ACCESSOR_MAX_MISMATCH',
      '/accessors/0/max/0',
    ],
    [
      'whose image is of another type than it says',
      () => smallGlb({ image: Buffer.from('GIF89a this is not what it is called') }),
      'image_unreadable',
      '/images/0',
    ],
    [
      'whose image has no size',
      () => smallGlb({ image: Buffer.from('this is not an image at all') }),
      'image_unreadable',
      '/images/0',
    ],
    [
      'that needs an extension which the target does not read',
      () => sphere({ segments: 8 }, (document) => void document.createExtension(KHRMaterialsUnlit).setRequired(true)),
      'extension_not_read',
      '/extensionsRequired/0',
    ],
    [
      'with an image of a type that the target does not read',
      () =>
        sphere({ segments: 8, uv: true }, (document) => {
          document.createExtension(EXTTextureWebP).setRequired(true);
          // The smallest lossless WebP: one pixel.
          const webp = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');
          const texture = document.createTexture().setMimeType('image/webp').setImage(Uint8Array.from(webp));
          document.getRoot().listMaterials()[0]!.setBaseColorTexture(texture);
        }),
      'image_type_not_read',
      '/images/0',
    ],
  ])('%s', async (_, make, code, pointer) => {
    const report = await judge(only(await make()));
    expect(report.verdict).toBe('rejected');
    expect(report.findings).toContainEqual(
      expect.objectContaining({ code, severity: 'error', ...(pointer === undefined ? {} : { pointer }) }),
    );
  });

  test('when there is none', async () => {
    expect(await judge([])).toMatchObject({ verdict: 'rejected', codes: ['no_files'] });
  });

  test('whose packed geometry is broken, which the validator cannot see', async () => {
    const document = sphereDocument({ segments: 16, skin: true }).setLogger(new Logger(Logger.Verbosity.SILENT));
    const joints = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('JOINTS_0')!;
    (joints.getArray() as Uint8Array).fill(7);
    await packGeometry(document, 'meshopt');
    const report = await judge(only(await writeGlb(document)));
    expect(report.verdict).toBe('rejected');
    expect(report.codes).toContain('ACCESSOR_JOINTS_INDEX_OOB');
  });
});

test('an optional extension that the target does not read is a warning', async () => {
  const file = await sphere({ segments: 8 }, (document) => {
    const unlit = document.createExtension(KHRMaterialsUnlit);
    document.getRoot().listMaterials()[0]!.setExtension('KHR_materials_unlit', unlit.createUnlit());
  });
  expect(await judge(only(file))).toMatchObject({
    verdict: 'accepted',
    findings: [{ code: 'extension_ignored', severity: 'warning', pointer: '/extensionsUsed/0' }],
  });
});

test('copies of a mesh that the target would not draw are an error', async () => {
  const file = await sphere({ segments: 8 }, (document) => {
    const extension = document.createExtension(EXTMeshGPUInstancing);
    const places = document
      .createAccessor()
      .setType('VEC3')
      .setArray(Float32Array.of(0, 0, 0, 2, 0, 0));
    const batch = extension
      .createInstancedMesh()
      .setAttribute('TRANSLATION', places.setBuffer(document.getRoot().listBuffers()[0]!));
    document.getRoot().listNodes()[0]!.setExtension('EXT_mesh_gpu_instancing', batch);
  });
  const report = await judge(only(file));
  expect(report).toMatchObject({ verdict: 'rejected', codes: ['extension_ignored'] });
  expect(report.files[0]?.stats.triangles).toBe(sphereTriangles(8) * 2);
  const allowed = { extensions: { allowed: ['EXT_mesh_gpu_instancing'], ...evidence } };
  expect((await judge(only(file), allowed)).verdict).toBe('accepted');
});

describe('levels of detail', () => {
  const pair = async (model: number, lod: number, change?: (document: Document) => void): Promise<Files> => [
    { name: 'model', glb: await sphere({ segments: model }) },
    { name: 'lod1', glb: await sphere({ segments: lod }, change) },
  ];

  test('lighter ones in the same place are accepted', async () => {
    expect(await judge(await pair(32, 16), {}, sphereTriangles(32))).toMatchObject({
      verdict: 'accepted',
      findings: [],
    });
  });

  test('the model must keep to the budget', async () => {
    expect((await judge(await pair(32, 16), {}, sphereTriangles(32) - 1)).codes).toEqual(['budget_exceeded']);
  });

  test('heavier ones are rejected', async () => {
    expect((await judge(await pair(16, 32))).codes).toEqual(['lod_not_lighter']);
  });

  test('one that stands elsewhere is rejected', async () => {
    const moved = await pair(32, 16, (document) => void document.getRoot().listNodes()[0]!.setTranslation([1, 0, 0]));
    expect((await judge(moved)).codes).toEqual(['part_lost']);
  });

  test('one that lost a part is rejected, one that lost a crumb is not', async () => {
    const two = (scale: number) => (document: Document) => {
      const [first, second] = document.getRoot().listNodes();
      second?.setMesh(second.getMesh()!.clone()).setScale([scale, scale, scale]).setTranslation([3, 0, 0]);
      first?.setTranslation([0, 0, 0]);
    };
    const judged = async (scale: number) =>
      judge([
        { name: 'model', glb: await sphere({ segments: 32, nodes: 2 }, two(scale)) },
        { name: 'lod1', glb: await sphere({ segments: 16 }) },
      ]);
    expect((await judged(0.5)).codes).toEqual(['part_lost']);
    expect((await judged(0.01)).codes).toEqual([]);
  });
});
