import { lumaOf } from './luma-of.ts';
import { checkPair, type Picture } from './picture.ts';
import { ssimOfLuma } from './ssim-of-luma.ts';

export interface SsimResult {
  /** Mean over all windows that lie whole in the picture; 1 for equal pictures. */
  readonly mean: number;
  /** SSIM around each pixel, −1 to 1, `[height × width]`. */
  readonly map: Float32Array;
}

/**
 * Structural similarity on luma (Wang, Bovik, Sheikh & Simoncelli 2004): Gaussian window 11 × 11, standard deviation
 * 1.5, K1 = 0.01, K2 = 0.03, L = 255, without the automatic shrinking of later programs. The map mirrors the picture at
 * its edges; the mean leaves the outer five pixels out, unless a side has fewer than 11.
 *
 * @throws RangeError when the sizes differ.
 */
export function ssim(a: Picture, b: Picture): SsimResult {
  checkPair(a, b);
  const { width, height } = a;
  const map = new Float32Array(width * height);
  const { ssim: mean } = ssimOfLuma({ width, height, a: lumaOf(a), b: lumaOf(b) }, map);
  return { mean, map };
}
