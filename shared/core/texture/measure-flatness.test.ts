import { describe, expect, test } from '@jest/globals';
import { fractalTexture, noisy, paint } from '../../testing/seeded-pictures.ts';
import { measureFlatness } from './measure-flatness.ts';

describe('measureFlatness', () => {
  test('one colour has no entropy and is all of the texture', () => {
    expect(measureFlatness(paint(16, 16, () => [200, 100, 50]))).toEqual({
      entropyBits: 0,
      colours: 1,
      mainColourShare: 1,
      lumaDeviation: 0,
      meanLuma: expect.closeTo(124.2, 10),
      meanChroma: 150,
      paleShare: 0,
      greyishShare: 0,
      texels: 256,
    });
  });

  test('all greys alike have eight bits', () => {
    const ramp = measureFlatness(paint(256, 2, (x) => [x, x, x]));
    expect(ramp.entropyBits).toBeCloseTo(8, 12);
    expect(ramp).toMatchObject({ colours: 32, greyishShare: 1, meanChroma: 0, meanLuma: expect.closeTo(127.5, 10) });
    expect(ramp.lumaDeviation).toBeCloseTo(Math.sqrt((256 ** 2 - 1) / 12), 8);
  });

  test('two colours in halves have one bit', () => {
    const half = measureFlatness(paint(8, 8, (x) => (x < 4 ? [0, 0, 0] : [255, 0, 0])));
    expect(half).toMatchObject({
      entropyBits: 1,
      colours: 2,
      mainColourShare: 0.5,
      meanChroma: 127.5,
      greyishShare: 0.5,
    });
  });

  test('counts used texels alone', () => {
    const picture = paint(8, 8, (x) => (x < 4 ? [0, 0, 0] : [255, 0, 0]));
    const used = Uint8Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 7 : 0));
    expect(measureFlatness(picture, used)).toMatchObject({ entropyBits: 0, colours: 1, meanLuma: 0, texels: 32 });
    expect(measureFlatness(picture, new Uint8Array(64))).toMatchObject({ texels: 0, entropyBits: 0, lumaDeviation: 0 });
  });

  test.each([
    ['white', [250, 250, 250], 1, 1],
    ['washed out', [220, 200, 180], 1, 1],
    ['dark grey', [60, 60, 60], 0, 1],
    ['yellow', [250, 230, 20], 0, 0],
    ['black', [0, 0, 0], 0, 1],
  ] as const)('%s is pale and greyish by the bounds of the network’s judge', (_, colour, paleShare, greyishShare) => {
    expect(measureFlatness(paint(4, 4, () => colour))).toMatchObject({ paleShare, greyishShare });
  });

  test('grows with contrast; noise adds entropy but few colours', () => {
    const entropies = [2, 8, 32].map((amplitude) => measureFlatness(fractalTexture(64, 5, amplitude)).entropyBits);
    expect(entropies).toEqual([...entropies].sort((a, b) => a - b));
    const grainy = measureFlatness(
      noisy(
        paint(64, 64, () => [124, 124, 124]),
        2,
        3,
      ),
    );
    expect(grainy.entropyBits).toBeGreaterThan(2);
    expect(grainy.colours).toBeLessThanOrEqual(4);
  });

  test('refuses a mask that does not fit', () => {
    expect(() =>
      measureFlatness(
        paint(4, 4, () => [0, 0, 0]),
        new Uint8Array(3),
      ),
    ).toThrow(RangeError);
  });
});
