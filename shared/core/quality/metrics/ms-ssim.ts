import { lumaOf } from './luma-of.ts';
import { checkPair, type Picture } from './picture.ts';
import { type LumaPair, ssimOfLuma } from './ssim-of-luma.ts';

export interface MsSsimResult {
  /** 0–1; 1 for equal pictures. */
  readonly value: number;
  /** How many scales were used: five from 176 pixels on the shorter side, fewer below. */
  readonly scales: number;
}

/** Weights of the scales, finest first (Wang et al. 2003, section 3.2). */
const weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/** A scale must hold one whole window. */
const smallestPx = 11;

/** Halves a picture by the mean of 2 × 2; an odd last row or column counts twice. */
function halve(plane: Float64Array, width: number, height: number): Float64Array {
  const w = Math.ceil(width / 2);
  const h = Math.ceil(height / 2);
  const out = new Float64Array(w * h);
  for (let y = 0; y < h; y++) {
    const top = 2 * y * width;
    const bottom = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < w; x++) {
      const left = 2 * x;
      const right = Math.min(left + 1, width - 1);
      out[y * w + x] = (plane[top + left]! + plane[top + right]! + plane[bottom + left]! + plane[bottom + right]!) / 4;
    }
  }
  return out;
}

const halvePair = ({ width, height, a, b }: LumaPair): LumaPair => ({
  width: Math.ceil(width / 2),
  height: Math.ceil(height / 2),
  a: halve(a, width, height),
  b: halve(b, width, height),
});

/**
 * Multi-scale structural similarity on luma (Wang, Simoncelli & Bovik 2003): contrast and structure at each halving,
 * the whole of SSIM at the coarsest. Means are taken before the powers; a negative mean counts as 0. Small pictures use
 * fewer scales, with their weights scaled to sum to 1.
 *
 * @throws RangeError when the sizes differ.
 */
export function msSsim(a: Picture, b: Picture): MsSsimResult {
  checkPair(a, b);
  const shorter = Math.min(a.width, a.height);
  let scales = 1;
  while (scales < weights.length && Math.ceil(shorter / 2 ** scales) >= smallestPx) scales++;
  const used = weights.slice(0, scales);
  const total = used.reduce((sum, weight) => sum + weight, 0);
  let pair: LumaPair = { width: a.width, height: a.height, a: lumaOf(a), b: lumaOf(b) };
  let value = 1;
  for (const [scale, weight] of used.entries()) {
    if (scale > 0) pair = halvePair(pair);
    const { ssim, contrast } = ssimOfLuma(pair);
    const part = scale === scales - 1 ? ssim : contrast;
    value *= Math.max(0, part) ** (weight / total);
  }
  return { value, scales };
}
