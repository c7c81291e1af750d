import { type Document, Logger } from '@gltf-transform/core';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { MeshoptEncoder, MeshoptSimplifier } from 'meshoptimizer';
import { limits } from '../../schema/index.ts';
import { packGlb } from '../../testing/pack-glb.ts';
import { smallGlb, smallGltf } from '../../testing/small-glb.ts';
import { smallZip } from '../../testing/small-zip.ts';
import { sphereDocument, sphereTriangles } from '../../testing/sphere-document.ts';
import { packGeometry } from '../mesh/pack-geometry.ts';
import { readFloats } from '../mesh/read-floats.ts';
import { countTriangles } from '../mesh/triangle-indices.ts';
import { worldPositions } from '../mesh/world-positions.ts';
import { dracoCounts } from './check-draco.ts';
import { writeGlb } from './gltf-io.ts';
import { readSource } from './read-source.ts';
import { splitGlb } from './split-glb.ts';

beforeAll(() => Promise.all([MeshoptEncoder.ready, MeshoptSimplifier.ready]));

const first = (document: Document) => document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
const positions = (document: Document): number[] => [...readFloats(first(document).getAttribute('POSITION')!)];

/** A GLB with its JSON changed by hand. */
function rewritten(glb: Uint8Array, change: (json: string) => string): Uint8Array {
  const { json, bin } = splitGlb(glb);
  return packGlb(Buffer.from(change(Buffer.from(json).toString())), bin);
}

const packed = async (compression: 'meshopt' | 'draco' | 'quantized'): Promise<Uint8Array> => {
  const document = sphereDocument({ segments: 32, uv: true }).setLogger(new Logger(Logger.Verbosity.SILENT));
  await packGeometry(document, compression);
  return writeGlb(document);
};

/** Largest distance of a vertex from the sphere of radius one half that the file should hold. */
function offSphere(document: Document): number {
  const node = document.getRoot().listNodes()[0]!;
  const points = worldPositions(node, first(document));
  let most = 0;
  for (let i = 0; i < points.length; i += 3) {
    most = Math.max(most, Math.abs(Math.hypot(points[i]!, points[i + 1]!, points[i + 2]!) - 0.5));
  }
  return most;
}

describe('packed geometry', () => {
  test.each(['meshopt', 'draco', 'quantized'] as const)('%s is read', async (compression) => {
    const { document } = await readSource(await packed(compression));
    expect(countTriangles(first(document))).toBe(sphereTriangles(32));
    // 14 bits over a metre are steps of 0.06 mm.
    expect(offSphere(document)).toBeLessThan(1e-4);
  });

  test('KHR_meshopt_compression is read as its forerunner is', async () => {
    const before = await packed('meshopt');
    const after = rewritten(before, (json) => json.replaceAll('EXT_meshopt', 'KHR_meshopt'));
    const [old, renamed] = [await readSource(before), await readSource(after)];
    expect(positions(renamed.document)).toEqual(positions(old.document));
    expect(renamed.changes).toEqual([]);
  });

  test('KHR_meshopt_compression is checked before it is decoded', async () => {
    const glb = rewritten(await packed('meshopt'), (text) => {
      const json = JSON.parse(text.replaceAll('EXT_meshopt', 'KHR_meshopt'));
      json.bufferViews[0].extensions.KHR_meshopt_compression.count = 4_294_967_295;
      return JSON.stringify(json);
    });
    await expect(readSource(glb)).rejects.toMatchObject({
      code: 'count_over_limit',
      pointer: '/bufferViews/0/extensions/KHR_meshopt_compression/count',
    });
  });

  test('a Draco stream declares what it holds', async () => {
    const { json, bin } = splitGlb(await packed('draco'));
    const { meshes, bufferViews } = JSON.parse(Buffer.from(json).toString());
    const view = bufferViews[meshes[0].primitives[0].extensions.KHR_draco_mesh_compression.bufferView];
    const stream = bin!.subarray(view.byteOffset ?? 0, (view.byteOffset ?? 0) + view.byteLength);
    expect(dracoCounts(stream)).toEqual({ vertices: expect.any(Number), faces: sphereTriangles(32) });
    expect(dracoCounts(stream)!.vertices).toBeGreaterThan(sphereTriangles(32) / 2);
  });

  test('metadata of a Draco stream are passed over, nested ones too', () => {
    const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
    const entry = [...name('key'), 3, 1, 2, 3];
    // One attribute (id 7) with one entry; then the geometry: no entry, two children, the first with a child of its own.
    const leaf = [1, ...entry, 0];
    const metadata = [1, 7, ...leaf, 0, 2, ...name('a'), 0, 1, ...name('deep'), ...leaf, ...name('b'), ...leaf];
    const head = [...Buffer.from('DRACO'), 2, 2, 1, 1, 0, 0x80];
    const stream = Uint8Array.of(...head, ...metadata, 0, 0xac, 0x02, 0x96, 0x01);
    expect(dracoCounts(stream)).toEqual({ vertices: 300, faces: 150 });
  });
});

describe('sparse accessors', () => {
  /** The small square; the second vertex of its positions is replaced by the fourth of its normals, which is 0 0 1. */
  const sparse = (accessor: object) =>
    smallGlb({
      edits: {
        '/accessors/0/sparse': {
          count: 1,
          indices: { bufferView: 3, byteOffset: 2, componentType: 5123 },
          values: { bufferView: 1, byteOffset: 36 },
        },
        ...accessor,
      },
    });

  test('replace the elements that they name', async () => {
    expect(positions((await readSource(sparse({}))).document).slice(0, 9)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0]);
  });

  test('do not take the byte offset of the accessor for their own', async () => {
    // Three positions from the second on; sparse index 0 is the first of the indices, value the first of the normals.
    const glb = sparse({
      '/accessors/0': {
        bufferView: 0,
        byteOffset: 12,
        componentType: 5126,
        count: 3,
        type: 'VEC3',
        sparse: { count: 1, indices: { bufferView: 3, componentType: 5123 }, values: { bufferView: 1 } },
      },
      '/accessors/1/count': 3,
      '/accessors/2/count': 3,
      '/accessors/3/count': 3,
    });
    expect(positions((await readSource(glb)).document)).toEqual([0, 0, 1, 1, 1, 0, 0, 1, 0]);
  });
});

describe('where data come from', () => {
  const { json, bin } = smallGltf();
  const expected = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0];
  const naming = (uri: string): string => JSON.stringify({ ...json, buffers: [{ byteLength: bin.length, uri }] });

  test.each([
    ['a data: URI', `data:application/octet-stream;base64,${Buffer.from(bin).toString('base64')}`, {}],
    ['a file beside it in an archive', 'mesh.bin', { 'mesh.bin': bin }],
    ['a file in a folder, its name escaped', 'my%20data/mesh.bin', { 'my data/mesh.bin': bin }],
  ])('a buffer may be %s', async (_, uri, files) => {
    const bytes = Object.keys(files).length > 0 ? smallZip({ 'scene.gltf': naming(uri), ...files }) : naming(uri);
    const { document, format } = await readSource(Buffer.from(bytes as string));
    expect(format).toBe('gltf');
    expect(positions(document)).toEqual(expected);
  });

  test('an optional extension that nobody knows is left out and reported', async () => {
    const { changes } = await readSource(smallGlb({ edits: { '/extensionsUsed': ['ACME_sparkle'] } }));
    expect(changes).toEqual([expect.objectContaining({ code: 'extension_dropped', pointer: '/extensionsUsed/0' })]);
  });

  test('an image is what its bytes are, whatever it is called', async () => {
    const { changes, document } = await readSource(smallGlb({ edits: { '/images/0/mimeType': 'image/jpeg' } }));
    expect(document.getRoot().listTextures()[0]?.getMimeType()).toBe('image/png');
    expect(changes.map(({ code }) => code)).toEqual(['image_type_corrected']);
  });

  test('bytes behind the declared length are left out and reported', async () => {
    const glb = Buffer.concat([smallGlb(), Buffer.alloc(16)]);
    expect((await readSource(glb)).changes.map(({ code }) => code)).toEqual(['trailing_bytes_dropped']);
  });
});

test('as many primitives as are allowed, which share one list, are read in a moment', async () => {
  const primitive = { attributes: { POSITION: 0 }, indices: 3 };
  const glb = smallGlb({
    edits: { '/meshes/0/primitives': Array(limits.primitives).fill(primitive), '/nodes/0/mesh': 0 },
  });
  const { document } = await readSource(glb);
  expect(document.getRoot().listMeshes()[0]?.listPrimitives()).toHaveLength(limits.primitives);
});
