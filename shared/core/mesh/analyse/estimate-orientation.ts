import { measureStance, type Stance } from './measure-stance.ts';

/** A direction of space. */
export type Axis = '+x' | '-x' | '+y' | '-y' | '+z' | '-z';

/** A direction with the share of belief that a rule of thumb puts in it: 1 over the number of choices is no belief. */
export interface AxisEstimate {
  readonly axis: Axis;
  readonly confidence: number;
}

/** Which way a shape stands and looks, told from its form alone. Always an estimate. */
export interface Orientation {
  readonly up: AxisEstimate;
  /** The line of sight; which of its two ends is the front cannot be told from the form, so it is the positive one. */
  readonly forward: AxisEstimate;
  /** Distance from the mirror image across each axis, as a share of the diagonal. */
  readonly asymmetry: readonly [number, number, number];
}

const axes = ['x', 'y', 'z'] as const;

/** Weights of the signs that a direction is up; what each is worth was set on files of nine generators. */
const weights = { stands: 0.8, base: 0.8, low: 0.5, flat: 2, mirror: 3, uneven: 1.2, stored: 0.52 };

/** Differences of asymmetry above this are plain to see. */
const plainAsymmetry = 0.01;

function score(stance: Stance): number {
  const stands = Math.max(-1, Math.min(1, stance.margin * 8));
  return (
    weights.stands * stands +
    weights.base * Math.sqrt(Math.min(1, stance.base)) +
    weights.low * (0.5 - stance.centre) +
    weights.flat * Math.min(0.3, stance.flat)
  );
}

/**
 * Estimates up and forward from samples `[samples × 3]` and their unit normals. Up: it stands on a wide, flat base, its
 * weight is low, its plane of symmetry is upright, and top and bottom differ most; +Y as stored counts a little. Forward: the level axis that is not
 * mirrored.
 */
export function estimateOrientation(
  samples: Float32Array,
  normals: Float32Array,
  bounds: ArrayLike<number>,
  asymmetry: readonly [number, number, number],
): Orientation {
  const mirror = asymmetry.indexOf(Math.min(...asymmetry));
  const second = Math.min(...asymmetry.filter((_, axis) => axis !== mirror));
  const plain = Math.min(1, (second - asymmetry[mirror]) / plainAsymmetry);
  const most = Math.max(...asymmetry);
  const choices = [0, 1, 2].flatMap((axis) =>
    ([1, -1] as const).map((sign) => ({
      axis,
      sign,
      score:
        score(measureStance(samples, normals, bounds, axis, sign)) -
        (axis === mirror ? weights.mirror * plain : 0) +
        weights.uneven * (most > 0 ? asymmetry[axis] / most : 0) +
        (axis === 1 && sign === 1 ? weights.stored : 0),
    })),
  );
  const best = choices.reduce((a, b) => (b.score > a.score ? b : a));
  const total = choices.reduce((sum, choice) => sum + Math.exp((choice.score - best.score) * 3), 0);
  const level = [0, 1, 2].filter((axis) => axis !== best.axis);
  const [a, b] = level;
  const difference = Math.abs(asymmetry[a] - asymmetry[b]) / plainAsymmetry;
  // Mirrored both ways or neither: the axis that convention calls the front, +Z or else +Y.
  const front = difference < 0.1 || asymmetry[b] > asymmetry[a] ? b : a;
  return {
    up: { axis: `${best.sign > 0 ? '+' : '-'}${axes[best.axis]}`, confidence: 1 / total },
    forward: { axis: `+${axes[front]}`, confidence: 0.5 + 0.5 * Math.min(1, difference) },
    asymmetry,
  };
}
