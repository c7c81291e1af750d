// Only + − × ÷ and √, which IEEE 754 rounds the same everywhere. Math.sin, exp and pow may differ between machines.

const radiansPerDegree = Math.PI / 180;

/** Terms of the series of sine and cosine: enough for 1e-16 within 45 degrees. */
const seriesTerms = 10;

function series(x: number, first: number): number {
  let term = first === 0 ? 1 : x;
  let sum = term;
  for (let k = first + 1; k < first + 2 * seriesTerms; k += 2) {
    term = (-term * x * x) / (k * (k + 1));
    sum += term;
  }
  return sum;
}

/** Sine of an angle in degrees, exact at multiples of 90. */
export function sinDegrees(degrees: number): number {
  const quarter = Math.floor(degrees / 90 + 0.5);
  const x = (degrees - quarter * 90) * radiansPerDegree;
  const turn = quarter - 4 * Math.floor(quarter / 4);
  if (turn === 0) return series(x, 1);
  if (turn === 1) return series(x, 0);
  return turn === 2 ? -series(x, 1) : -series(x, 0);
}

/** Cosine of an angle in degrees, exact at multiples of 90. */
export const cosDegrees = (degrees: number): number => sinDegrees(degrees + 90);

/** Angle in radians (0 to π) of a vector with this dot product and length of cross product (≥ 0). Within 1e-10. */
export function angleOf(dot: number, cross: number): number {
  if (!(cross > 0)) return dot < 0 ? 2 * 1.5707963267948966 : 0;
  const steep = cross > (dot < 0 ? -dot : dot);
  let x = steep ? dot / cross : cross / dot;
  // Two halvings of the angle bring x below 0.2, where the series is short.
  x = x / (1 + Math.sqrt(1 + x * x));
  x = x / (1 + Math.sqrt(1 + x * x));
  const s = x * x;
  const small = x * (1 - s * (1 / 3 - s * (1 / 5 - s * (1 / 7 - s * (1 / 9 - s * (1 / 11 - s * (1 / 13 - s / 15)))))));
  if (steep) return 1.5707963267948966 - 4 * small;
  return dot < 0 ? Math.PI + 4 * small : 4 * small;
}

/** e to the power x, within 1e-13 of the value: a series after halving x until it is small. For x from −700 to 700. */
export function exponential(x: number): number {
  let halvings = 0;
  let reduced = x;
  while (reduced > 0.5 || reduced < -0.5) {
    reduced /= 2;
    halvings++;
  }
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 20; k++) {
    term = (term * reduced) / k;
    sum += term;
  }
  for (; halvings > 0; halvings--) sum *= sum;
  return sum;
}

const expSteps = 256;
const expEnd = 16;
const expTable = Float64Array.from({ length: expSteps * expEnd + 2 }, (_, i) => exponential(-i / expSteps));

/** e to the power −x for x ≥ 0, by table: error below 2e-6, and 0 from 16 on. */
export function expNegative(x: number): number {
  if (!(x < expEnd)) return 0;
  const at = x * expSteps;
  const i = at | 0;
  const low = expTable[i];
  return low + (expTable[i + 1] - low) * (at - i);
}

/** x to the power 1/5, for 0 ≤ x ≤ 1, by Newton’s method. */
function fifthRoot(x: number): number {
  if (x <= 0) return 0;
  let y = 1;
  for (let i = 0; i < 100; i++) {
    const next = (4 * y + x / (y * y * y * y)) / 5;
    if (!(next < y)) break;
    y = next;
  }
  return y;
}

/** x to the power 2.4 for 0 ≤ x ≤ 1: the exponent of sRGB (IEC 61966-2-1). */
export function power24(x: number): number {
  return x * x * fifthRoot(x * x);
}

const powersOfTwo = Float64Array.from({ length: 32 }, (_, i) => 1 / ((1 << i) >>> 0));

/** Base-2 logarithm for x ≥ 1 and below 2^31, within 0.0001: fine enough to choose a mip level. */
export function log2Above1(x: number): number {
  const exponent = 31 - Math.clz32(x | 0);
  // ln((1 + s) / (1 − s)) = 2 (s + s³/3 + …) with s = (m − 1) / (m + 1), mantissa m of 1–2.
  const mantissa = x * powersOfTwo[exponent];
  const s = (mantissa - 1) / (mantissa + 1);
  const s2 = s * s;
  return exponent + 2.8853900817779268 * s * (1 + s2 * (1 / 3 + s2 * (1 / 5 + s2 / 7)));
}
