import { z } from 'zod';
import { AssetStats } from './asset-stats.ts';
import { Score } from './ballot.ts';

/** Why a part of the manifest has no score. */
export const NotScoredCode = z.enum([
  'no_models',
  'models_unreadable',
  'no_such_model',
  'runtime_missing',
  'model_missing',
  'model_damaged',
  'model_unfit',
  'model_failed',
  'answer_invalid',
  'timed_out',
  'crashed',
  'no_prompt',
  'not_drawn',
]);
export type NotScoredCode = z.infer<typeof NotScoredCode>;

/** What the scoring job writes: one manifest for each candidate. */
export const ScoreManifest = z
  .strictObject({
    candidate: z.string().describe('Stage key of the dispatch that brought it; of a local file, its SHA-256.'),
    name: z.string().optional().describe('Of a local file.'),
    scorer: z.string(),
    status: z.enum(['scored', 'not_drawn']).describe('not_drawn: broken, or nothing of it can be seen.'),
    failure: z.strictObject({ code: z.string(), message: z.string() }).nullable().describe('Why it was not drawn.'),
    prompt: z
      .strictObject({ kind: z.enum(['text', 'image']), sha256: z.string() })
      .nullable()
      .describe('What it was held against.'),
    stats: AssetStats.nullable(),
    scores: z.strictObject({
      closed: Score.describe('Share of edges that are not open.'),
      manifold: Score.describe('Share of edges that have at most two faces.'),
      whole: Score.describe('1 for one connected piece, 1/n for n.'),
      alignment: Score.describe('Fit to the prompt by an embedding model, as the validator counts it.'),
      resemblance: Score.describe('Cosine of the prompt image and the view most like it, by features of DINO.'),
    }),
    validator: z
      .strictObject({
        formula: z.literal('404-validator-compat'),
        score: Score.describe('not_scored as long as a part that it needs is missing.'),
        alignment: Score,
        quality: Score,
        ssim: Score.describe('Of neighbours on a turntable, in our own rendering.'),
        lpips: Score.describe('1 − LPIPS of the same neighbours.'),
        missing: z.array(z.enum(['alignment', 'quality', 'ssim', 'lpips'])).describe('Parts that are not scored.'),
      })
      .describe('The formula of the network’s former validator.'),
    models: z.strictObject({
      runtime: z.string().nullable().describe('Name and version of what ran the models; null when none ran.'),
      provider: z.enum(['cuda', 'cpu']).nullable(),
      note: z.string().nullable().describe('Why CUDA was not used.'),
      used: z.array(z.strictObject({ name: z.string(), kind: z.string(), sha256: z.string() })),
    }),
    notScored: z
      .array(z.strictObject({ part: z.string(), code: NotScoredCode, reason: z.string() }))
      .describe('Each part without a score, and why.'),
  })
  .describe('Facts and scores of one candidate.');
export type ScoreManifest = z.infer<typeof ScoreManifest>;
