/**
 * Keys’ cubic with a = −½ (R. Keys, “Cubic convolution interpolation for digital image processing”, IEEE TASSP 29, 1981),
 * the bicubic that image encoders are trained with.
 */
function keys(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
}

interface Taps {
  /** First source sample of each result. */
  readonly from: number;
  /** Weights, whose sum is 1. */
  readonly weights: readonly number[];
}

/** The kernel is widened by the factor of shrinking, so that fine detail is averaged and not sampled. */
function tapsOf(source: number, result: number): Taps[] {
  const scale = source / result;
  const widened = Math.max(1, scale);
  return Array.from({ length: result }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const from = Math.max(0, Math.floor(centre - 2 * widened + 0.5));
    const to = Math.min(source, Math.floor(centre + 2 * widened + 0.5));
    const raw = Array.from({ length: to - from }, (_u, k) => keys((from + k + 0.5 - centre) / widened));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { from, weights: raw.map((weight) => weight / sum) };
  });
}

/**
 * Resizes planes of numbers to `[planes × size × size]`, antialiased. Values may overshoot the range of the source.
 *
 * @param source - `[planes × height × width]`.
 */
export function resizeBicubic(
  source: Float32Array,
  { planes, width, height }: { planes: number; width: number; height: number },
  size: number,
): Float32Array {
  const across = tapsOf(width, size);
  const down = tapsOf(height, size);
  const narrow = new Float32Array(planes * height * size);
  for (let row = 0; row < planes * height; row++) {
    for (let x = 0; x < size; x++) {
      const { from, weights } = across[x]!;
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * source[row * width + from + k]!;
      narrow[row * size + x] = sum;
    }
  }
  const out = new Float32Array(planes * size * size);
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < size; y++) {
      const { from, weights } = down[y]!;
      for (let x = 0; x < size; x++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += weights[k]! * narrow[(plane * height + from + k) * size + x]!;
        }
        out[(plane * size + y) * size + x] = sum;
      }
    }
  }
  return out;
}
