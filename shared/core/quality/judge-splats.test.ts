import { describe, expect, test } from '@jest/globals';
import { web } from '../../profiles/web.ts';
import type { Profile } from '../../schema/index.ts';
import { splatBall } from '../../testing/splat-ball.ts';
import type { SplatCloud } from '../render/splat-cloud.ts';
import { measureSplatFloaters } from '../splat/measure-splat-floaters.ts';
import { measureSplats } from '../splat/measure-splats.ts';
import { drawSplatMarks, drawSplatViews } from './fidelity/draw-splat-views.ts';
import { judgeSplats } from './judge-splats.ts';

/** A target that takes splats, and small ones too: clouds of a test have hundreds. */
const evidence = { source: 'Atlas', checked: '2026-11-25' };
const viewer: Profile = {
  ...web,
  checks: {
    splats_not_taken: { severity: 'off', ...evidence },
    splats_few: { severity: 'warning', limit: 100, ...evidence },
    splats_many: { severity: 'warning', limit: 1000, ...evidence },
    // Soft rims are much of a small picture.
    splats_hazy: { severity: 'warning', limit: 0.4, ...evidence },
  },
};

const viewPx = 48;

function judge(cloud: SplatCloud, profile = viewer) {
  const { views } = drawSplatViews(cloud, viewPx);
  const [measures, floaters] = [measureSplats(cloud), measureSplatFloaters(cloud)];
  return judgeSplats({ name: 'model', format: 'ply', cloud, measures, floaters, views }, profile);
}

const codes = (cloud: SplatCloud, profile = viewer) => judge(cloud, profile).map(({ code }) => code);

/** A ball of 400 splats with the first `share` of them changed. */
function spoilt(share: number, change: (cloud: SplatCloud, i: number) => void): SplatCloud {
  const cloud = splatBall(400);
  for (let i = 0; i < 400 * share; i++) change(cloud, i);
  return cloud;
}

describe('judgeSplats', () => {
  test('a closed ball passes a target that takes splats, and no other', () => {
    expect(codes(splatBall(400))).toEqual([]);
    expect(judge(splatBall(400), { ...viewer, checks: { ...viewer.checks, splats_not_taken: undefined! } })).toEqual([
      expect.objectContaining({ code: 'splats_not_taken', severity: 'error', file: 'model' }),
    ]);
  });

  test.each<[string, SplatCloud, string[]]>([
    ['a position that is no number', spoilt(0.01, ({ positions }, i) => (positions[i * 3] = NaN)), ['splats_broken']],
    ['an opacity over 1', spoilt(0.01, ({ opacities }, i) => (opacities[i] = 2)), ['splats_broken']],
    [
      'nothing to see',
      spoilt(1, ({ opacities }, i) => (opacities[i] = 0)),
      ['splats_none', 'splats_unseen', 'splats_faint', 'splats_outline_tiny'],
    ],
    ['a few splats', splatBall(99), ['splats_few']],
    ['too many splats', splatBall(1001), ['splats_many']],
    [
      'harmonics of degree 3',
      { ...splatBall(400), degree: 3, harmonics: new Float32Array(400 * 48) },
      ['splats_degree'],
    ],
    [
      'clear splats inside',
      spoilt(0.3, ({ opacities, positions }, i) => {
        opacities[i] = 0.001;
        for (let k = 0; k < 3; k++) positions[i * 3 + k] = (positions[((i + 200) * 3 + k) % 1200]! * i) / 400;
      }),
      ['splats_unseen', 'splats_faint'],
    ],
    ['haze', spoilt(1, ({ opacities }, i) => (opacities[i] = 0.1)), ['splats_hazy']],
    ['crumbs', spoilt(0.15, ({ scales }, i) => scales.fill(1e-5, i * 3, i * 3 + 3)), ['splats_tiny']],
    ['fog', spoilt(0.1, ({ scales }, i) => scales.fill(0.4, i * 3, i * 3 + 3)), ['splats_huge']],
    ['splats of one size', spoilt(1, ({ scales }, i) => scales.fill(0.1, i * 3, i * 3 + 3)), ['splats_uniform']],
    [
      'splats that were never turned',
      spoilt(1, ({ rotations }, i) => rotations.set([0, 0, 0, 1], i * 4)),
      ['splats_unturned'],
    ],
    [
      'a cloud beside the ball',
      spoilt(0.007, ({ positions }, i) => positions.set([1.9, 1.9, i * 0.01], i * 3)),
      ['splats_floating'],
    ],
  ])('%s', (_, cloud, expected) => {
    expect(codes(cloud)).toEqual(expect.arrayContaining(expected));
    expect(codes(cloud).length).toBeLessThanOrEqual(expected.length + 1);
  });

  test('marks the splats that float, and pictures show them in the colour of marks', () => {
    const cloud = spoilt(0.007, ({ positions }, i) => positions.set([1.9, 1.9, i * 0.01], i * 3));
    const found = judge(cloud);
    expect([...found.find(({ code }) => code === 'splats_floating')!.marks!]).toEqual([0, 1, 2]);
    const [mark] = drawSplatMarks(cloud, found, 96);
    const { data } = mark!.picture;
    let painted = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at]! > 180 && data[at + 1]! < 80) painted++;
    expect(painted).toBeGreaterThan(3);
    expect(drawSplatMarks(splatBall(400), judge(splatBall(400)), 96)).toEqual([]);
  });
});
