import { expect, test } from '@jest/globals';
import { drawUvLayout } from './draw-uv-layout.ts';
import { mipChain } from './mip-chain.ts';
import { defaultMaterial, plainScene, type RenderScene } from './scene.ts';

const square = [0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0];

/** Squares of the image, each u to the right, v down; counter-clockwise as seen unless mirrored. */
function charts(list: readonly { readonly mirrored?: boolean }[]): RenderScene {
  const corners = list.flatMap((_, i) => [0, 1, 2, 0, 2, 3].map((k) => i * 4 + k));
  const uvs = list.flatMap(({ mirrored }) => square.map((value, k) => (mirrored && k % 2 === 0 ? 0.5 - value : value)));
  return plainScene({
    positions: new Float32Array(list.length * 12),
    uvs0: Float32Array.from(uvs),
    indices: Uint32Array.from(corners),
    triangleMaterials: Uint32Array.from(list.flatMap((_, i) => [i, i])),
    materials: list.map(() => defaultMaterial),
  });
}

const at = (scene: RenderScene, x: number, y: number, material?: number): number[] => {
  const { data } = drawUvLayout(scene, { sizePx: 64, ...(material === undefined ? {} : { material }) });
  return [...data.subarray((y * 64 + x) * 4, (y * 64 + x) * 4 + 3)];
};

test('charts lie where they are in the texture, v downwards, and the rest is white', () => {
  const scene = charts([{}]);
  const [r, , b] = at(scene, 10, 20) as [number, number, number];
  expect(b).toBeGreaterThan(r);
  expect(at(scene, 10, 50)).toEqual([255, 255, 255]);
  expect(at(scene, 50, 20)).toEqual([255, 255, 255]);
});

test('mirrored charts are orange, overlapping ones darker', () => {
  const [r, , b] = at(charts([{ mirrored: true }]), 10, 20) as [number, number, number];
  expect(r).toBeGreaterThan(b);
  const once = at(charts([{}]), 10, 20);
  const twice = at(charts([{}, {}]), 10, 20);
  expect(twice[0]!).toBeLessThan(once[0]!);
});

test('the charts of one material are drawn alone', () => {
  const scene = charts([{}, { mirrored: true }]);
  expect(at(scene, 10, 20, 0)).toEqual(at(charts([{}]), 10, 20));
});

test('a scene without coordinates has an empty layout', () => {
  const scene = { ...charts([{}]), uvs0: new Float32Array(0) };
  expect(at(scene, 10, 20)).toEqual([255, 255, 255]);
});

test('the texture lies behind the charts of its material', () => {
  const texture = mipChain(
    { width: 2, height: 2, rgba: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 9, 9, 255) },
    { srgb: true },
  );
  const use = {
    texture: 0,
    uvSet: 0,
    transform: undefined,
    wrapU: 'repeat',
    wrapV: 'repeat',
    smooth: false,
    mips: 'none',
  } as const;
  const scene = { ...charts([]), textures: [texture], materials: [{ ...defaultMaterial, baseColourTexture: use }] };
  expect([at(scene, 10, 10, 0), at(scene, 50, 10, 0), at(scene, 10, 50, 0), at(scene, 50, 50, 0)]).toEqual([
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [9, 9, 9],
  ]);
});
