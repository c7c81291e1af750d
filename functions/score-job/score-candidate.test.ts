import { describe, expect, test } from '@jest/globals';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { measureAsset } from '../../shared/core/quality/measure-asset.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { turnTable } from '../engine/turn-table.ts';
import type { NotScored } from './load-models.ts';
import { scoreCandidate, unscoredCandidate } from './score-candidate.ts';

const none: NotScored = { code: 'no_models', reason: 'No directory of models is mounted.' };
const unscored = { alignment: none, resemblance: none, quality: none, lpips: none, used: [] };
const thing = { candidate: 'key', prompt: null };

describe('the manifest', () => {
  test('names what was scored and what was not, and why', async () => {
    const bytes = await writeGlb(sphereDocument({ segments: 16 }));
    const { stats, ssim, isVisible, views } = await turnTable({
      ...{ bytes, fileName: undefined, isMaster: true, prompt: undefined },
    });
    const manifest = scoreCandidate(thing, { stats, ssim, byModels: unscored, runtime: undefined });
    expect([isVisible, views.length]).toEqual([true, 16]);
    expect(manifest).toMatchObject({ status: 'scored', failure: null });
    expect(manifest.scores).toEqual({
      ...{ closed: 1, manifold: 1, whole: 1 },
      ...{ alignment: 'not_scored', resemblance: 'not_scored' },
    });
    // A sphere of one colour looks the same from everywhere but for its facets.
    expect(ssim).toBeGreaterThan(0.9);
    expect(manifest.validator).toEqual({
      ...{ formula: '404-validator-compat', score: 'not_scored', ssim },
      ...{ alignment: 'not_scored', quality: 'not_scored', lpips: 'not_scored' },
      missing: ['alignment', 'quality', 'lpips'],
    });
    expect(manifest.models).toEqual({ runtime: null, provider: null, note: null, used: [] });
    expect(manifest.notScored).toEqual(
      ['alignment', 'resemblance', 'quality', 'lpips'].map((part) => ({ part, ...none })),
    );
  });

  test('has a total when every part is there', () => {
    const stats = measureAsset(sphereDocument({ segments: 8 }), 1);
    const byModels = { ...unscored, alignment: 0.8, quality: 0.9, lpips: 0.7 };
    const { validator, notScored } = scoreCandidate(thing, { stats, ssim: 0.83, byModels, runtime: undefined });
    expect(validator).toMatchObject({ score: expect.closeTo(0.75 * 0.9 + 0.2 * 0.8 + 0.0125 * 1.7, 12), missing: [] });
    expect(notScored.map(({ part }) => part)).toEqual(['resemblance']);
  });

  test('of a candidate that cannot be drawn has no score at all', () => {
    const failure = { code: 'file_truncated', message: 'The file ends too early.' };
    const manifest = unscoredCandidate(thing, failure, null);
    expect(manifest).toMatchObject({ status: 'not_drawn', failure, stats: null });
    const scores = [...Object.values(manifest.scores), manifest.validator.score, manifest.validator.ssim];
    expect(new Set(scores)).toEqual(new Set(['not_scored']));
    expect(manifest.notScored).toContainEqual({ part: 'ssim', code: 'not_drawn', reason: failure.message });
  });
});
