import { type OpponentRow, toHuntLab, toOpponent } from './flip-colour.ts';
import { type FlipKernels, flipKernels, reachOf } from './flip-kernels.ts';
import { checkPair, type Picture } from './picture.ts';
import {
  alongOffsets,
  clampEdge,
  convolveAcross,
  convolveAlong,
  padEdges,
  type RowOffsets,
  type SymmetricKernel,
} from './symmetric-kernel.ts';

export interface FlipOptions {
  /** Pixels in one degree of the field of view; see `pixelsPerDegree`. */
  readonly pixelsPerDegree?: number;
}

export interface FlipResult {
  /** Mean of the map: 0 for equal pictures, 1 for plain green against plain blue. */
  readonly mean: number;
  /** Perceived difference of each pixel, 0–1, `[height × width]`. */
  readonly map: Float32Array;
}

/** Pixels a degree for a screen of `widthM` with `widthPx` columns, seen from `distanceM`. */
export const pixelsPerDegree = (distanceM: number, widthPx: number, widthM: number): number =>
  distanceM * (widthPx / widthM) * (Math.PI / 180);

/** The paper’s viewer: 0.7 m before a screen of 3840 columns on 0.7 m. */
const usual = pixelsPerDegree(0.7, 3840, 0.7);

/** Compression of large colour differences, and where the range is split (sections 4.1, 4.3). */
const colourExponent = 0.7;
const splitAt = 0.4;
const splitValue = 0.95;
/** A detector’s response is at most √2 in two directions. */
const featureScale = Math.SQRT1_2;
const logSplitValue = Math.log(splitValue);

/** The largest difference of colours: HyAB of pure green and pure blue after the Hunt adjustment, compressed. */
const largest = (() => {
  const row = emptyRow(2);
  toOpponent({ width: 2, height: 1, data: Uint8Array.of(0, 255, 0, 255, 0, 0, 255, 255) }, 0, row, 0);
  toHuntLab(row);
  return hyab(row, row, 0, 1) ** colourExponent;
})();
const split = splitAt * largest;
const logScale = Math.log(splitValue / split);

function emptyRow(width: number): OpponentRow {
  const line = (): Float64Array => new Float64Array(width);
  return { luminance: line(), redGreen: line(), blueYellow: line() };
}

/** Distance of two colours: city-block between lightness and chroma, Euclidean within chroma (Abasi et al. 2020). */
function hyab(a: OpponentRow, b: OpponentRow, i: number, j: number): number {
  const red = a.redGreen[i]! - b.redGreen[j]!;
  const blue = a.blueYellow[i]! - b.blueYellow[j]!;
  return Math.abs(a.luminance[i]! - b.luminance[j]!) + Math.sqrt(red * red + blue * blue);
}

/** One row of one picture, filtered both ways; `colour` is Hunt-adjusted L*a*b*. */
interface FilteredRow {
  readonly colour: OpponentRow;
  readonly edge: Float64Array;
  readonly point: Float64Array;
}

/** One filter of the pair along and across, on one of the opponent colours. */
interface Pass {
  readonly from: keyof OpponentRow;
  readonly kernel: SymmetricKernel;
  readonly along: RowOffsets;
  readonly across: RowOffsets;
  /** The last rows filtered along, as a ring. */
  readonly ring: Float64Array;
}

function passesOf(width: number, rows: number, pad: number, kernels: FlipKernels): Record<PassName, Pass> {
  const pass = (from: keyof OpponentRow, kernel: SymmetricKernel): Pass => ({
    from,
    kernel,
    along: alongOffsets(kernel, pad),
    across: alongOffsets(kernel, 0),
    ring: new Float64Array(width * rows),
  });
  return {
    luminance: pass('luminance', kernels.luminance),
    redGreen: pass('redGreen', kernels.redGreen),
    wideBlue: pass('blueYellow', kernels.blueYellow[0]),
    narrowBlue: pass('blueYellow', kernels.blueYellow[1]),
    gauss: pass('luminance', kernels.gauss),
    edge: pass('luminance', kernels.edge),
    point: pass('luminance', kernels.point),
  };
}

type PassName = 'luminance' | 'redGreen' | 'wideBlue' | 'narrowBlue' | 'gauss' | 'edge' | 'point';

/** Gives the rows of a picture filtered, from the top; what it gives is overwritten by the next row. */
function filterRows(picture: Picture, kernels: FlipKernels): (y: number) => FilteredRow {
  const { width, height } = picture;
  const pad = reachOf(kernels);
  const passes = passesOf(width, Math.min(height, 2 * pad + 1), pad, kernels);
  const padded = emptyRow(width + 2 * pad);
  const row: FilteredRow = { colour: emptyRow(width), edge: new Float64Array(width), point: new Float64Array(width) };
  const scratch = new Float64Array(width);
  let next = 0;
  const filterAlong = (): void => {
    toOpponent(picture, next, padded, pad);
    for (const plane of Object.values(padded)) padEdges(plane, pad, clampEdge);
    for (const { from, kernel, along, ring } of Object.values(passes)) {
      const at = (next % (ring.length / width)) * width;
      convolveAlong(ring.subarray(at, at + width), padded[from], kernel, along);
    }
    next++;
  };
  return (y) => {
    while (next < height && next <= y + pad) filterAlong();
    const place = { height, y, edge: clampEdge };
    const across = (out: Float64Array, { ring, kernel, across }: Pass, add = false): void =>
      convolveAcross(out, ring, place, kernel, across, add);
    const strength = (out: Float64Array, derivative: Pass): void => {
      convolveAcross(out, derivative.ring, place, kernels.gauss, passes.gauss.across);
      convolveAcross(scratch, passes.gauss.ring, place, derivative.kernel, derivative.across);
      for (let x = 0; x < width; x++) out[x] = Math.sqrt(out[x]! * out[x]! + scratch[x]! * scratch[x]!);
    };
    across(row.colour.luminance, passes.luminance);
    across(row.colour.redGreen, passes.redGreen);
    across(row.colour.blueYellow, passes.wideBlue);
    across(row.colour.blueYellow, passes.narrowBlue, true);
    toHuntLab(row.colour);
    strength(row.edge, passes.edge);
    strength(row.point, passes.point);
    return row;
  };
}

/** The difference of two filtered pixels: that of the colours, raised where edges or points appear or go. */
function differ(a: FilteredRow, b: FilteredRow, x: number): number {
  const distance = hyab(a.colour, b.colour, x, x);
  if (distance === 0) return 0;
  const edge = Math.abs(a.edge[x]! - b.edge[x]!);
  const point = Math.abs(a.point[x]! - b.point[x]!);
  const exponent = 1 - Math.min(1, Math.sqrt(featureScale * Math.max(edge, point)));
  // Below the split the colour difference is a power: two powers in one cost one logarithm.
  const logColour = colourExponent * Math.log(distance) + logScale;
  if (logColour < logSplitValue) return Math.exp(exponent * logColour);
  const above = (distance ** colourExponent - split) / (largest - split);
  return Math.min(1, splitValue + above * (1 - splitValue)) ** exponent;
}

/**
 * FLIP for LDR pictures (Andersson, Nilsson, Akenine-Möller, Oskarsson, Åström & Fairchild 2020, “FLIP: A Difference
 * Evaluator for Alternating Images”): how different two pictures look when they alternate in the same place. Filters
 * are applied along and across, as its authors do since version 1.2. Edge pixels go on past the edges. Symmetric, 0 for
 * equal pictures. About 0.1 s for 512 × 512.
 *
 * @throws RangeError when the pictures differ in size, or the pixels a degree are not a positive number.
 */
export function flip(reference: Picture, test: Picture, options: FlipOptions = {}): FlipResult {
  checkPair(reference, test);
  const { pixelsPerDegree: ppd = usual } = options;
  if (!(ppd > 0 && ppd < Infinity)) throw new RangeError(`There cannot be ${ppd} pixels in a degree.`);
  const { width, height } = reference;
  const kernels = flipKernels(ppd);
  const rowOfReference = filterRows(reference, kernels);
  const rowOfTest = filterRows(test, kernels);
  const map = new Float32Array(width * height);
  let sum = 0;
  for (let y = 0; y < height; y++) {
    const a = rowOfReference(y);
    const b = rowOfTest(y);
    for (let x = 0; x < width; x++) {
      const value = differ(a, b, x);
      map[y * width + x] = value;
      sum += value;
    }
  }
  return { mean: sum / map.length, map };
}
