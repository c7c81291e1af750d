import type { AssetStats, Ballot, CandidateScores, Score } from '../../../schema/index.ts';
import type { Picture } from '../metrics/picture.ts';
import { coverageOf, silhouetteOf } from '../metrics/silhouette.ts';
import { measureViewConsistency } from '../metrics/view-consistency.ts';
import { type CutOut, cutOut, likenessOf } from './prompt-likeness.ts';

/** Views of one candidate with transparent background. */
export interface ScoredViews {
  /** A ring of at least four, evenly spaced, the first from the front. Unlit: light would hide a repeated front. */
  readonly unlit: readonly Picture[];
  /** Front views, lit. */
  readonly fronts: readonly Picture[];
}

/**
 * Shares from measured topology. A triangle mesh has about 3/2 edges for each triangle, and at least one.
 */
export function topologyScores(stats: AssetStats): Record<'closed' | 'manifold' | 'whole', number> {
  const edges = Math.max(1, (3 * stats.triangles + stats.openEdges) / 2);
  const share = (bad: number): number => Math.max(0, 1 - bad / edges);
  return {
    closed: share(stats.openEdges),
    manifold: share(stats.nonManifoldEdges),
    whole: 1 / Math.max(1, stats.components),
  };
}

/** Likeness of each front view to the cut-out of the prompt image; 0 where nothing is to be seen. */
export const likenesses = (fronts: readonly Picture[], prompt: CutOut): number[] =>
  fronts.map((front) => {
    const object = cutOut(front);
    return object ? likenessOf(prompt, object) : 0;
  });

/** Scores one candidate without any model. `prompt` is the object cut out of the prompt image, if there is a clear one. */
export function scoreViews(stats: AssetStats, views: ScoredViews, prompt: CutOut | undefined): CandidateScores {
  const masks = views.unlit.map((picture) => silhouetteOf(picture));
  const covers = masks.map(coverageOf);
  const widest = Math.max(...covers);
  const isSeen = widest > 0;
  const repetition = isSeen
    ? measureViewConsistency(views.unlit.map((picture, i) => ({ picture, mask: masks[i]! }))).repetition
    : 0;
  return {
    ...topologyScores(stats),
    seen: isSeen ? Math.min(...covers) / widest : 0,
    unrepeated: isSeen ? Math.min(1, Math.max(0, 1 - repetition)) : 'not_scored',
    likeness: prompt ? Math.max(0, ...likenesses(views.fronts, prompt)) : 'not_scored',
  };
}

/**
 * How much each score counts. Likeness to what was ordered outweighs any one defect; loose parts may be meant. A repeated
 * front is recorded and does not count: a minibus that looks alike at both ends is right.
 */
const weights: Record<Exclude<keyof CandidateScores, 'unrepeated'>, number> = {
  closed: 0.2,
  manifold: 0.2,
  whole: 0.1,
  seen: 0.1,
  likeness: 0.4,
};

/** From this share of the largest view on, a thin side is as good as any: swords and signs are thin and right. */
const thinEnough = 0.1;

const graded = (name: keyof typeof weights, score: number): number =>
  name === 'seen' ? Math.min(1, score / thinEnough) : score;

/** Weighted mean of the scores that both candidates have, 0–1 each. Null when they have none in common. */
export function totalScores(a: CandidateScores, b: CandidateScores): { a: number; b: number } | null {
  const names = (Object.keys(weights) as (keyof typeof weights)[]).filter(
    (name) => a[name] !== 'not_scored' && b[name] !== 'not_scored',
  );
  const all = names.reduce((sum, name) => sum + weights[name], 0);
  if (all === 0) return null;
  const total = (scores: CandidateScores): number =>
    names.reduce((sum, name) => sum + weights[name] * graded(name, scores[name] as Exclude<Score, string>), 0) / all;
  return { a: total(a), b: total(b) };
}

/** Totals nearer than this are level: geometry says little about which of two sound models is better. */
export const levelGap = 0.02;

/** The choice by scores alone. @param a, b - null: could not be drawn */
export function decideByScores(
  a: CandidateScores | null,
  b: CandidateScores | null,
): Pick<Ballot, 'choice' | 'decidedBy' | 'reason'> {
  if (!a || !b) {
    const choice = a ? 'a' : b ? 'b' : 'draw';
    const reason = choice === 'draw' ? 'Neither candidate can be drawn.' : 'The other candidate cannot be drawn.';
    return { choice, decidedBy: 'missing_preview', reason };
  }
  const totals = totalScores(a, b);
  if (!totals) return { choice: 'no_vote', decidedBy: 'nobody', reason: 'Nothing was scored for both.' };
  const gap = totals.a - totals.b;
  const figures = `${totals.a.toFixed(3)} against ${totals.b.toFixed(3)}`;
  if (Math.abs(gap) < levelGap) return { choice: 'draw', decidedBy: 'scores', reason: `Level by scores: ${figures}.` };
  return { choice: gap > 0 ? 'a' : 'b', decidedBy: 'scores', reason: `By scores: ${figures}.` };
}
