import { expect, test } from '@jest/globals';
import { heatColour } from './heat-colours.ts';

/** OKLab of a linear sRGB colour (Ottosson 2020), the way back from what the ramp is made of. */
function oklab(rgb: Float64Array): number[] {
  const [r, g, b] = [rgb[0]!, rgb[1]!, rgb[2]!];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const at = (value: number): number[] => {
  const out = new Float64Array(3);
  heatColour(value, out);
  return oklab(out);
};

test('equal steps of value look equally far apart, and only become lighter', () => {
  const colours = Array.from({ length: 18 }, (_, i) => at((i * 15) / 255));
  const steps = colours.slice(1).map((c, i) => Math.hypot(...c.map((value, k) => value - colours[i]![k]!)));
  // A step that turns at an anchor cuts the corner.
  expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.25);
  for (const [i, c] of colours.slice(1).entries()) expect(c[0]!).toBeGreaterThan(colours[i]![0]!);
});

test('what lies outside gets the end colours, and what has no value is grey', () => {
  expect(at(-3)).toEqual(at(0));
  expect(at(7)).toEqual(at(1));
  const [, a, b] = at(Number.NaN);
  expect(Math.abs(a!) + Math.abs(b!)).toBeLessThan(1e-6);
});
