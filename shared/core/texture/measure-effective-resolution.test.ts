import { describe, expect, test } from '@jest/globals';
import {
  blockCoded,
  blurred,
  changed,
  fractalTexture,
  noisy,
  paint,
  seededRandom,
} from '../../testing/seeded-pictures.ts';
import { measureEffectiveResolution } from './measure-effective-resolution.ts';

const stone = fractalTexture(256, 11);

/** Enlarged by a whole factor with straight lines between texels, as a generator fills a large texture. */
function enlarged(factor: number) {
  const small = fractalTexture(256 / factor, 11);
  const at = (x: number, y: number, c: number): number =>
    small.data[(Math.min(small.height - 1, y) * small.width + Math.min(small.width - 1, x)) * 4 + c]!;
  return changed(stone, (_, x, y, c) => {
    const [column, row] = [Math.floor(x / factor), Math.floor(y / factor)];
    const [u, v] = [x / factor - column, y / factor - row];
    const top = at(column, row, c) * (1 - u) + at(column + 1, row, c) * u;
    const bottom = at(column, row + 1, c) * (1 - u) + at(column + 1, row + 1, c) * u;
    return top * (1 - v) + bottom * v;
  });
}

describe('measureEffectiveResolution', () => {
  test('a texture with detail to the last texel needs all of its size', () => {
    const { scale, noiseSigma, texels } = measureEffectiveResolution(stone);
    expect(scale).toBeGreaterThan(0.85);
    expect(noiseSigma).toBe(0);
    expect(texels).toBe(248 * 248);
  });

  // Straight lines have corners at each of the old texels, and those count as detail.
  test.each([2, 4, 8])('a texture enlarged %d times needs about that much less', (factor) => {
    const { scale } = measureEffectiveResolution(enlarged(factor));
    expect(scale! * factor).toBeGreaterThan(0.75);
    expect(scale! * factor).toBeLessThan(2.6);
  });

  test('falls as blur grows', () => {
    const scales = [0, 0.7, 1.4, 2.8, 5.6].map(
      (sigma) => measureEffectiveResolution(sigma > 0 ? blurred(stone, sigma) : stone).scale!,
    );
    expect(scales).toEqual([...scales].sort((a, b) => b - a));
    expect(scales[2]).toBeLessThan(0.6);
    expect(scales[4]).toBeLessThan(0.25);
  });

  test('does not take low contrast for blur', () => {
    expect(measureEffectiveResolution(fractalTexture(256, 11, 10)).scale).toBeGreaterThan(0.8);
  });

  test('noise over a blurred texture counts as detail, and is discounted apart', () => {
    const { scale, denoisedScale, noiseSigma } = measureEffectiveResolution(noisy(blurred(stone, 5), 6, 4));
    expect(scale).toBeGreaterThan(0.8);
    expect(denoisedScale).toBeLessThan(0.35);
    // Values are clamped and rounded; the estimate rests on the finest octave of 60,000 texels.
    expect(noiseSigma).toBeGreaterThan(5.7);
    expect(noiseSigma).toBeLessThan(6.3);
  });

  test('white noise leaves in each octave what the discount assumes', () => {
    const grey = paint(256, 256, () => [128, 128, 128]);
    const { octaves } = measureEffectiveResolution(noisy(grey, 20, 8));
    const gains = octaves.map((rms) => (rms / 20) ** 2);
    for (const [k, gain] of [0.789, 0.116, 0.0276].entries()) expect(gains[k]! / gain).toBeCloseTo(1, 0.7);
    expect(measureEffectiveResolution(noisy(grey, 20, 8)).denoisedScale).toBeLessThan(0.3);
  });

  test('block coding of a blurred texture shows as blockiness and adds little', () => {
    const soft = blurred(stone, 4);
    const coded = measureEffectiveResolution(blockCoded(soft, 24));
    expect(measureEffectiveResolution(soft).blockiness).toBeCloseTo(1, 1);
    expect(coded.blockiness).toBeGreaterThan(1.3);
    expect(coded.scale).toBeLessThan(0.6);
  });

  test.each([
    ['columns', (x: number, _y: number) => x],
    ['rows', (_x: number, y: number) => y],
  ])('sees blocks by their %s alone', (_, along) => {
    const steps = paint(64, 64, (x, y) => [100 + ((x + y) % 2) + 8 * ((along(x, y) >> 3) % 2), 0, 0]);
    // Steps of 1 everywhere, of about 8 across half of the borders counted.
    expect(measureEffectiveResolution(steps).blockiness).toBeGreaterThan(3.5);
  });

  test('measures used texels alone: a sharp frame around a blurred chart does not help', () => {
    const soft = blurred(stone, 4);
    const inside = (x: number, y: number): boolean => x >= 40 && x < 216 && y >= 40 && y < 216;
    const random = seededRandom(2);
    const atlas = changed(soft, (value, x, y) => (inside(x, y) ? value : 255 * random()));
    const used = Uint8Array.from({ length: 256 * 256 }, (_, i) => (inside(i % 256, Math.floor(i / 256)) ? 1 : 0));
    expect(measureEffectiveResolution(atlas).scale).toBeGreaterThan(0.9);
    expect(measureEffectiveResolution(atlas, used).scale).toBeLessThan(0.4);
  });

  test('marks the window that is blurred', () => {
    const soft = blurred(stone, 4);
    const both = paint(512, 256, (x, y) => {
      const at = (y * 256 + (x % 256)) * 4;
      const { data } = x < 256 ? stone : soft;
      return [data[at]!, data[at + 1]!, data[at + 2]!];
    });
    const { windows } = measureEffectiveResolution(both);
    expect(windows).toHaveLength(2);
    expect(windows[0]).toMatchObject({ x: 0, y: 0, size: 256 });
    expect(windows[0]!.scale).toBeGreaterThan(0.8);
    expect(windows[1]!.scale).toBeLessThan(0.4);
  });

  test('one colour needs next to nothing', () => {
    expect(measureEffectiveResolution(paint(256, 256, () => [90, 90, 90])).scale).toBe(1 / 32);
  });

  test('says that it cannot tell when hardly anything is used', () => {
    const unused = measureEffectiveResolution(stone, new Uint8Array(256 * 256));
    expect(unused).toMatchObject({ scale: null, denoisedScale: null, texels: 0, blockiness: 1, windows: [] });
    expect(measureEffectiveResolution(paint(7, 5, () => [1, 2, 3])).scale).toBeNull();
  });

  test('takes sides that are odd or not powers of two', () => {
    expect(measureEffectiveResolution(fractalTexture(256, 3)).texels).toBeGreaterThan(0);
    const odd = paint(301, 77, (x, y) => [(x * 37 + y * 91) % 256, 0, 0]);
    expect(measureEffectiveResolution(odd).scale).toBeGreaterThan(0.8);
  });

  test('refuses a mask that does not fit', () => {
    expect(() => measureEffectiveResolution(stone, new Uint8Array(3))).toThrow(RangeError);
  });
});
