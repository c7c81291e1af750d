import { expect, test } from '@jest/globals';
import { mipChain } from './mip-chain.ts';
import { sampleTexture } from './sample-texture.ts';
import type { RenderTexture, TextureUse, Wrap } from './scene.ts';
import { linearOfCode } from './srgb-codes.ts';

const grey = (width: number, height: number, values: readonly number[], srgb = false): RenderTexture =>
  mipChain({ width, height, rgba: Uint8Array.from(values.flatMap((v) => [v, v, v, 255])) }, { srgb });

const plain: TextureUse = {
  texture: 0,
  uvSet: 0,
  transform: undefined,
  wrapU: 'repeat',
  wrapV: 'repeat',
  smooth: true,
  mips: 'linear',
};

const read = (texture: RenderTexture, use: Partial<TextureUse>, u: number, v: number, footprint = 0): number => {
  const out = new Float64Array(4);
  const slopes = Float64Array.of(footprint, 0, 0, footprint);
  sampleTexture(texture, { ...plain, ...use }, Float64Array.of(u, v), slopes, out);
  return out[0] * 255;
};

test('the middle of a texel has its value, and between texels lies the mean', () => {
  const texture = grey(4, 1, [0, 100, 200, 40]);
  expect(read(texture, {}, 1.5 / 4, 0.5)).toBeCloseTo(100, 9);
  expect(read(texture, {}, 2 / 4, 0.5)).toBeCloseTo(150, 9);
  expect(read(texture, { smooth: false }, 1.99 / 4, 0.5)).toBeCloseTo(100, 9);
});

test.each<[Wrap, number, number]>([
  ['repeat', 1 + 0.5 / 4, 0],
  ['repeat', -0.5 / 4, 40],
  ['repeat', 0, 20],
  ['mirror', 1 + 0.5 / 4, 40],
  ['mirror', -1.5 / 4, 100],
  ['mirror', 0, 0],
  ['clamp', 3, 40],
  ['clamp', -3, 0],
])('outside the image, %s at u = %d reads %d', (wrapU, u, value) => {
  expect(read(grey(4, 1, [0, 100, 200, 40]), { wrapU }, u, 0.5)).toBeCloseTo(value, 9);
});

test('smaller levels are means in linear light for colours, and of the stored numbers for data', () => {
  const data = grey(2, 2, [0, 255, 255, 0]);
  expect(data.texels[4]! & 255).toBe(128);
  const colour = grey(2, 2, [0, 255, 255, 0], true);
  // Half the light is code 188, not 128.
  expect(colour.texels[4]! & 255).toBe(188);
  expect(read(colour, {}, 0.3, 0.3, 1) / 255).toBeCloseTo(linearOfCode[188], 9);
});

test('the level follows from the footprint, and lies between two levels', () => {
  const texture = grey(4, 4, [...Array(8).fill(0), ...Array(8).fill(200)]);
  expect(read(texture, { mips: 'none' }, 0.5, 0.125, 1)).toBeCloseTo(0, 9);
  expect(read(texture, {}, 0.5, 0.125, 1)).toBeCloseTo(100, 9);
  // Two texels and a half wide: level log2(2.5) = 1.32 between 0.0 of level 1, at its texel's middle, and 100.
  expect(read(texture, {}, 0.5, 0.25, 2.5 / 4)).toBeCloseTo(100 * (Math.log2(2.5) - 1), 1);
  expect(read(texture, { mips: 'nearest' }, 0.5, 0.25, 2.5 / 4)).toBeCloseTo(0, 9);
});

test('the transform of the use moves the coordinates', () => {
  const texture = grey(4, 1, [0, 100, 200, 40]);
  expect(read(texture, { transform: [1, 0, 0.25, 0, 1, 0] }, 0.5 / 4, 0.5)).toBeCloseTo(100, 9);
});

test('levels above the largest size asked for are left out', () => {
  const texture = mipChain(
    { width: 8, height: 4, rgba: new Uint8Array(8 * 4 * 4).fill(90) },
    { srgb: true, maxSizePx: 4 },
  );
  expect([texture.width, texture.height, texture.levels.length / 3]).toEqual([4, 2, 3]);
  expect(read(texture, {}, 0.4, 0.6) / 255).toBeCloseTo(linearOfCode[90], 9);
});

test('coordinates that are no number read nothing', () => {
  expect(read(grey(4, 1, [9, 9, 9, 9]), {}, Number.NaN, 0.5)).toBe(0);
});
