import { describe, expect, test } from '@jest/globals';
import { paint } from '../../../testing/seeded-pictures.ts';
import { heatMap } from './heat-map.ts';
import { poolMap } from './pool-map.ts';
import { compareSilhouettes, coverageOf, silhouetteOf } from './silhouette.ts';

const square = (left: number) =>
  silhouetteOf(paint(20, 10, (x, y) => [0, 0, 0, x >= left && x < left + 8 && y >= 1 && y < 9 ? 255 : 0]));

describe('silhouettes', () => {
  test('two squares that overlap by half share a third of their union', () => {
    const { iou, lostShare, gainedShare, map } = compareSilhouettes(square(2), square(6));
    expect(iou).toBeCloseTo(1 / 3, 12);
    expect([lostShare, gainedShare]).toEqual([0.5, 0.5]);
    expect(map.reduce((sum, value) => sum + value, 0)).toBe(64);
  });

  test('says which side lost and which gained', () => {
    const nothing = new Uint8Array(200);
    expect(compareSilhouettes(square(2), nothing)).toMatchObject({ iou: 0, lostShare: 1, gainedShare: 0 });
    expect(compareSilhouettes(nothing, square(2))).toMatchObject({ iou: 0, lostShare: 0, gainedShare: 1 });
  });

  test('equal silhouettes agree wholly, empty ones too', () => {
    expect(compareSilhouettes(square(3), square(3)).iou).toBe(1);
    expect(compareSilhouettes(new Uint8Array(4), new Uint8Array(4)).iou).toBe(1);
  });

  test('measures how much of a view is covered', () => {
    expect(coverageOf(square(2))).toBe(64 / 200);
    expect(coverageOf(new Uint8Array(0))).toBe(0);
  });

  test('takes half-transparent pixels from the stated alpha on', () => {
    const faint = paint(2, 1, (x) => [0, 0, 0, x === 0 ? 127 : 128]);
    expect([...silhouetteOf(faint)]).toEqual([0, 1]);
    expect([...silhouetteOf(faint, 1)]).toEqual([1, 1]);
  });

  test('refuses silhouettes of different sizes', () => {
    expect(() => compareSilhouettes(square(2), new Uint8Array(3))).toThrow(RangeError);
  });
});

describe('poolMap', () => {
  const map = Float32Array.from({ length: 100 }, (_, i) => i);
  test('gives mean, median, 95th percentile and maximum', () => {
    expect(poolMap(map)).toEqual({ mean: 49.5, median: 50, p95: 95, max: 99, count: 100 });
  });
  test('counts only what the mask shows, and leaves the map as it was', () => {
    const mask = Uint8Array.from({ length: 100 }, (_, i) => (i >= 90 ? 1 : 0));
    expect(poolMap(map, mask)).toMatchObject({ mean: 94.5, count: 10 });
    expect(poolMap(map, new Uint8Array(100))).toEqual({ mean: 0, median: 0, p95: 0, max: 0, count: 0 });
    expect(map[99]).toBe(99);
  });
});

describe('heatMap', () => {
  const luma = (values: number[], from?: number, to?: number): number[] => {
    const { data } = heatMap(values, values.length, 1, from, to);
    return values.map((_, i) => 0.299 * data[i * 4]! + 0.587 * data[i * 4 + 1]! + 0.114 * data[i * 4 + 2]!);
  };
  test('gets brighter all the way, and clamps', () => {
    const scale = luma(Array.from({ length: 101 }, (_, i) => i / 100));
    for (let i = 1; i < scale.length; i++) expect(scale[i]!).toBeGreaterThan(scale[i - 1]!);
    expect(luma([-5, 7, Number.NaN])).toEqual(luma([0, 1, 0]));
  });
  test('runs backwards for measures where 1 is good', () => {
    expect(luma([1, 0], 1, 0)).toEqual(luma([0, 1]));
  });
  test('refuses a map of another size', () => {
    expect(() => heatMap([1, 2, 3], 2, 2)).toThrow(RangeError);
  });
});
