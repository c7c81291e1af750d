import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { sphereDocument } from '../../testing/sphere-document.ts';
import { orthographicCamera, perspectiveCamera } from './camera.ts';
import { heatCode } from './heat-colours.ts';
import { mipChain } from './mip-chain.ts';
import { boundsOf, gateViews, orbitCamera } from './orbit-views.ts';
import type { Picture } from './picture.ts';
import { type RenderOptions, renderViews } from './render-views.ts';
import { defaultMaterial, plainScene, type RenderMaterial, type RenderScene } from './scene.ts';
import { sceneOf } from './scene-of.ts';
import { codeOfLinear } from './srgb-codes.ts';

const front = orthographicCamera([0, 0, 5], [0, 0, 0], 1);
const unlit: RenderMaterial = { ...defaultMaterial, unlit: true };

/** Squares that fill the picture of `front`, one above the other towards the eye, each of its own material. */
function sheets(materials: readonly RenderMaterial[], parts: Partial<RenderScene> = {}): RenderScene {
  const corners = [-1, -1, 1, -1, 1, 1, -1, 1];
  const positions = materials.flatMap((_, z) =>
    [0, 1, 2, 3].flatMap((k) => [corners[k * 2]!, corners[k * 2 + 1]!, z / 4]),
  );
  const uvs = materials.flatMap(() => [0, 1, 1, 1, 1, 0, 0, 0]);
  return plainScene({
    positions: Float32Array.from(positions),
    uvs0: Float32Array.from(uvs),
    indices: Uint32Array.from(materials.flatMap((_, i) => [0, 1, 2, 0, 2, 3].map((k) => i * 4 + k))),
    triangleMaterials: Uint32Array.from(materials.flatMap((_, i) => [i, i])),
    materials,
    ...parts,
  });
}

const draw = (scene: RenderScene, options: Partial<RenderOptions> = {}, camera = front) =>
  renderViews(scene, [camera], { width: 8, height: 8, ...options })[0]!;

const pixel = (picture: Picture, x: number, y: number): number[] => [
  ...picture.data.subarray((y * picture.width + x) * 4, (y * picture.width + x) * 4 + 4),
];

const red = [1, 0, 0, 1] as const;

test('an unlit surface keeps its base colour, and nothing is transparent', () => {
  const half = plainScene({
    ...sheets([{ ...unlit, baseColour: [0.2, 0.5, 1, 1] }]),
    positions: Float32Array.of(-1, -1, 0, 0, -1, 0, 0, 1, 0, -1, 1, 0),
  });
  const { picture } = draw(half);
  expect(pixel(picture, 3, 4)).toEqual([codeOfLinear(0.2), codeOfLinear(0.5), 255, 255]);
  expect(pixel(picture, 4, 4)).toEqual([0, 0, 0, 0]);
  expect(pixel(draw(half, { background: [1, 0, 0] }).picture, 4, 4)).toEqual([255, 0, 0, 255]);
});

test('blended surfaces are laid over each other from back to front, in linear light', () => {
  const blue = { ...unlit, baseColour: [0, 0, 1, 0.5] as const, alphaMode: 'blend' as const };
  const green = { ...unlit, baseColour: [0, 1, 0, 0.25] as const, alphaMode: 'blend' as const };
  const { picture, buffers } = draw(sheets([{ ...unlit, baseColour: red }, blue, green]), { buffers: 'visibility' });
  const [r, g, b] = [0.5 * 0.75, 0.25, 0.5 * 0.75].map(codeOfLinear);
  expect(pixel(picture, 2, 5)).toEqual([r, g, b, 255]);
  // Half opaque counts as seen, a quarter does not.
  expect(buffers!.triangles[0]! >> 1).toBe(1);
  const alone = draw(sheets([green])).picture;
  expect(pixel(alone, 2, 5)).toEqual([0, 255, 0, 64]);
});

test('a mask keeps the samples whose alpha reaches the cutoff', () => {
  const rgba = new Uint8Array(8 * 8 * 4).fill(255);
  for (let i = 0; i < 64; i++) rgba[i * 4 + 3] = i % 8 < 3 ? 127 : 128;
  const texture = mipChain({ width: 8, height: 8, rgba }, { srgb: true });
  const use = {
    texture: 0,
    uvSet: 0,
    transform: undefined,
    wrapU: 'clamp',
    wrapV: 'clamp',
    smooth: false,
    mips: 'none',
  } as const;
  const masked = { ...unlit, alphaMode: 'mask', alphaCutoff: 0.5, baseColourTexture: use } as const;
  const { buffers } = draw(sheets([{ ...unlit, baseColour: red }, masked], { textures: [texture] }), {
    buffers: 'visibility',
  });
  const row = [...buffers!.triangles.subarray(0, 8)].map((triangle) => triangle >> 1);
  expect(row).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
});

test('backs are culled, unless the material or the caller wants them, and can be painted', () => {
  const behind = orthographicCamera([0, 0, -5], [0, 0, 0], 1);
  const one = sheets([{ ...unlit, baseColour: red }]);
  expect(pixel(draw(one, {}, behind).picture, 4, 4)[3]).toBe(0);
  expect(pixel(draw(sheets([{ ...unlit, baseColour: red, doubleSided: true }]), {}, behind).picture, 4, 4)[0]).toBe(
    255,
  );
  const marked = draw(one, { backFaces: 'draw', backFaceColour: [0, 1, 0], buffers: 'surfaces' }, behind);
  expect(pixel(marked.picture, 4, 4)).toEqual([0, 255, 0, 255]);
  expect(marked.buffers!.facing[36]).toBe(2);
  // Its normal points to the eye all the same.
  expect(marked.buffers!.normals[36 * 3 + 2]).toBe(-1);
});

test('texture coordinates are perspective-correct', () => {
  // A wall that runs away from the eye: along x, u grows with depth.
  const wall = plainScene({
    positions: Float32Array.of(-1, -9, -1, 3, -9, -9, 3, 9, -9, -1, 9, -1),
    uvs0: Float32Array.of(0, 1, 1, 1, 1, 0, 0, 0),
    indices: Uint32Array.of(0, 1, 2, 0, 2, 3),
  });
  const camera = perspectiveCamera([0, 0, 0], [0, 0, -1], 90);
  const { buffers } = draw(wall, { width: 64, height: 64, buffers: 'surfaces' }, camera);
  let seen = 0;
  for (let i = 0; i < 64 * 64; i++) {
    const triangle = buffers!.triangles[i]!;
    if (triangle < 0) continue;
    seen++;
    const slope = ((i % 64) + 0.5 - 32) / 32;
    // The ray x = slope × d meets the wall x = −1 + 4 t, d = 1 + 8 t.
    const t = (1 + slope) / (4 - 8 * slope);
    const corners = triangle === 0 ? [0, 1, 1] : [0, 1, 0];
    const u = corners.reduce((sum, value, k) => sum + value * buffers!.barycentrics[i * 3 + k]!, 0);
    expect(u).toBeCloseTo(t, 5);
    // Depth comes from corners rounded to 1/256 pixel.
    expect(buffers!.depthM[i]! / (1 + 8 * t)).toBeCloseTo(1, 2);
  }
  expect(seen).toBeGreaterThan(2000);
});

test('a sphere shows the depths and normals of a sphere', async () => {
  const scene = await sceneOf(sphereDocument({ segments: 128 }), async () => undefined);
  const camera = orthographicCamera([0, 0, 2], [0, 0, 0], 0.6);
  const { buffers } = draw(scene, { width: 96, height: 96, buffers: 'surfaces' }, camera);
  let covered = 0;
  for (let i = 0; i < 96 * 96; i++) {
    if (buffers!.triangles[i]! < 0) continue;
    covered++;
    const x = (((i % 96) + 0.5) / 48 - 1) * 0.6;
    const y = (1 - (Math.floor(i / 96) + 0.5) / 48) * 0.6;
    const z = Math.sqrt(Math.max(0, 0.25 - x * x - y * y));
    // Near the rim a facet of 1/128 turn departs from the sphere.
    if (z < 0.15) continue;
    expect(buffers!.depthM[i]).toBeCloseTo(2 - z, 2);
    const normal = buffers!.normals.subarray(i * 3, i * 3 + 3);
    expect((normal[0]! * x + normal[1]! * y + normal[2]! * z) * 2).toBeGreaterThan(0.9999);
  }
  // The disc of radius 0.5 in a square of 1.2.
  expect(covered / (96 * 96)).toBeCloseTo((Math.PI * 0.25) / 1.44, 2);
});

test('more samples approach the area that a shape covers', () => {
  const triangle = plainScene({
    positions: Float32Array.of(-0.9, -0.83, 0, 0.77, -0.41, 0, -0.13, 0.88, 0),
    indices: Uint32Array.of(0, 1, 2),
    materials: [{ ...unlit, baseColour: [1, 1, 1, 1] }],
  });
  const area = ((0.77 + 0.9) * (0.88 + 0.83) - (-0.13 + 0.9) * (-0.41 + 0.83)) / 2 / 4;
  const errors = [1, 4].map((samples) => {
    const { data } = draw(triangle, { samples }).picture;
    return Math.abs(data.reduce((sum, value, i) => sum + (i % 4 === 3 ? value / 255 : 0), 0) / 64 - area);
  });
  expect(errors[1]!).toBeLessThan(0.004);
  expect(errors[1]!).toBeLessThan(errors[0]!);
});

test('heat shows values as colours, and lines show the edges', () => {
  const heat = { values: Float32Array.of(0, 1), per: 'triangle', low: 0, high: 1 } as const;
  const light = { sky: [1, 1, 1], ground: [1, 1, 1], lights: [], reflections: 0 } as const;
  const { picture } = draw(sheets([unlit]), { surface: 'heat', heat, light });
  // A matte surface mirrors nothing here: what is seen is the colour itself.
  expect(pixel(picture, 6, 6).slice(0, 3)).toEqual(heatCode(0));
  expect(pixel(picture, 1, 1).slice(0, 3)).toEqual(heatCode(1));
  const lines = draw(sheets([{ ...unlit, baseColour: [1, 1, 1, 1] }]), {
    width: 32,
    height: 32,
    wireframe: { widthPx: 1, colour: [0, 0, 0] },
  }).picture;
  expect(pixel(lines, 16, 15)[0]).toBeLessThan(60);
  expect(pixel(lines, 22, 22)[0]).toBe(255);
});

/** A sphere with every texture, by numbers that any machine draws alike. */
async function speckledSphere(): Promise<RenderScene> {
  const document = sphereDocument({ segments: 24, uv: true });
  const texture = document.createTexture('speckles').setMimeType('image/png').setImage(Uint8Array.of(1));
  document
    .getRoot()
    .listMaterials()[0]!
    .setBaseColorTexture(texture)
    .setNormalTexture(texture)
    .setMetallicRoughnessTexture(texture)
    .setMetallicFactor(0.5);
  const rgba = Uint8Array.from({ length: 32 * 32 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 2654435761) >>> 24));
  return sceneOf(document, async () => ({ width: 32, height: 32, rgba }));
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

test('pictures are the same to the last bit, run after run and machine after machine', async () => {
  const scene = await speckledSphere();
  const cameras = gateViews(boundsOf(scene.positions)).slice(0, 2);
  const views = renderViews(scene, cameras, { width: 64, height: 64, samples: 2 });
  expect(views.map(({ picture }) => sha256(picture.data))).toEqual(['72d29509c43fbde9', 'd15e3a8b2c144a42']);
});

test('views split over callers are those of one caller', async () => {
  const scene = structuredClone(await speckledSphere());
  const cameras = gateViews(boundsOf(scene.positions)).slice(0, 3);
  const options = { width: 48, height: 48, buffers: 'surfaces' } as const;
  const together = renderViews(scene, cameras, options);
  const apart = cameras.flatMap((camera) => renderViews(structuredClone(scene), [camera], options));
  expect(apart).toEqual(together);
});

test('a scene without triangles is an empty picture', () => {
  const nothing = plainScene({ positions: new Float32Array(0), indices: new Uint32Array(0) });
  const camera = orbitCamera(boundsOf(nothing.positions), { azimuth: 0, elevation: 0 });
  expect(draw(nothing, {}, camera).picture.data.every((value) => value === 0)).toBe(true);
});
