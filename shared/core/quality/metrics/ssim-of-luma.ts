import {
  alongOffsets,
  convolveAcross,
  convolveAlong,
  mirrorEdge,
  padEdges,
  radiusOf,
  symmetricKernel,
} from './symmetric-kernel.ts';

/** Two grey pictures of one size, values 0–255, `[height × width]`. */
export interface LumaPair {
  readonly width: number;
  readonly height: number;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** The means of SSIM and of its contrast-structure part alone, over the windows that lie whole in the picture. */
export interface LumaSimilarity {
  readonly ssim: number;
  readonly contrast: number;
}

/** Window of the paper: 11 × 11, standard deviation 1.5. */
const windowRadius = 5;
const sigma = 1.5;
/** Constants of the paper for values of 0–255: (K1 L)² and (K2 L)² with K1 = 0.01, K2 = 0.03. */
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

const half = Float64Array.from({ length: windowRadius + 1 }, (_, k) => Math.exp(-(k * k) / (2 * sigma * sigma)));
const whole = 2 * half.reduce((sum, weight) => sum + weight, 0) - half[0]!;
const kernel = symmetricKernel(half.map((weight) => weight / whole));

/** Sums and differences of the two pictures, and their squares: four filtered planes give all five local moments. */
const moments = 4;

/** Filters row after row along, keeping the last rows as rings; gives row `y` filtered both ways. */
function momentRows({ width, height, a, b }: LumaPair): (y: number) => readonly Float64Array[] {
  const pad = radiusOf(kernel);
  const rows = Math.min(height, 2 * pad + 1);
  const padded = Array.from({ length: moments }, () => new Float64Array(width + 2 * pad));
  const rings = padded.map(() => new Float64Array(width * rows));
  const out = padded.map(() => new Float64Array(width));
  const along = alongOffsets(kernel, pad);
  const across = alongOffsets(kernel, 0);
  const [sums, differences, sumSquares, differenceSquares] = padded as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let next = 0;
  const filterAlong = (): void => {
    for (let x = 0, i = next * width; x < width; x++, i++) {
      const sum = a[i]! + b[i]!;
      const difference = a[i]! - b[i]!;
      sums[pad + x] = sum;
      differences[pad + x] = difference;
      sumSquares[pad + x] = sum * sum;
      differenceSquares[pad + x] = difference * difference;
    }
    const at = (next % rows) * width;
    for (let m = 0; m < moments; m++) {
      padEdges(padded[m]!, pad, mirrorEdge);
      convolveAlong(rings[m]!.subarray(at, at + width), padded[m]!, kernel, along);
    }
    next++;
  };
  return (y) => {
    while (next < height && next <= y + pad) filterAlong();
    for (let m = 0; m < moments; m++) {
      convolveAcross(out[m]!, rings[m]!, { height, y, edge: mirrorEdge }, kernel, across);
    }
    return out;
  };
}

/**
 * SSIM of two grey pictures. `map`, when given, receives the value of every pixel `[height × width]`; windows that reach
 * past an edge see the picture mirrored there. The means leave those windows out, as the paper’s program does, unless
 * the picture is smaller than one window.
 */
export function ssimOfLuma(pair: LumaPair, map?: Float32Array): LumaSimilarity {
  const { width, height } = pair;
  const inset = Math.min(width, height) > 2 * windowRadius ? windowRadius : 0;
  const rowOf = momentRows(pair);
  let similarity = 0;
  let contrast = 0;
  for (let y = 0; y < height; y++) {
    const [sums, differences, sumSquares, differenceSquares] = rowOf(y) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const rowCounts = y >= inset && y < height - inset;
    for (let x = 0; x < width; x++) {
      const sum = sums[x]! * sums[x]!;
      const difference = differences[x]! * differences[x]!;
      const meanProduct = (sum - difference) / 2;
      const meanSquares = (sum + difference) / 2;
      const covariance = (sumSquares[x]! - differenceSquares[x]!) / 2 - meanProduct;
      const variance = (sumSquares[x]! + differenceSquares[x]!) / 2 - meanSquares;
      const structure = (covariance + c2) / (variance + c2);
      const value = ((meanProduct + c1) / (meanSquares + c1)) * structure;
      if (map) map[y * width + x] = value;
      if (rowCounts && x >= inset && x < width - inset) {
        similarity += value;
        contrast += structure;
      }
    }
  }
  const counted = (width - 2 * inset) * (height - 2 * inset);
  return { ssim: similarity / counted, contrast: contrast / counted };
}
