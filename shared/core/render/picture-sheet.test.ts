import { expect, test } from '@jest/globals';
import type { Picture } from './picture.ts';
import { pictureSheet } from './picture-sheet.ts';

const dot = (...rgba: [number, number, number, number]): Picture => ({
  width: 1,
  height: 1,
  data: Uint8Array.from(rgba),
});
const rows = ({ width, data }: Picture): number[][] =>
  Array.from({ length: data.length / 4 / width }, (_, y) =>
    Array.from({ length: width }, (_, x) => data[(y * width + x) * 4]!),
  );

test('lays pictures row by row, with a gap around each, over the colour of the sheet', () => {
  const sheet = pictureSheet([dot(10, 0, 0, 255), dot(20, 0, 0, 255), dot(200, 0, 0, 51)], {
    ...{ columns: 2, gapPx: 1, colour: [100, 0, 0] },
  });
  expect(rows(sheet)).toEqual([
    [100, 100, 100, 100, 100],
    [100, 10, 100, 20, 100],
    [100, 100, 100, 100, 100],
    // 200 · 0.2 + 100 · 0.8, and nothing where there is no fourth.
    [100, 120, 100, 100, 100],
    [100, 100, 100, 100, 100],
  ]);
  expect(sheet.data.every((code, i) => i % 4 !== 3 || code === 255)).toBe(true);
});

test.each([
  ['nothing', []],
  ['two sizes', [dot(0, 0, 0, 255), { width: 2, height: 1, data: new Uint8Array(8) }]],
])('refuses %s', (_, pictures) => {
  expect(() => pictureSheet(pictures, { columns: 1, gapPx: 0, colour: [0, 0, 0] })).toThrow(RangeError);
});
