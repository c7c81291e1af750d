import { codeOfLinear } from './srgb-codes.ts';

/** Anchors in OKLab (Ottosson 2020): lightness, a (green to red), b (blue to yellow). From dark blue over red to pale yellow. */
const anchors: readonly (readonly [number, number, number])[] = [
  [0.26, 0.01, -0.12],
  [0.42, 0.13, -0.13],
  [0.58, 0.19, 0.03],
  [0.76, 0.08, 0.14],
  [0.95, -0.03, 0.1],
];

/** Linear sRGB of an OKLab colour; values outside the screen's range are left as they are. */
function linearOfOklab([lightness, a, b]: readonly [number, number, number]): [number, number, number] {
  const l = lightness + 0.3963377774 * a + 0.2158037573 * b;
  const m = lightness - 0.1055613458 * a - 0.0638541728 * b;
  const s = lightness - 0.0894841775 * a - 1.291485548 * b;
  const l3 = l * l * l;
  const m3 = m * m * m;
  const s3 = s * s * s;
  return [
    4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3,
    -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3,
    -0.0041960863 * l3 - 0.7034186147 * m3 + 1.707614701 * s3,
  ];
}

const steps = 256;

function distance(p: readonly number[], q: readonly number[]): number {
  return Math.sqrt((p[0]! - q[0]!) ** 2 + (p[1]! - q[1]!) ** 2 + (p[2]! - q[2]!) ** 2);
}

/** Walks the anchors at even speed, so that equal differences of value look equally different. */
function evenRamp(): Float64Array {
  const lengths = anchors.slice(1).map((anchor, i) => distance(anchor, anchors[i]!));
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  const ramp = new Float64Array(steps * 3);
  for (let i = 0; i < steps; i++) {
    let along = (whole * i) / (steps - 1);
    let leg = 0;
    while (leg < lengths.length - 1 && along > lengths[leg]!) along -= lengths[leg++]!;
    const t = along / lengths[leg]!;
    const mixed = anchors[leg]!.map((value, k) => value + (anchors[leg + 1]![k]! - value) * t);
    const linear = linearOfOklab(mixed as [number, number, number]);
    ramp.set(
      linear.map((value) => (value < 0 ? 0 : Math.min(value, 1))),
      i * 3,
    );
  }
  return ramp;
}

const ramp = evenRamp();

/** Grey for what has no value. */
const unknown = 0.2;

/** Linear colour of a value 0–1 into `out[0..2]`; what lies outside is clamped, NaN is grey. */
export function heatColour(value: number, out: Float64Array): void {
  if (Number.isNaN(value)) {
    out.fill(unknown, 0, 3);
    return;
  }
  const clamped = value < 0 ? 0 : Math.min(value, 1);
  const at = Math.floor(clamped * (steps - 1) + 0.5) * 3;
  for (let k = 0; k < 3; k++) out[k] = ramp[at + k];
}

/** The colour of a value 0–1 as sRGB codes, for legends. */
export function heatCode(value: number): [r: number, g: number, b: number] {
  const linear = new Float64Array(3);
  heatColour(value, linear);
  return [codeOfLinear(linear[0]), codeOfLinear(linear[1]), codeOfLinear(linear[2])];
}
