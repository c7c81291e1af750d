import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { KHRTextureBasisu } from '@gltf-transform/extensions';
import { describe, expect, test } from '@jest/globals';
import { writeGlb } from '../../core/format/gltf-io.ts';
import { gateLight, placeLights } from '../../core/render/light-rig.ts';
import { boundsOf, orbitCamera } from '../../core/render/orbit-views.ts';
import type { Picture } from '../../core/render/picture.ts';
import { renderViews } from '../../core/render/render-views.ts';
import { sceneOf } from '../../core/render/scene-of.ts';
import { linearOfCode } from '../../core/render/srgb-codes.ts';
import type { ModelViews } from '../../ports/index.ts';
import { hasBrowser, threeFolder } from '../../testing/chromium.ts';
import { solidKtx2 } from '../../testing/solid-ktx2.ts';
import { sphereDocument } from '../../testing/sphere-document.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { chromiumRenderer } from './chromium-renderer.ts';

const sizePx = 128;
const background = [0.7, 0.7, 0.72] as const;
type Sphere = ReturnType<typeof sphereDocument>;

const ball = (): Sphere => sphereDocument({ segments: 48, uv: true });
const materialOf = (document: Sphere) => document.getRoot().listMaterials()[0]!.setMetallicFactor(0);
const camera = orbitCamera(boundsOf(Float32Array.of(-1, -1, -1, 1, 1, 1)), { azimuth: 30, elevation: 20 });

async function viewsOf(...documents: Sphere[]): Promise<ModelViews> {
  const { sky, ground, reflections } = gateLight;
  const light = { sky, ground, reflections, lights: [...placeLights(gateLight, camera).lights] };
  return {
    models: await Promise.all(documents.map((document) => writeGlb(document))),
    views: documents.map((_, model) => ({ model, camera, sizePx, light })),
    background,
  };
}

/** Mean difference of two pictures, of 255, and share of the codes that differ by more than 32. */
function differenceOf(a: Picture, b: Picture): { mean: number; large: number } {
  let sum = 0;
  let large = 0;
  for (let i = 0; i < a.data.length; i++) {
    const difference = Math.abs(a.data[i]! - b.data[i]!);
    sum += difference;
    if (difference > 32) large++;
  }
  return { mean: sum / a.data.length, large: large / a.data.length };
}

(hasBrowser && threeFolder ? describe : describe.skip)('three.js in Chromium', () => {
  const folder = tempFolder();
  const renderer = (timeoutMs?: number) =>
    chromiumRenderer({ tempFolder: folder, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const browsers = (): number =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(folder) && line.includes('--user-data-dir')).length;
  // playwright-core has folders of its own beside those that it is given.
  const others = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('playwright'));
  const before = others();
  const left = () => ({
    files: [...readdirSync(folder), ...others().filter((name) => !before.includes(name))],
    browsers: browsers(),
  });
  const nothing = { files: [], browsers: 0 };

  test.each([
    ['matte', 0, 1],
    ['glossy', 0, 0.3],
    ['rough metal', 1, 0.6],
    ['polished metal', 1, 0.2],
  ])('draws what is %s as the CPU renderer does, and leaves nothing', async (_, metallic, roughness) => {
    const document = ball();
    materialOf(document)
      .setBaseColorFactor([0.8, 0.3, 0.1, 1])
      .setMetallicFactor(metallic)
      .setRoughnessFactor(roughness);
    const [theirs] = await renderer().draw(await viewsOf(document));
    const scene = await sceneOf(document, async () => undefined);
    const [ours] = renderViews(scene, [camera], { width: sizePx, height: sizePx, samples: 2, background });
    const { mean, large } = differenceOf(ours!.picture, theirs!);
    // Measured 0.20 to 0.53, in edges. Another light, camera, gamma or reflection is beyond 3.
    expect(mean).toBeLessThan(1);
    expect(large).toBeLessThan(0.005);
    expect(left()).toEqual(nothing);
  });

  test('draws several models in one browser, also with images in KTX2', async () => {
    const rgb = [40, 160, 60] as const;
    const plain = ball();
    const [r, g, b] = rgb.map((code) => linearOfCode[code]!) as [number, number, number];
    materialOf(plain).setBaseColorFactor([r, g, b, 1]);
    const packed = ball();
    packed.createExtension(KHRTextureBasisu).setRequired(true);
    const texture = packed.createTexture().setMimeType('image/ktx2').setImage(solidKtx2(rgb));
    materialOf(packed).setBaseColorTexture(texture);
    const white = ball();
    materialOf(white);
    const [first, second, third] = await renderer().draw(await viewsOf(plain, packed, white));
    expect(differenceOf(first!, second!).mean).toBeLessThan(1);
    expect(differenceOf(first!, third!).mean).toBeGreaterThan(4);
  });

  test('refuses to draw a model without its texture', async () => {
    const document = ball();
    const texture = document
      .createTexture()
      .setMimeType('image/png')
      .setImage(Uint8Array.of(1, 2, 3));
    materialOf(document).setBaseColorTexture(texture);
    const drawing = renderer().draw(await viewsOf(document));
    await expect(drawing).rejects.toMatchObject({ code: 'renderer_unavailable', message: /texture/ });
    expect(left()).toEqual(nothing);
  });

  test('ends with the caller’s signal, and leaves nothing', async () => {
    const input = await viewsOf(ball());
    const many = { ...input, views: Array.from({ length: 5000 }, () => input.views[0]!) };
    const stop = new AbortController();
    const drawing = renderer(600_000).draw(many, { signal: stop.signal });
    const ended = expect(drawing).rejects.toMatchObject({ code: 'cancelled' });
    while (browsers() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await ended;
    expect(left()).toEqual(nothing);
  });

  test.each([
    ['before it begins', 1],
    ['when too many views are to come', 20_000],
  ])('ends when its time is up, %s', async (_, timeoutMs) => {
    const input = await viewsOf(ball());
    const many = { ...input, views: Array.from({ length: 50_000 }, () => input.views[0]!) };
    const drawing = renderer(timeoutMs).draw(many);
    await expect(drawing).rejects.toMatchObject({ code: 'work_timeout' });
    expect(left()).toEqual(nothing);
  });
});
