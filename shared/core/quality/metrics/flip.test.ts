import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blockCoded, blurred, fractalTexture, noisy, paint, seededRandom } from '../../../testing/seeded-pictures.ts';
import { flip, pixelsPerDegree } from './flip.ts';

const plain = (red: number, green: number, blue: number) => paint(24, 20, () => [red, green, blue]);
const disc = (centre: number) =>
  paint(80, 56, (x, y) => ((x - centre) ** 2 + (y - 28) ** 2 < 200 ? [220, 30, 30] : [128, 128, 128]));
const plaid = (shift: number) =>
  paint(80, 56, (x, y) => [((x + shift) * 7 + y * 3) % 256, ((x + shift) * y) % 256, ((x + shift) * 2 + y * 11) % 256]);
const stripes = (a: [number, number, number], b: [number, number, number]) => paint(80, 56, (x) => (x % 8 < 4 ? a : b));

describe('flip', () => {
  // Means by the authors’ C++ program (FLIP.h 1.6.0.1, LDR, 32-bit floats; summed in 64 bits) on the same pixels.
  const red: [number, number, number] = [230, 40, 40];
  test.each([
    ['plaid moved by a pixel', plaid(0), plaid(1), 67.0206, 0.2862997],
    ['plaid moved by a pixel, from nearer', plaid(0), plaid(1), 30, 0.4687366],
    [
      'stripes of other colours',
      stripes(red, [40, 60, 220]),
      stripes([200, 50, 60], [60, 70, 200]),
      67.0206,
      0.3016129,
    ],
    ['stripes from nearer', stripes(red, [40, 60, 220]), stripes([200, 50, 60], [60, 70, 200]), 30, 0.3302755],
    ['a disc moved by three pixels', disc(40), disc(43), 67.0206, 0.0604687],
    ['a disc moved, from nearer', disc(40), disc(43), 30, 0.0497109],
  ])('agrees with its authors’ program: %s', (_, a, b, ppd, mean) => {
    // 32-bit floats over there leave differences of up to 1e-6 in the mean.
    expect(Math.abs(flip(a, b, { pixelsPerDegree: ppd }).mean - mean)).toBeLessThan(1e-6);
  });

  test('plain green against plain blue is the largest difference there is', () => {
    expect(flip(plain(0, 255, 0), plain(0, 0, 255)).mean).toBeCloseTo(1, 9);
  });

  test('black against white follows the paper’s formula', () => {
    // Lightness differs by 100 and chroma by nothing. Green is (87.7, −75.6, 73.0) after the Hunt adjustment, blue (32.3, 25.6, −34.8).
    const [power, largest] = [100 ** 0.7, (55.44 + Math.hypot(101.19, 107.82)) ** 0.7];
    const expected = 0.95 + (0.05 * (power - 0.4 * largest)) / (0.6 * largest);
    expect(flip(plain(0, 0, 0), plain(255, 255, 255)).mean).toBeCloseTo(expected, 3);
  });

  test('equal pictures differ nowhere', () => {
    const { mean, map } = flip(plaid(0), plaid(0));
    expect(mean).toBe(0);
    expect(map.every((value) => value === 0)).toBe(true);
  });

  test('is symmetric and stays within 0 and 1, whatever the pictures', () => {
    const size = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 90 }), fc.nat(), (width, height, ppd, seed) => {
        const random = seededRandom(seed);
        const noise = () => paint(width, height, () => [random() * 255, random() * 255, random() * 255]);
        const [a, b] = [noise(), noise()];
        const { mean, map } = flip(a, b, { pixelsPerDegree: ppd });
        expect(flip(b, a, { pixelsPerDegree: ppd }).map).toEqual(map);
        expect(mean).toBeGreaterThan(0);
        expect(map.every((value) => value >= 0 && value <= 1)).toBe(true);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  const stone = fractalTexture(128, 3);
  test.each([
    ['blur', [0.6, 1, 2, 4].map((sigma) => blurred(stone, sigma))],
    ['noise', [2, 5, 10, 20].map((sigma) => noisy(stone, sigma, 9))],
    ['block coding', [16, 32, 64, 128].map((step) => blockCoded(stone, step))],
  ])('grows with %s', (_, worse) => {
    const means = worse.map((picture) => flip(stone, picture).mean);
    expect(means).toEqual([...means].sort((a, b) => a - b));
    expect(means[0]).toBeGreaterThan(0.01);
    expect(means[3]!).toBeGreaterThan(1.5 * means[0]!);
  });

  test('the map is bright where the pictures differ and dark far away', () => {
    const { map } = flip(disc(40), disc(43));
    expect(map[28 * 80 + 55]).toBeGreaterThan(0.3);
    expect(map[28 * 80 + 3]).toBe(0);
  });

  test('knows the pixels a degree of a screen', () => {
    expect(pixelsPerDegree(0.7, 3840, 0.7)).toBeCloseTo(67.0206, 4);
  });

  test('refuses pictures of different sizes, damaged ones and impossible viewers', () => {
    expect(() => flip(plaid(0), plain(0, 0, 0))).toThrow(RangeError);
    const damaged = { width: 24, height: 20, data: new Uint8Array(7) };
    expect(() => flip(plain(0, 0, 0), damaged)).toThrow(RangeError);
    expect(() => flip(plaid(0), plaid(0), { pixelsPerDegree: 0 })).toThrow(RangeError);
    expect(() => flip(plaid(0), plaid(0), { pixelsPerDegree: Number.NaN })).toThrow(RangeError);
  });
});
