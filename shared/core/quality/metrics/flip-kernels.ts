import { radiusOf, type SymmetricKernel, symmetricKernel } from './symmetric-kernel.ts';

/** The filters of FLIP for one viewing distance. Products of two of them, along and across, are the paper’s filters. */
export interface FlipKernels {
  readonly luminance: SymmetricKernel;
  readonly redGreen: SymmetricKernel;
  /** The contrast sensitivity for blue and yellow is a sum of two Gaussians: two kernels, filtered apart and added. */
  readonly blueYellow: readonly [SymmetricKernel, SymmetricKernel];
  readonly gauss: SymmetricKernel;
  readonly edge: SymmetricKernel;
  readonly point: SymmetricKernel;
}

interface Gaussian {
  readonly a: number;
  readonly b: number;
}

/** Contrast sensitivity in degrees (Andersson et al. 2020, table 1). */
const sensitivity = {
  luminance: { a: 1, b: 0.0047 },
  redGreen: { a: 1, b: 0.0053 },
  blueYellow: [
    { a: 34.1, b: 0.04 },
    { a: 13.5, b: 0.025 },
  ],
} as const;

/** Width of the feature detectors in degrees (section 4.2). */
const featureWidthDeg = 0.082;

/** Weights below this share of the largest one are left out: less than one step of 32-bit floats in any sum. */
const negligible = 1e-6;

const sigmaDeg = ({ b }: Gaussian): number => Math.sqrt(b / (2 * Math.PI * Math.PI));

/** Half of a sampled Gaussian, `√(a √(π/b)) e^(−π² x²/b)`, to `radius` or until negligible. */
function halfGaussian(gaussian: Gaussian, pixelsPerDegree: number, radius: number): Float64Array {
  const { a, b } = gaussian;
  const reach = Math.floor(Math.sqrt(-2 * Math.log(negligible)) * sigmaDeg(gaussian) * pixelsPerDegree);
  const peak = Math.sqrt(a * Math.sqrt(Math.PI / b));
  return Float64Array.from({ length: Math.min(radius, reach) + 1 }, (_, k) => {
    const deg = k / pixelsPerDegree;
    return peak * Math.exp((-Math.PI * Math.PI * deg * deg) / b);
  });
}

/** What a whole kernel sums to, given its half. */
const wholeSum = (half: Float64Array): number => 2 * half.reduce((sum, weight) => sum + weight, 0) - half[0]!;

const divided = (half: Float64Array, by: number, sign: 1 | -1 = 1): SymmetricKernel =>
  symmetricKernel(
    half.map((weight) => weight / by),
    sign,
  );

/** Gaussian and its first two derivatives; positive and negative weights of the derivatives sum to 1 and −1. */
function featureKernels(pixelsPerDegree: number): Pick<FlipKernels, 'gauss' | 'edge' | 'point'> {
  const sigma = 0.5 * featureWidthDeg * pixelsPerDegree;
  const radius = Math.ceil(3 * sigma);
  const gauss = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp(-(k * k) / (2 * sigma * sigma)));
  const edge = gauss.map((weight, k) => k * weight);
  const point = gauss.map((weight, k) => ((k * k) / (sigma * sigma) - 1) * weight);
  const rising = 2 * point.reduce((sum, weight) => sum + Math.max(weight, 0), 0);
  const falling = rising - wholeSum(point);
  return {
    gauss: divided(gauss, wholeSum(gauss)),
    edge: divided(edge, wholeSum(edge) / 2, -1),
    point: symmetricKernel(point.map((weight) => weight / (weight > 0 ? rising : falling))),
  };
}

/** The filters for pictures seen at `pixelsPerDegree`. */
export function flipKernels(pixelsPerDegree: number): FlipKernels {
  const [wide, narrow] = sensitivity.blueYellow;
  const radius = Math.ceil(3 * sigmaDeg(wide) * pixelsPerDegree);
  const half = (gaussian: Gaussian): Float64Array => halfGaussian(gaussian, pixelsPerDegree, radius);
  const luminance = half(sensitivity.luminance);
  const redGreen = half(sensitivity.redGreen);
  const blue = [half(wide), half(narrow)] as const;
  const norm = Math.hypot(wholeSum(blue[0]), wholeSum(blue[1]));
  return {
    luminance: divided(luminance, wholeSum(luminance)),
    redGreen: divided(redGreen, wholeSum(redGreen)),
    blueYellow: [divided(blue[0], norm), divided(blue[1], norm)],
    ...featureKernels(pixelsPerDegree),
  };
}

/** The farthest that any of the filters reaches, in pixels. */
export function reachOf({ luminance, redGreen, blueYellow, gauss, edge, point }: FlipKernels): number {
  return Math.max(...[luminance, redGreen, ...blueYellow, gauss, edge, point].map(radiusOf));
}
