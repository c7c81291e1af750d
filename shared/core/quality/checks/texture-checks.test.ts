import { describe, expect, test } from '@jest/globals';
import { pngHeader } from '../../../testing/builders.ts';
import { box } from '../../../testing/exact-meshes.ts';
import { gateContext, gateFile, meshDocument, sheet } from '../../../testing/gate-files.ts';
import { blurred, fractalTexture, paint } from '../../../testing/seeded-pictures.ts';
import { sphereDocument } from '../../../testing/sphere-document.ts';
import { analyseDocument } from '../../mesh/analyse/analyse-document.ts';
import type { Check } from '../gate-file.ts';
import { measureBaseColours } from '../measure-base-colours.ts';
import type { Picture } from '../metrics/picture.ts';
import { checkBakedLight } from './check-baked-light.ts';
import { checkImages } from './check-images.ts';
import { checkMetallic } from './check-metallic.ts';
import { checkTextureBlur } from './check-texture-blur.ts';
import { checkTextureColour } from './check-texture-colour.ts';
import { checkTextureSeams } from './check-texture-seams.ts';

const size = 256;
const stone = fractalTexture(size, 5);

/** Checks a sheet that shows a picture, with the picture read as the gate does. */
async function run(
  check: Check,
  picture: Picture,
  document = meshDocument(sheet(), { texturePx: size, uv: sheet().uv }),
) {
  const bare = await gateFile(document);
  const file = { ...bare, colours: await measureBaseColours(document, bare.analysis, async () => picture) };
  return check(file, gateContext(file));
}

/** A sphere with one chart, for pictures that follow the direction of its surface. */
function sphere() {
  const document = sphereDocument({ segments: 32, uv: true });
  const image = pngHeader(size, size);
  document
    .getRoot()
    .listMaterials()[0]!
    .setBaseColorTexture(document.createTexture().setMimeType('image/png').setImage(image));
  return document;
}

/** The stone with light from above, as strong as a share of it. */
const litFromAbove = (strength: number): Picture =>
  paint(size, size, (x, y) => {
    const light = (1 + strength * Math.cos(((y + 0.5) / size) * Math.PI)) ** (1 / 2.2);
    const at = (y * size + x) * 4;
    return [0, 1, 2].map((c) => stone.data[at + c]! * light) as [number, number, number];
  });

describe('a fault of the texture is found', () => {
  test.each<[string, string, Check, Picture]>([
    ['blurred', 'texture_blurred', checkTextureBlur, blurred(stone, 3)],
    ['of one colour', 'texture_flat', checkTextureColour, paint(size, size, () => [120, 60, 30])],
    [
      'washed out',
      'texture_pale',
      checkTextureColour,
      paint(size, size, (x, y) => [200 + ((x * 7 + y) % 32), 210, 215]),
    ],
  ])('%s', async (_, code, check, picture) => {
    expect(await run(check, picture)).toMatchObject([{ code, severity: 'warning', pointer: '/images/0' }]);
  });

  test('charts whose colours do not meet, marked at both sides of the seam', async () => {
    const { positions, indices } = sheet();
    const corners = [...indices];
    const cut = {
      positions: Float32Array.from(corners.flatMap((v) => [...positions.subarray(v * 3, v * 3 + 3)])),
      indices: Uint32Array.from(corners.keys()),
    };
    // The left half of the sheet lies in the left of the texture, the right half in the right, with air between.
    const uv = Float32Array.from(
      corners.flatMap((v, corner) => {
        const [u, w] = [sheet().uv[v * 2]!, sheet().uv[v * 2 + 1]!];
        const own = [0, 1, 2].map((k) => sheet().uv[corners[corner - (corner % 3) + k]! * 2]!);
        return [u * 0.8 + (own.reduce((sum, value) => sum + value, 0) / 3 < 0.5 ? 0 : 0.2), w];
      }),
    );
    const halves = paint(size, size, (x, y) => {
      const at = (y * size + x) * 4;
      const gain = x < size / 2 ? 1 : 0.5;
      return [0, 1, 2].map((c) => stone.data[at + c]! * gain) as [number, number, number];
    });
    const document = () => meshDocument(cut, { texturePx: size, uv });
    const [finding, ...others] = await run(checkTextureSeams, halves, document());
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'texture_seams', severity: 'warning', pointer: '/images/0', measured: 1 });
    expect(finding!.marks!.triangles!.length).toBeGreaterThan(0);
    const grey = paint(size, size, () => [120, 120, 120]);
    expect(await run(checkTextureSeams, grey, document())).toEqual([]);
  });

  test('light painted into it', async () => {
    const [finding] = await run(checkBakedLight, litFromAbove(0.8), sphere());
    expect(finding).toMatchObject({
      code: 'baked_light',
      severity: 'info',
      message: expect.stringMatching(/a light from \(-?0(\.\d)?, 1, -?0(\.\d)?\)/),
    });
  });
});

describe('a good texture passes', () => {
  test.each<[string, Check]>([
    ['blur', checkTextureBlur],
    ['colour', checkTextureColour],
    ['light', checkBakedLight],
    ['images', checkImages],
  ])('the check of %s', async (_, check) => {
    expect(await run(check, stone, sphere())).toEqual([]);
  });

  test('and a palette may be flat', async () => {
    const palette = paint(16, 16, (x) => (x < 8 ? [255, 0, 0] : [0, 0, 255]));
    expect(await run(checkTextureColour, palette)).toEqual([]);
  });
});

test('only texels that the surface uses are measured', async () => {
  const half = sheet();
  const uv = half.uv.map((value, i) => (i % 2 === 0 ? value / 2 : value));
  const picture = paint(size, size, (x, y) => {
    const at = (y * size + x) * 4;
    return x < size / 2 ? [stone.data[at]!, stone.data[at + 1]!, stone.data[at + 2]!] : [255, 255, 255];
  });
  const document = meshDocument(half, { texturePx: size, uv });
  const { textures } = await measureBaseColours(document, analyseDocument(document), async () => picture);
  expect(textures[0]?.flatness).toMatchObject({ texels: (size * size) / 2, paleShare: expect.closeTo(0, 1) });
});

test('an image that cannot be decoded is an error', async () => {
  const document = meshDocument(sheet(), { texturePx: size, uv: sheet().uv });
  const colours = await measureBaseColours(document, analyseDocument(document), () =>
    Promise.reject(new Error('cut off')),
  );
  const file = await gateFile(document, colours);
  expect(checkImages(file, gateContext(file))).toMatchObject([
    { code: 'image_unreadable', severity: 'error', pointer: '/images/0' },
  ]);
});

describe('metal', () => {
  const found = async (change: (material: ReturnType<typeof meshDocument>) => void) => {
    const document = meshDocument(box());
    change(document);
    const file = await gateFile(document);
    return checkMetallic(file, gateContext(file)).map(({ code, pointer }) => [code, pointer]);
  };

  test('that nothing states is found', async () => {
    // A factor of 1 is glTF’s default, and is not written.
    expect(await found((document) => document.getRoot().listMaterials()[0]!.setMetallicFactor(1))).toEqual([
      ['metallic_by_omission', '/materials/0'],
    ]);
  });

  test('of a mesh without material is found', async () => {
    expect(
      await found((document) => document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.setMaterial(null)),
    ).toContainEqual(['metallic_by_omission', '/meshes/0/primitives/0']);
  });

  test('that is denied passes', async () => {
    expect(await found(() => undefined)).toEqual([]);
  });
});
