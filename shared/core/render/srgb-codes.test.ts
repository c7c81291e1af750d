import { expect, test } from '@jest/globals';
import { srgbToLinear } from '../format/srgb-to-linear.ts';
import { codeOfLinear, linearOfCode } from './srgb-codes.ts';

test('every code decodes as the standard says and encodes back to itself', () => {
  for (let code = 0; code < 256; code++) {
    expect(linearOfCode[code]).toBeCloseTo(srgbToLinear(code / 255), 12);
    expect(codeOfLinear(linearOfCode[code])).toBe(code);
  }
});

test('a linear value gets the nearest code, halves between codes in the encoded scale', () => {
  for (let code = 0; code < 255; code++) {
    const middle = srgbToLinear((code + 0.5) / 255);
    expect(codeOfLinear(middle - 1e-9)).toBe(code);
    expect(codeOfLinear(middle + 1e-9)).toBe(code + 1);
  }
});

test('what lies outside is clamped, and what is no number is black', () => {
  expect([-1, 0, 1, 7, Infinity, Number.NaN].map(codeOfLinear)).toEqual([0, 0, 255, 255, 255, 0]);
});
