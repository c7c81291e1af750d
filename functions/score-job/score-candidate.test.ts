import { expect, test } from '@jest/globals';
import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { measureAsset } from '../../shared/core/quality/measure-asset.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { turnTableSsim } from '../engine/turn-table.ts';
import { scoreCandidate } from './score-candidate.ts';

test('the manifest names what was scored and what was not', async () => {
  const glb = await writeGlb(sphereDocument({ segments: 16 }));
  const stats = measureAsset(await readGlb(glb), glb.byteLength);
  const ssim = await turnTableSsim(glb);
  const { validator, scores } = scoreCandidate('key', stats, { ssim });
  expect(scores).toEqual({ closed: 1, manifold: 1, whole: 1, alignment: 'not_scored' });
  // A sphere of one colour looks the same from everywhere but for its facets.
  expect(ssim).toBeGreaterThan(0.9);
  expect(validator).toEqual({
    formula: '404-validator-compat',
    score: 'not_scored',
    alignment: 'not_scored',
    quality: 'not_scored',
    ssim,
    lpips: 'not_scored',
  });
});

test('with every part there is a score', () => {
  const stats = measureAsset(sphereDocument({ segments: 8 }), 1);
  const parts = { alignment: 0.8, quality: 0.9, ssim: 0.83, lpips: 0.7 };
  expect(scoreCandidate('key', stats, parts).validator.score).toBeGreaterThan(0.8);
});
