import { expect, test } from '@jest/globals';
import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { gateWithViews } from './gate-with-views.ts';
import { sharp } from './images.ts';

const profile = findProfile('web');
const sphere = await writeGlb(sphereDocument({ segments: 16 }));
const source = { glb: sphere, sha256: sha256Hex(sphere) };
const judge = (glb: Uint8Array) => gateWithViews({ files: [{ name: 'model', glb }], profile, source, viewSizePx: 64 });

/** The sphere without the third of its triangles that is nearest to the upper pole. */
async function openSphere(): Promise<Uint8Array> {
  const document = await readGlb(sphere);
  const indices = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getIndices()!;
  const corners = indices.getArray()!;
  indices.setArray(corners.slice(Math.floor(corners.length / 9) * 3));
  return writeGlb(document);
}

test('a delivery equal to its source differs in nothing, and every picture is listed with its hash and size', async () => {
  const { report, pictures } = await judge(sphere);
  expect(report.fidelity).toMatchObject({ sourceSha256: source.sha256, views: 12, flip: 0, psnrDb: null });
  expect(report.pictures).toEqual(pictures.map(({ meta }) => meta));
  const names = pictures.map(({ meta }) => meta.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['view-01', 'view-12-source', 'view-01-flip', 'wireframe']));
  for (const { meta, bytes } of pictures) {
    expect([sha256Hex(bytes), bytes.byteLength]).toEqual([meta.sha256, meta.sizeBytes]);
    const { format, width, height } = await sharp(bytes).metadata();
    expect([format, width, height]).toEqual(['webp', meta.widthPx, meta.heightPx]);
  }
});

test('a delivery that lost a third of its surface is refused, with the holes in a picture; again gives the same bytes', async () => {
  const glb = await openSphere();
  const { report, pictures } = await judge(glb);
  const codes = report.findings.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['holes_visible', 'fidelity_distance']));
  expect(report.verdict).toBe('rejected');
  expect(pictures.find(({ meta }) => meta.name === 'mark-holes_visible')?.meta.codes).toEqual(['holes_visible']);
  expect(await judge(glb)).toEqual({ report, pictures });
});
