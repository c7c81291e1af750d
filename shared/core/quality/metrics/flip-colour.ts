import { srgb8ToLinear } from '../../format/srgb-to-linear.ts';
import type { Picture } from './picture.ts';

/** Linear sRGB to XYZ under D65, from the primaries of sRGB; these fractions are those that FLIP is published with. */
const rgbToXyz = [
  [10135552 / 24577794, 8788810 / 24577794, 4435075 / 24577794],
  [2613072 / 12288897, 8788810 / 12288897, 887015 / 12288897],
  [1425312 / 73733382, 8788810 / 73733382, 70074185 / 73733382],
] as const;

/** Each row divided by its sum: XYZ relative to the white point, so that white is (1, 1, 1). */
const [toX, toY, toZ] = rgbToXyz.map((row) => {
  const white = row[0] + row[1] + row[2];
  return [row[0] / white, row[1] / white, row[2] / white] as const;
}) as [Weights, Weights, Weights];

type Weights = readonly [number, number, number];

/** The inverse of a 3 × 3 matrix by cofactors. */
function invert(m: readonly [Weights, Weights, Weights]): [Weights, Weights, Weights] {
  const minor = (r: number, c: number): number => {
    const a = m[(r + 1) % 3]!;
    const b = m[(r + 2) % 3]!;
    return a[(c + 1) % 3]! * b[(c + 2) % 3]! - a[(c + 2) % 3]! * b[(c + 1) % 3]!;
  };
  const det = m[0][0] * minor(0, 0) + m[0][1] * minor(0, 1) + m[0][2] * minor(0, 2);
  const row = (r: number): Weights => [minor(0, r) / det, minor(1, r) / det, minor(2, r) / det];
  return [row(0), row(1), row(2)];
}

const [toR, toG, toB] = invert([toX, toY, toZ]);

/**
 * One row in the opponent colours that the eye’s contrast sensitivity is stated for: luminance Y, X − Y and Y − Z,
 * relative to white. They are YCxCz without its scale factors, which linear filters do not need.
 */
export interface OpponentRow {
  readonly luminance: Float64Array;
  readonly redGreen: Float64Array;
  readonly blueYellow: Float64Array;
}

/** Splits row `y` of a picture into opponent colours, written from element `start` of each array. */
export function toOpponent({ width, data }: Picture, y: number, row: OpponentRow, start: number): void {
  for (let i = start, at = y * width * 4; i < start + width; i++, at += 4) {
    const r = srgb8ToLinear(data[at]!);
    const g = srgb8ToLinear(data[at + 1]!);
    const b = srgb8ToLinear(data[at + 2]!);
    const luminance = toY[0] * r + toY[1] * g + toY[2] * b;
    row.luminance[i] = luminance;
    row.redGreen[i] = toX[0] * r + toX[1] * g + toX[2] * b - luminance;
    row.blueYellow[i] = luminance - (toZ[0] * r + toZ[1] * g + toZ[2] * b);
  }
}

/** Cube root of CIELAB with its straight part near black (CIE 15). */
const labCurve = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);

/** Steps of the table: its straight lines are within 3e-7 of the curve, 1.5e-4 in a*. */
const steps = 16384;
const curve = Float64Array.from({ length: steps + 2 }, (_, i) => labCurve(i / steps));

function lookUp(t: number): number {
  const at = t * steps;
  const i = at | 0;
  const low = curve[i]!;
  return low + (at - i) * (curve[i + 1]! - low);
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/**
 * Turns one row of filtered opponent colours, in place, into L*, a*, b* with the Hunt adjustment (chroma counts less in
 * the dark). Colours that no screen shows are clamped in linear RGB first, as the paper does.
 */
export function toHuntLab({ luminance, redGreen, blueYellow }: OpponentRow): void {
  for (let x = 0; x < luminance.length; x++) {
    const yIn = luminance[x]!;
    const xIn = yIn + redGreen[x]!;
    const zIn = yIn - blueYellow[x]!;
    const r = clamp(toR[0] * xIn + toR[1] * yIn + toR[2] * zIn);
    const g = clamp(toG[0] * xIn + toG[1] * yIn + toG[2] * zIn);
    const b = clamp(toB[0] * xIn + toB[1] * yIn + toB[2] * zIn);
    const fx = lookUp(toX[0] * r + toX[1] * g + toX[2] * b);
    const fy = lookUp(toY[0] * r + toY[1] * g + toY[2] * b);
    const fz = lookUp(toZ[0] * r + toZ[1] * g + toZ[2] * b);
    const lightness = 116 * fy - 16;
    luminance[x] = lightness;
    redGreen[x] = 5 * lightness * (fx - fy);
    blueYellow[x] = 2 * lightness * (fy - fz);
  }
}
