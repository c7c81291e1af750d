import { describe, expect, test } from '@jest/globals';
import { planTarget } from '../shared/profiles/plan-target.ts';
import { findProfile } from '../shared/profiles/profiles.ts';
import { type JobDocument, type RoundSettings, TargetPlan } from '../shared/schema/index.ts';
import { planOf, roundPlanOf, settingsOf } from './plan-of.ts';

const plan = planTarget(findProfile('mobile-ar'), { convert: { lods: [0.5] }, backOff: { rounds: 2 } });
const job = { id: 'job_0123456789abcdef', plans: [plan] } as unknown as JobDocument;
const settings: RoundSettings = {
  triangles: 7000,
  textureSizePx: 512,
  textureQuality: 60,
  geometryCompression: 'quantized',
};

describe('the plan of a try', () => {
  test('is the job’s own where no settings are given', () => {
    expect(planOf(job, 'mobile-ar').backOff).toEqual({ rounds: 2 });
    for (const none of [undefined, null]) expect(roundPlanOf(job, 'mobile-ar', none)).toEqual(plan);
    expect(roundPlanOf(job, 'mobile-ar', settingsOf(plan))).toEqual(plan);
  });

  test('has the given settings and keeps everything else', () => {
    const changed = roundPlanOf(job, 'mobile-ar', settings);
    expect(TargetPlan.parse(changed)).toEqual({
      ...plan,
      refine: { ...plan.refine, textureSizePx: 512 },
      convert: { ...plan.convert, triangles: 7000, textureQuality: 60, geometryCompression: 'quantized' },
    });
    expect(settingsOf(changed)).toEqual(settings);
  });

  test('never leaves the profile', () => {
    const over = roundPlanOf(job, 'mobile-ar', { ...settings, triangles: 5_000_000, textureSizePx: 16_384 });
    expect(settingsOf(over)).toMatchObject({ triangles: 100_000, textureSizePx: 2048 });
    expect(() => roundPlanOf(job, 'mobile-ar', { ...settings, geometryCompression: 'draco' })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});
