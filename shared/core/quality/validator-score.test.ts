import { describe, expect, test } from '@jest/globals';
import { fractalTexture, paint } from '../../testing/seeded-pictures.ts';
import { neighbourSsim, validatorScore } from './validator-score.ts';

const all = { alignment: 0.8, quality: 0.9, ssim: 0.83, lpips: 0.7 };

describe('the validator’s formula', () => {
  test('weighs its four parts', () => {
    // Both sigmoids are one half here.
    expect(validatorScore(all)).toBeCloseTo(0.75 * 0.9 + 0.2 * 0.8 + 0.0125 + 0.7 * 0.0125, 12);
  });

  test('is at most 1', () => {
    expect(validatorScore({ alignment: 1, quality: 1, ssim: 1, lpips: 1 })).toBeLessThanOrEqual(1);
    expect(validatorScore({ alignment: 1, quality: 1, ssim: 1, lpips: 1 })).toBeGreaterThan(0.99);
  });

  test('is 0 below an alignment of 0.3, whatever else is known', () => {
    expect(validatorScore({ ...all, alignment: 0.299 })).toBe(0);
    expect(validatorScore({ ...all, alignment: 0.1, quality: 'not_scored' })).toBe(0);
    expect(validatorScore({ ...all, alignment: 0.3 })).toBeGreaterThan(0.7);
  });

  test.each(['alignment', 'quality', 'ssim', 'lpips'])('is not scored without %s', (part) => {
    expect(validatorScore({ ...all, [part]: 'not_scored' })).toBe('not_scored');
  });
});

describe('likeness of neighbours', () => {
  test('is 1 for equal views and falls when one differs', () => {
    const view = fractalTexture(64, 1);
    expect(neighbourSsim([view, view, view])).toBeCloseTo(1, 12);
    expect(neighbourSsim([view, view, fractalTexture(64, 2)])).toBeLessThan(0.8);
  });

  test('needs two views', () => {
    expect(neighbourSsim([paint(16, 16, () => [0, 0, 0])])).toBe('not_scored');
  });
});
