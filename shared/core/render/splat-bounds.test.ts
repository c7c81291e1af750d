import { expect, test } from '@jest/globals';
import { splatBounds } from './splat-bounds.ts';
import type { SplatCloud } from './splat-cloud.ts';

/** Splats on a line from (0, 0, 0) to (1, 2, 3), and more as given. */
function cloud(more: readonly [x: number, opacity: number][] = []): SplatCloud {
  const line = Array.from({ length: 1001 }, (_, i) => i / 1000);
  const count = line.length + more.length;
  return {
    count,
    positions: Float32Array.from([...line.flatMap((t) => [t, 2 * t, 3 * t]), ...more.flatMap(([x]) => [x, 0, 0])]),
    opacities: Float32Array.from([...line.map(() => 1), ...more.map(([, opacity]) => opacity)]),
    ...{ scales: new Float32Array(count * 3), rotations: new Float32Array(count * 4) },
    ...{ degree: 0 as const, harmonics: new Float32Array(count * 3) },
  };
}

test.each([
  ['nothing astray', []],
  [
    'a few splats far away',
    [
      [500, 1],
      [-900, 1],
    ],
  ],
  ['much haze far away', Array.from({ length: 500 }, () => [70, 0.05])],
  [
    'broken positions',
    [
      [NaN, 1],
      [Infinity, 1],
    ],
  ],
] as [string, [number, number][]][])('the box holds the body of a cloud with %s', (_, more) => {
  const { min, max } = splatBounds(cloud(more));
  for (let axis = 0; axis < 3; axis++) {
    expect(min[axis]! / (axis + 1)).toBeCloseTo(0, 1.5);
    expect(max[axis]! / (axis + 1)).toBeCloseTo(1, 1.5);
  }
});

test('a cloud that nobody can see has the box of all its splats', () => {
  const { opacities, ...rest } = cloud([[4, 0]]);
  expect(splatBounds({ ...rest, opacities: opacities.map(() => 0) }).max[0]).toBe(4);
});
