import { describe, expect, test } from '@jest/globals';
import { paint } from '../../testing/seeded-pictures.ts';
import { measureGpuMemory } from './measure-gpu-memory.ts';
import { measureMetallic } from './measure-metallic.ts';

const mebibyte = 2 ** 20;

describe('measureGpuMemory', () => {
  test('three images of 4096 × 4096 take 256 MiB, however small their files', () => {
    expect(Math.round((3 * measureGpuMemory(4096, 4096)) / mebibyte)).toBe(256);
  });

  test.each([
    ['one texel', 1, 1, 'rgba8', true, 4],
    ['2 × 2 with its one mip', 2, 2, 'rgba8', true, 20],
    ['a strip', 4, 1, 'rgba8', true, 28],
    ['odd sides are halved downwards', 5, 3, 'rgba8', true, (15 + 2 + 1) * 4],
    ['no mips', 1024, 512, 'rgba8', false, 1024 * 512 * 4],
    ['a quarter in BC7', 1024, 1024, 'bc7', false, 1024 * 1024],
    ['an eighth in ETC2', 1024, 1024, 'etc2Rgb', false, 1024 * 512],
    ['blocks are whole', 5, 5, 'astc4x4', false, 4 * 16],
    ['small mips take a block each', 4, 4, 'bc1', true, 3 * 8],
  ] as const)('%s', (_, width, height, layout, mips, bytes) => {
    expect(measureGpuMemory(width, height, layout, mips)).toBe(bytes);
  });

  test.each([0, -4, 1.5, Number.NaN, Infinity])('refuses a side of %d', (side) => {
    expect(() => measureGpuMemory(side, 4)).toThrow(RangeError);
    expect(() => measureGpuMemory(4, side)).toThrow(RangeError);
  });
});

describe('measureMetallic', () => {
  const map = paint(4, 1, (x) => [255, 128, [0, 255, 255, 128][x]!]);

  test('neither factor nor texture is metal by omission', () => {
    expect(measureMetallic({})).toEqual({ source: 'omission', mean: 1, metalShare: 1, undecidedShare: 0 });
  });

  test.each([
    [1, 1, 0],
    [0, 0, 0],
    [0.4, 0, 1],
  ])('a stated factor of %d is taken at its word', (factor, metalShare, undecidedShare) => {
    expect(measureMetallic({ factor })).toEqual({ source: 'factor', mean: factor, metalShare, undecidedShare });
  });

  test('a texture counts by its blue channel, times the factor, where it is used', () => {
    expect(measureMetallic({ texture: map })).toMatchObject({
      source: 'texture',
      metalShare: 0.75,
      undecidedShare: 0.25,
    });
    expect(measureMetallic({ texture: map, factor: 0 })).toMatchObject({ mean: 0, metalShare: 0 });
    expect(measureMetallic({ texture: map, used: Uint8Array.of(1, 0, 0, 0) })).toMatchObject({ mean: 0 });
    expect(measureMetallic({ texture: map, used: new Uint8Array(4) })).toMatchObject({ mean: 0, metalShare: 0 });
  });

  test('refuses a mask that does not fit', () => {
    expect(() => measureMetallic({ texture: map, used: new Uint8Array(3) })).toThrow(RangeError);
  });
});
