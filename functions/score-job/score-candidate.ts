import { topologyScores } from '../../shared/core/quality/duel/candidate-scores.ts';
import { missingParts, type ValidatorParts, validatorScore } from '../../shared/core/quality/validator-score.ts';
import type { ModelRuntime } from '../../shared/ports/index.ts';
import { type AssetStats, type Score, ScoreManifest } from '../../shared/schema/index.ts';
import type { NotScored } from './load-models.ts';
import { isScore, type ModelScores, type PartScore } from './score-by-models.ts';

/** Raised whenever the same candidate may get another score. */
export const scorer = 'candidate/3';

/** Which candidate it is, and what it was held against. */
export interface ScoredThing {
  readonly candidate: string;
  readonly name?: string | undefined;
  readonly prompt: ScoreManifest['prompt'];
}

/** What is known of a candidate that was drawn. */
export interface DrawnCandidate {
  readonly stats: AssetStats;
  readonly ssim: Score;
  readonly byModels: ModelScores;
  readonly runtime: ModelRuntime | undefined;
}

const parts = ['alignment', 'resemblance', 'quality', 'lpips'] as const;

const scoreOf = (part: PartScore): Score => (isScore(part) ? part : 'not_scored');

function headOf({ candidate, name, prompt }: ScoredThing) {
  return { candidate, scorer, prompt, ...(name === undefined ? {} : { name }) };
}

function validatorOf(all: ValidatorParts): ScoreManifest['validator'] {
  return { formula: '404-validator-compat', score: validatorScore(all), ...all, missing: missingParts(all) };
}

/** The manifest of a candidate that was drawn: what needs no model, and what the mounted models say. */
export function scoreCandidate(thing: ScoredThing, drawn: DrawnCandidate): ScoreManifest {
  const { stats, ssim, byModels, runtime } = drawn;
  const alignment = scoreOf(byModels.alignment);
  const resemblance = scoreOf(byModels.resemblance);
  const all = { alignment, quality: scoreOf(byModels.quality), ssim, lpips: scoreOf(byModels.lpips) };
  return ScoreManifest.parse({
    ...headOf(thing),
    ...{ status: 'scored', failure: null, stats },
    scores: { ...topologyScores(stats), alignment, resemblance },
    validator: validatorOf(all),
    models: {
      runtime: runtime?.name ?? null,
      provider: runtime?.provider ?? null,
      note: runtime?.note ?? null,
      used: byModels.used.map(({ name, kind, sha256 }) => ({ name, kind, sha256 })),
    },
    notScored: parts.flatMap((part) => {
      const score = byModels[part];
      return isScore(score) ? [] : [{ part, code: score.code, reason: score.reason }];
    }),
  });
}

/** The manifest of a candidate that cannot be drawn. @param stats - null when it cannot even be read. */
export function unscoredCandidate(
  thing: ScoredThing,
  failure: { code: string; message: string },
  stats: AssetStats | null,
): ScoreManifest {
  const missing = 'not_scored' as const;
  const reason: NotScored = { code: 'not_drawn', reason: failure.message };
  const shape = stats ? topologyScores(stats) : { closed: missing, manifold: missing, whole: missing };
  return ScoreManifest.parse({
    ...headOf(thing),
    ...{ status: 'not_drawn', failure, stats },
    scores: { ...shape, alignment: missing, resemblance: missing },
    validator: validatorOf({ alignment: missing, quality: missing, ssim: missing, lpips: missing }),
    models: { runtime: null, provider: null, note: null, used: [] },
    notScored: [...parts, 'ssim'].map((part) => ({ part, ...reason })),
  });
}
