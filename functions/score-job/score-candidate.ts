import { z } from 'zod';
import { topologyScores } from '../../shared/core/quality/duel/candidate-scores.ts';
import { type ValidatorParts, validatorScore } from '../../shared/core/quality/validator-score.ts';
import { AssetStats, Score } from '../../shared/schema/index.ts';

/** What the scoring job writes: one manifest for each candidate. */
const ScoreManifest = z
  .strictObject({
    candidate: z.string().describe('Stage key of the dispatch that brought the candidate.'),
    scorer: z.string(),
    stats: AssetStats,
    scores: z.strictObject({
      closed: Score.describe('Share of edges that are not open.'),
      manifold: Score.describe('Share of edges that have at most two faces.'),
      whole: Score.describe('1 for one connected piece, 1/n for n.'),
      alignment: Score.describe('Fit to the prompt by an embedding model; not_scored without one.'),
    }),
    validator: z
      .strictObject({
        formula: z.literal('404-validator-compat'),
        score: Score.describe('not_scored as long as a part that it needs is missing.'),
        alignment: Score,
        quality: Score,
        ssim: Score.describe('Of neighbours on a turntable, in our own rendering.'),
        lpips: Score,
      })
      .describe('The formula of the network’s former validator.'),
  })
  .describe('Facts and model-free scores of one candidate.');
export type ScoreManifest = z.infer<typeof ScoreManifest>;

/** Scores that need no model, and those parts of the network’s formula that there are. */
export function scoreCandidate(
  candidate: string,
  stats: AssetStats,
  parts: Partial<ValidatorParts> = {},
): ScoreManifest {
  const missing = 'not_scored' as const;
  const all: ValidatorParts = { alignment: missing, quality: missing, ssim: missing, lpips: missing, ...parts };
  return ScoreManifest.parse({
    candidate,
    scorer: 'topology/2',
    stats,
    scores: { ...topologyScores(stats), alignment: all.alignment },
    validator: { formula: '404-validator-compat', score: validatorScore(all), ...all },
  });
}
