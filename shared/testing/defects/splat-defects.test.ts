import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../seeded-pictures.ts';
import { goodCloud } from './good-clouds.ts';
import { buildGoodModels } from './good-models.ts';
import { splatDefects } from './splat-defects.ts';

const cloud = goodCloud(buildGoodModels(36)[0]!, 1_500);

/** What of a cloud a defect can change, as text. */
const told = ({ count, positions, scales, rotations, opacities }: typeof cloud): string =>
  JSON.stringify([count, [...positions], [...scales], [...rotations], [...opacities]]);

test('a good cloud has unit rotations and positive sizes, and is the same each time', () => {
  for (let i = 0; i < cloud.count; i++) {
    expect(Math.hypot(...cloud.rotations.subarray(i * 4, i * 4 + 4))).toBeCloseTo(1, 5);
  }
  expect(Math.min(...cloud.scales)).toBeGreaterThan(0);
  expect(told(goodCloud(buildGoodModels(36)[0]!, 1_500))).toBe(told(cloud));
});

describe.each(splatDefects)('$name', ({ inject }) => {
  test('changes a copy, the same way from the same seed', () => {
    const before = told(cloud);
    const changed = told(inject(cloud, 2, seededRandom(3)));
    expect(changed).not.toBe(before);
    expect(told(cloud)).toBe(before);
    expect(told(inject(cloud, 2, seededRandom(3)))).toBe(changed);
  });
});
