import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blockCoded, blurred, fractalTexture, noisy, paint, seededRandom } from '../../../testing/seeded-pictures.ts';
import { lumaOf } from './luma-of.ts';
import { msSsim } from './ms-ssim.ts';
import type { Picture } from './picture.ts';
import { psnr } from './psnr.ts';
import { ssim } from './ssim.ts';

const grey = (width: number, height: number, value: (x: number, y: number) => number) =>
  paint(width, height, (x, y) => [value(x, y), value(x, y), value(x, y)]);

/** SSIM of one pixel straight from the definition: all 121 weights of the window, mirrored edges. */
function oracle(a: Picture, b: Picture, cx: number, cy: number): number {
  const [la, lb] = [lumaOf(a), lumaOf(b)];
  const mirror = (i: number, n: number): number => (i < 0 ? -1 - i : i < n ? i : 2 * n - 1 - i);
  const sums = { w: 0, a: 0, b: 0, aa: 0, bb: 0, ab: 0 };
  for (let dy = -5; dy <= 5; dy++) {
    for (let dx = -5; dx <= 5; dx++) {
      const w = Math.exp(-(dx * dx + dy * dy) / 4.5);
      const i = mirror(cy + dy, a.height) * a.width + mirror(cx + dx, a.width);
      sums.w += w;
      sums.a += w * la[i]!;
      sums.b += w * lb[i]!;
      sums.aa += w * la[i]! ** 2;
      sums.bb += w * lb[i]! ** 2;
      sums.ab += w * la[i]! * lb[i]!;
    }
  }
  const [ma, mb] = [sums.a / sums.w, sums.b / sums.w];
  const [va, vb] = [sums.aa / sums.w - ma * ma, sums.bb / sums.w - mb * mb];
  const cov = sums.ab / sums.w - ma * mb;
  const [c1, c2] = [2.55 ** 2, 7.65 ** 2];
  return ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
}

const pattern = grey(64, 48, (x, y) => (x * x + y * 5) % 256);
const disturbed = grey(64, 48, (x, y) => ((x * x + y * 5) % 256) + ((x * 31 + y * 17) % 41) - 20);
const wave = (lift: number, height: number, shift: number) =>
  grey(64, 48, (x, y) => lift + height * Math.round(Math.sin((x + shift) / 5) * 2) * 0.5 + y);

describe('ssim', () => {
  // Values by ssim.js 3.5.0 (`ssim: original`, no downsampling), which leaves the outer five pixels out as well.
  test.each([
    ['disturbed', pattern, disturbed, 0.97880901],
    ['moved, darker and flatter', wave(128, 60, 0), wave(118, 50, 1), 0.67600122],
  ])('agrees with another program: %s', (_, a, b, value) => {
    expect(ssim(a, b).mean).toBeCloseTo(value, 6);
  });

  test('each pixel of the map follows the definition, at the edges too', () => {
    const { map } = ssim(pattern, disturbed);
    for (const [x, y] of [
      [0, 0],
      [63, 47],
      [2, 30],
      [31, 24],
      [60, 3],
    ] as const) {
      expect(map[y * 64 + x]).toBeCloseTo(oracle(pattern, disturbed, x, y), 6);
    }
  });

  test('two plain greys differ by their means alone', () => {
    const { mean } = ssim(
      grey(20, 20, () => 100),
      grey(20, 20, () => 150),
    );
    expect(mean).toBeCloseTo((2 * 100 * 150 + 2.55 ** 2) / (100 ** 2 + 150 ** 2 + 2.55 ** 2), 10);
  });

  test('refuses pictures of different sizes', () => {
    expect(() =>
      ssim(
        pattern,
        grey(48, 64, () => 0),
      ),
    ).toThrow('differ in size');
  });
});

describe('psnr', () => {
  test('one step of 255 everywhere is 48.13 dB', () => {
    const { psnrDb, meanSquaredError } = psnr(
      grey(8, 8, () => 100),
      grey(8, 8, () => 101),
    );
    expect(meanSquaredError).toBe(1);
    expect(psnrDb).toBeCloseTo(20 * Math.log10(255), 10);
  });

  test('counts only what the mask shows', () => {
    const half = grey(8, 8, (x) => (x < 4 ? 100 : 110));
    const mask = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 1 : 0));
    expect(
      psnr(
        grey(8, 8, () => 100),
        half,
      ).meanSquaredError,
    ).toBe(50);
    expect(
      psnr(
        grey(8, 8, () => 100),
        half,
        mask,
      ).psnrDb,
    ).toBe(Infinity);
    expect(() => psnr(half, half, new Uint8Array(3))).toThrow(RangeError);
  });
});

describe('msSsim', () => {
  test('with room for one scale only it is SSIM', () => {
    const [a, b] = [wave(128, 60, 0), wave(118, 50, 1)].map((whole) => ({
      width: 64,
      height: 20,
      data: whole.data.slice(0, 64 * 20 * 4),
    })) as [Picture, Picture];
    expect(msSsim(a, b)).toEqual({ value: expect.closeTo(ssim(a, b).mean, 12), scales: 1 });
  });

  test('uses five scales from 161 pixels on, where the last still holds a window', () => {
    expect(
      msSsim(
        grey(161, 200, () => 9),
        grey(161, 200, () => 9),
      ),
    ).toEqual({ value: 1, scales: 5 });
    expect(
      msSsim(
        grey(160, 200, () => 9),
        grey(160, 200, () => 9),
      ).scales,
    ).toBe(4);
  });

  test('plain greys differ at the coarsest scale alone, by its weight', () => {
    const luminance = (2 * 100 * 150 + 2.55 ** 2) / (100 ** 2 + 150 ** 2 + 2.55 ** 2);
    const { value } = msSsim(
      grey(192, 192, () => 100),
      grey(192, 192, () => 150),
    );
    // The published weights sum to 1.0001.
    expect(value).toBeCloseTo(luminance ** (0.1333 / 1.0001), 10);
  });

  test('forgives fine noise more than SSIM does', () => {
    const stone = fractalTexture(256, 5);
    const rough = noisy(stone, 15, 2);
    expect(msSsim(stone, rough).value).toBeGreaterThan(ssim(stone, rough).mean + 0.05);
  });
});

describe('all three', () => {
  const stone = fractalTexture(128, 7);
  const measures = [
    ['psnr', (a: Picture, b: Picture) => psnr(a, b).psnrDb],
    ['ssim', (a: Picture, b: Picture) => ssim(a, b).mean],
    ['msSsim', (a: Picture, b: Picture) => msSsim(a, b).value],
  ] as const;
  const defects = [
    ['blur', [0.6, 1, 2, 4].map((sigma) => blurred(stone, sigma))],
    ['noise', [2, 5, 10, 20].map((sigma) => noisy(stone, sigma, 9))],
    ['block coding', [16, 32, 64, 128].map((step) => blockCoded(stone, step))],
  ] as const;
  test.each(
    measures.flatMap(([name, measure]) => defects.map(([defect, list]) => [name, defect, measure, list] as const)),
  )('%s falls as %s grows', (_name, _defect, measure, list) => {
    const values = list.map((worse) => measure(stone, worse));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values[3]).toBeLessThan(values[0]!);
  });

  test('are symmetric, bounded, and perfect for equal pictures of any size', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, fc.nat(), (width, height, seed) => {
        const random = seededRandom(seed);
        const [a, b] = [0, 1].map(() => paint(width, height, () => [random() * 255, random() * 255, random() * 255]));
        for (const [, measure] of measures) expect(measure(a!, b!)).toBeCloseTo(measure(b!, a!), 10);
        expect(ssim(a!, a!).mean).toBeCloseTo(1, 10);
        expect(msSsim(a!, a!).value).toBeCloseTo(1, 10);
        expect(psnr(a!, a!).psnrDb).toBe(Infinity);
        // A value is stored in 32 bits and may exceed 1 by their rounding.
        expect(ssim(a!, b!).map.every((value) => Math.abs(value) <= 1 + 1e-6)).toBe(true);
      }),
      { numRuns: 25, seed: 1 },
    );
  });
});
