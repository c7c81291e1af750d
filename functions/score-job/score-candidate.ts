import { z } from 'zod';
import { AssetStats } from '../../shared/schema/index.ts';

const Score = z.union([z.number().min(0).max(1), z.literal('not_scored')]);

/** What the scoring job writes: one manifest for each candidate. */
export const ScoreManifest = z
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
  })
  .describe('Facts and model-free scores of one candidate.');
export type ScoreManifest = z.infer<typeof ScoreManifest>;

/**
 * Scores that need no model, from measured topology. Each is a share between 0 and 1, 1 being best; a triangle mesh has
 * about 3/2 edges for each triangle, and at least one.
 */
export function scoreCandidate(candidate: string, stats: AssetStats): ScoreManifest {
  const edges = Math.max(1, (3 * stats.triangles + stats.openEdges) / 2);
  const share = (bad: number): number => Math.max(0, 1 - bad / edges);
  return {
    candidate,
    scorer: 'topology/1',
    stats,
    scores: {
      closed: share(stats.openEdges),
      manifold: share(stats.nonManifoldEdges),
      whole: 1 / Math.max(1, stats.components),
      alignment: 'not_scored',
    },
  };
}
