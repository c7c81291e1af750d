import { describe, expect, test } from '@jest/globals';
import { fractalTexture, paint } from '../../../testing/seeded-pictures.ts';
import { pixelTensor } from './pixel-tensor.ts';
import { resizeBicubic } from './resize-bicubic.ts';

const plain = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
const closest = 6; // Digits that 32 bits hold.

describe('bicubic resizing', () => {
  const row = Float32Array.from({ length: 64 }, (_, i) => (i + 0.5) / 64);

  test.each([8, 24, 64, 100, 128])('keeps one colour at %d pixels', (size) => {
    const one = new Float32Array(48 * 32).fill(0.3);
    const out = resizeBicubic(one, { planes: 1, width: 48, height: 32 }, size);
    expect(out).toHaveLength(size * size);
    for (const value of out) expect(value).toBeCloseTo(0.3, closest);
  });

  test.each([16, 32, 96])('keeps a ramp at %d pixels, away from its ends', (size) => {
    const ramp = new Float32Array(64 * 64).map((_, i) => row[i % 64]!);
    const out = resizeBicubic(ramp, { planes: 1, width: 64, height: 64 }, size);
    const edge = Math.ceil((2 * Math.max(size, 64)) / 64);
    for (let x = edge; x < size - edge; x++) expect(out[x]).toBeCloseTo((x + 0.5) / size, closest - 1);
  });

  test('leaves a picture of the right size alone', () => {
    const noise = new Float32Array(16 * 16).map((_, i) => ((i * 37) % 101) / 101);
    const out = resizeBicubic(noise, { planes: 1, width: 16, height: 16 }, 16);
    out.forEach((value, i) => {
      expect(value).toBeCloseTo(noise[i]!, closest);
    });
  });

  test('averages fine stripes instead of picking some', () => {
    const stripes = new Float32Array(64 * 64).map((_, i) => i % 2);
    const out = resizeBicubic(stripes, { planes: 1, width: 64, height: 64 }, 8);
    // Inner pixels: at the border the kernel is cut off in the middle of a stripe.
    for (const x of [2, 3, 4, 5]) expect(out[4 * 8 + x]).toBeCloseTo(0.5, 2);
  });

  test('weighs neighbours by Keys’ kernel', () => {
    // Twice as large: results lie ¼, ¾, 1¼ and 1¾ from the pixel of value 1.
    const out = resizeBicubic(Float32Array.from([0, 0, 0, 1, 0, 0, 0, 0]), { planes: 1, width: 8, height: 1 }, 16);
    const half = [-0.023438, -0.070313, 0.226563, 0.867188];
    expect([...out.subarray(3, 11)].map((value) => Number(value.toFixed(6)))).toEqual([...half, ...half.toReversed()]);
  });
});

describe('the tensor of an encoder', () => {
  test('has red, green and blue one after the other, less the mean, over the deviation', () => {
    const red = paint(4, 4, () => [255, 0, 51]);
    const tensor = pixelTensor(red, { sizePx: 2, mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2] });
    expect([...tensor].map((value) => Number(value.toFixed(4)))).toEqual([
      1, 1, 1, 1, -1, -1, -1, -1, 0.1, 0.1, 0.1, 0.1,
    ]);
  });

  test('sees clear pixels as white, whatever colour they hide', () => {
    const clear = { width: 2, height: 2, data: new Uint8Array(16).map((_, i) => (i % 4 === 3 ? 0 : 7)) };
    expect([...pixelTensor(clear, { sizePx: 2, ...plain })]).toEqual(Array(12).fill(1));
  });

  test('makes wide pictures square with white, and cuts nothing off', () => {
    const black = paint(8, 4, () => [0, 0, 0]);
    const [first] = pixelTensor(black, { sizePx: 8, ...plain }).subarray(0, 8);
    const green = pixelTensor(black, { sizePx: 8, ...plain }).subarray(64, 128);
    expect(first).toBe(1);
    const rows = Array.from({ length: 8 }, (_, y) => green[y * 8]);
    expect(rows).toEqual([1, 1, 0, 0, 0, 0, 1, 1]);
  });

  test('stays within 0–1 although the kernel overshoots', () => {
    const picture = fractalTexture(64, 3);
    const hard = { ...picture, data: picture.data.map((value, i) => (i % 4 === 3 ? 255 : value > 127 ? 255 : 0)) };
    const tensor = pixelTensor(hard, { sizePx: 100, ...plain });
    expect(Math.min(...tensor)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...tensor)).toBeLessThanOrEqual(1);
  });

  test('refuses a picture of another length', () => {
    const broken = { width: 3, height: 2, data: new Uint8Array(8) };
    expect(() => pixelTensor(broken, { sizePx: 2, ...plain })).toThrow(RangeError);
  });
});
