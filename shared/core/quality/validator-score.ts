import type { Score } from '../../schema/index.ts';
import type { Picture } from './metrics/picture.ts';
import { ssim } from './metrics/ssim.ts';
import { geometricMean, withoutOutliers } from './models/without-outliers.ts';

/** What the formula is made of. Alignment is already divided by its scale (0.35 for text); `lpips` is 1 − LPIPS. */
export interface ValidatorParts {
  /** Fit to the prompt, by CLIP. */
  readonly alignment: Score;
  /** Looks, by a classifier over DINO features. */
  readonly quality: Score;
  /** Structural similarity of neighbours on the turntable. */
  readonly ssim: Score;
  /** Perceptual likeness of the same neighbours. */
  readonly lpips: Score;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Below this alignment the score is 0, whatever the rest. */
const leastAlignment = 0.3;

/**
 * The score of the network’s former validation service (404-Repo/three-gen-subnet, validation/engine, 2025): 0.75 quality +
 * 0.2 alignment + 0.025 σ(35 (ssim − 0.83)) + 0.025 lpips σ(30 (lpips − 0.7)), or 0 where alignment is below 0.3. A missing
 * part leaves it `not_scored`, except where alignment alone decides.
 */
export function validatorScore({ alignment, quality, ssim: structure, lpips }: ValidatorParts): Score {
  if (alignment !== 'not_scored' && alignment < leastAlignment) return 0;
  if (alignment === 'not_scored' || quality === 'not_scored') return 'not_scored';
  if (structure === 'not_scored' || lpips === 'not_scored') return 'not_scored';
  const smooth = sigmoid(35 * (structure - 0.83));
  const steady = lpips * sigmoid(30 * (lpips - 0.7));
  return 0.75 * quality + 0.2 * alignment + 0.025 * smooth + 0.025 * steady;
}

/**
 * SSIM of each view and the next, the last and the first too, 0–1, on opaque pictures: geometric mean of all but outliers.
 * `not_scored` below two views.
 */
export function neighbourSsim(views: readonly Picture[]): Score {
  if (views.length < 2) return 'not_scored';
  const likeness = views.map((view, i) => ssim(view, views[(i + 1) % views.length]!).mean);
  return geometricMean(withoutOutliers(likeness).map((mean) => Math.min(1, Math.max(0, mean))));
}

/** The parts that are not scored, in the order of the formula. */
export function missingParts(parts: ValidatorParts): (keyof ValidatorParts)[] {
  return (['alignment', 'quality', 'ssim', 'lpips'] as const).filter((part) => parts[part] === 'not_scored');
}
