/**
 * One half of a kernel of odd length: `weights[k]` weighs the elements `k` steps to either side. With `sign` −1 the
 * kernel is antisymmetric (the far side, at −k, is subtracted) and `weights[0]` is not used.
 */
export interface SymmetricKernel {
  readonly weights: Float64Array;
  readonly sign: 1 | -1;
}

/** Steps that one round of the loop takes: the kernels in use reach 5, 9 and 10 pixels at the usual settings. */
const steps = 5;

/** A kernel from its half, padded with zeros to whole rounds. Its `radius` may exceed that of what was given. */
export function symmetricKernel(half: ArrayLike<number>, sign: 1 | -1 = 1): SymmetricKernel {
  const padded = new Float64Array(1 + Math.ceil((half.length - 1) / steps) * steps);
  padded.set(half);
  return { weights: padded, sign };
}

/** How many elements the kernel reaches to either side, zeros included. */
export const radiusOf = (kernel: SymmetricKernel): number => kernel.weights.length - 1;

/** Where each step of a kernel finds its elements, relative to the row that is written. */
export interface RowOffsets {
  readonly ahead: Int32Array;
  readonly behind: Int32Array;
}

/**
 * Sums a kernel over one row: `out[x] (+)= w0 · in[centre + x] + Σ w[k] · (in[ahead[k] + x] ± in[behind[k] + x])`. The
 * same loop serves both directions: offsets step by one along a padded row, or by a row down an image. Numeric kernel:
 * unrolled, since it takes most of the time of every metric.
 */
function sumRow(
  out: Float64Array,
  source: Float64Array,
  { weights: w, sign }: SymmetricKernel,
  { ahead, behind }: RowOffsets,
  add: boolean,
): void {
  const width = out.length;
  const centre = ahead[0]!;
  const w0 = sign > 0 ? w[0]! : 0;
  if (add) for (let x = 0; x < width; x++) out[x]! += w0 * source[centre + x]!;
  else for (let x = 0; x < width; x++) out[x] = w0 * source[centre + x]!;
  for (let k = 1; k < w.length; k += steps) {
    const w1 = w[k]!;
    const w2 = w[k + 1]!;
    const w3 = w[k + 2]!;
    const w4 = w[k + 3]!;
    const w5 = w[k + 4]!;
    const a1 = ahead[k]!;
    const a2 = ahead[k + 1]!;
    const a3 = ahead[k + 2]!;
    const a4 = ahead[k + 3]!;
    const a5 = ahead[k + 4]!;
    const b1 = behind[k]!;
    const b2 = behind[k + 1]!;
    const b3 = behind[k + 2]!;
    const b4 = behind[k + 3]!;
    const b5 = behind[k + 4]!;
    if (sign > 0) {
      for (let x = 0; x < width; x++) {
        out[x]! +=
          w1 * (source[a1 + x]! + source[b1 + x]!) +
          w2 * (source[a2 + x]! + source[b2 + x]!) +
          w3 * (source[a3 + x]! + source[b3 + x]!) +
          w4 * (source[a4 + x]! + source[b4 + x]!) +
          w5 * (source[a5 + x]! + source[b5 + x]!);
      }
    } else {
      for (let x = 0; x < width; x++) {
        out[x]! +=
          w1 * (source[a1 + x]! - source[b1 + x]!) +
          w2 * (source[a2 + x]! - source[b2 + x]!) +
          w3 * (source[a3 + x]! - source[b3 + x]!) +
          w4 * (source[a4 + x]! - source[b4 + x]!) +
          w5 * (source[a5 + x]! - source[b5 + x]!);
      }
    }
  }
}

/** The offsets of a kernel along a row that is padded by `pad` to either side. */
export function alongOffsets(kernel: SymmetricKernel, pad: number): RowOffsets {
  const ahead = Int32Array.from(kernel.weights, (_, k) => pad + k);
  const behind = Int32Array.from(kernel.weights, (_, k) => pad - k);
  return { ahead, behind };
}

/** Filters one padded row of `out.length + 2 · pad` along itself, into `out`. */
export function convolveAlong(
  out: Float64Array,
  padded: Float64Array,
  kernel: SymmetricKernel,
  offsets: RowOffsets,
): void {
  sumRow(out, padded, kernel, offsets, false);
}

/**
 * Filters row `y` of an image of `height` rows across its rows, into `out` or added to it. `source` holds all rows, or
 * the last few as a ring: row y lies at `y mod (rows in source)`. `offsets` is scratch.
 */
export function convolveAcross(
  out: Float64Array,
  source: Float64Array,
  { height, y, edge }: RowPlace,
  kernel: SymmetricKernel,
  offsets: RowOffsets,
  add = false,
): void {
  const width = out.length;
  const rows = source.length / width;
  for (let k = 0; k < kernel.weights.length; k++) {
    offsets.ahead[k] = (edge(y + k, height) % rows) * width;
    offsets.behind[k] = (edge(y - k, height) % rows) * width;
  }
  sumRow(out, source, kernel, offsets, add);
}

/** Which row of how many, and which element stands for one past the edge. */
export interface RowPlace {
  readonly height: number;
  readonly y: number;
  readonly edge: (index: number, length: number) => number;
}

/** Index of the element that stands for `index` when the edge goes on as it is. */
export const clampEdge = (index: number, length: number): number =>
  index < 0 ? 0 : index < length ? index : length - 1;

/** Index of the element that stands for `index` when the row is mirrored at its edges, edge elements twice. */
export function mirrorEdge(index: number, length: number): number {
  const period = 2 * length;
  const at = ((index % period) + period) % period;
  return at < length ? at : period - 1 - at;
}

/** Completes a row that stands in the middle of `padded`: fills the `pad` elements past either edge. */
export function padEdges(padded: Float64Array, pad: number, edge: RowPlace['edge']): void {
  const width = padded.length - 2 * pad;
  for (let k = 1; k <= pad; k++) {
    padded[pad - k] = padded[pad + edge(-k, width)]!;
    padded[pad + width - 1 + k] = padded[pad + edge(width - 1 + k, width)]!;
  }
}
