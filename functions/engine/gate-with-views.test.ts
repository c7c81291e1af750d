import { expect, test } from '@jest/globals';
import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { limitRows } from '../../shared/core/quality/report/limit-rows.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { contentPackages, missingOptional } from '../../shared/optional-module.ts';
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

// Where the packages are, the sphere is looked at, and harmless.
test('content is looked at when the target has a rule for it; without the packages the finding says so', async () => {
  const rule = { severity: 'error', source: 'a policy', checked: '2026-11-25' } as const;
  const strict = { ...profile, checks: { content_unsafe: rule } };
  const files = [{ name: 'model', glb: sphere }];
  const { report } = await gateWithViews({ files, profile: strict, viewSizePx: 64 });
  const found = report.findings.filter(({ code }) => code.startsWith('content_'));
  const missing = missingOptional(contentPackages);
  expect(found).toEqual(missing ? [expect.objectContaining({ code: 'content_not_checked', severity: 'error' })] : []);
  if (missing) expect([report.verdict, found[0]!.remedy]).toEqual(['rejected', missing.remedy]);
  const row = limitRows(report, strict).find((one) => one.rule === 'content unsafe');
  expect(row?.measured).toEqual([missing ? 'not checked' : 'nothing found']);
});
