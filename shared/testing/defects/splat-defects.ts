import type { SplatCloud } from '../../core/render/splat-cloud.ts';
import type { Defect } from './defects.ts';
import type { Strength } from './inject-geometry.ts';

/** A fault of a cloud of splats. */
export interface SplatDefect extends Pick<Defect, 'name' | 'family' | 'codes' | 'also'> {
  /** The cloud with the fault; the one that is given is left alone. */
  inject(cloud: SplatCloud, strength: Strength, random: () => number): SplatCloud;
}

const copyOf = (cloud: SplatCloud): SplatCloud => ({
  ...cloud,
  positions: cloud.positions.slice(),
  scales: cloud.scales.slice(),
  rotations: cloud.rotations.slice(),
  opacities: cloud.opacities.slice(),
});

type Change = (cloud: SplatCloud, i: number, strength: Strength, random: () => number) => void;

/** Changes a share of the splats, chosen by chance. */
const some =
  (shares: readonly [number, number, number], change: Change): SplatDefect['inject'] =>
  (cloud, strength, random) => {
    const copy = copyOf(cloud);
    for (let i = 0; i < cloud.count; i++) if (random() < shares[strength]) change(copy, i, strength, random);
    return copy;
  };

/** The first `count` splats of a cloud. */
const firstOf = (cloud: SplatCloud, count: number): SplatCloud => ({
  ...cloud,
  count,
  positions: cloud.positions.slice(0, count * 3),
  scales: cloud.scales.slice(0, count * 3),
  rotations: cloud.rotations.slice(0, count * 4),
  opacities: cloud.opacities.slice(0, count),
  harmonics: cloud.harmonics.slice(0, count * 3),
});

/** Every so many splats, so that the rest is spread as the whole. */
function thinned(cloud: SplatCloud, count: number): SplatCloud {
  const copy = copyOf(cloud);
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * cloud.count) / count);
    copy.positions.set(cloud.positions.subarray(from * 3, from * 3 + 3), i * 3);
    copy.scales.set(cloud.scales.subarray(from * 3, from * 3 + 3), i * 3);
    copy.rotations.set(cloud.rotations.subarray(from * 4, from * 4 + 4), i * 4);
    copy.opacities[i] = cloud.opacities[from]!;
  }
  return firstOf(copy, count);
}

/** Lowest and highest corner. */
function boxOf({ positions }: SplatCloud): [low: number[], high: number[]] {
  const [low, high] = [new Array<number>(3).fill(Infinity), new Array<number>(3).fill(-Infinity)];
  positions.forEach((value, i) => {
    low[i % 3] = Math.min(low[i % 3]!, value);
    high[i % 3] = Math.max(high[i % 3]!, value);
  });
  return [low, high];
}

/** Takes splats away from the model and heaps them up at places around it, each heap half a per cent of them. */
function scatter(cloud: SplatCloud, strength: Strength, random: () => number): SplatCloud {
  const copy = copyOf(cloud);
  const [low, high] = boxOf(cloud);
  const size = Math.hypot(...high.map((value, axis) => value - low[axis]!));
  const each = Math.round(cloud.count * 0.005);
  const heaps = [1, 3, 8][strength]!;
  for (let heap = 0; heap < heaps; heap++) {
    const side = heap % 3;
    const centre = low.map((value, axis) =>
      axis === side ? high[axis]! + size * (0.2 + 0.1 * heap) : value + random() * (high[axis]! - value),
    );
    for (let k = 0; k < each; k++) {
      const i = Math.floor(random() * cloud.count);
      copy.positions.set(
        centre.map((value) => value + size * 0.01 * (random() - 0.5)),
        i * 3,
      );
    }
  }
  return copy;
}

/** Sizes drawn towards their mean. */
function evened(cloud: SplatCloud, strength: Strength): SplatCloud {
  const copy = copyOf(cloud);
  const mean = cloud.scales.reduce((sum, value) => sum + value, 0) / cloud.scales.length;
  const share = [0.3, 0.7, 0.95][strength]!;
  copy.scales.forEach((value, i) => {
    copy.scales[i] = value + (mean - value) * share;
  });
  return copy;
}

const diagonalOf = (cloud: SplatCloud): number => {
  const [low, high] = boxOf(cloud);
  return Math.hypot(...high.map((value, axis) => value - low[axis]!));
};

/** Scales a share of the splats to a share of the diagonal. */
function resized(shares: readonly [number, number, number], ofDiagonal: number): SplatDefect['inject'] {
  return (cloud, strength, random) => {
    const size = diagonalOf(cloud) * ofDiagonal;
    return some(shares, ({ scales }, i) => scales.fill(size, i * 3, i * 3 + 3))(cloud, strength, random);
  };
}

/** Faults of clouds, each at three strengths; `family` is that of the goal. */
export const splatDefects: readonly SplatDefect[] = [
  {
    name: 'broken splats',
    family: 'file',
    codes: ['splats_broken'],
    inject: some([0.0005, 0.005, 0.05], ({ positions }, i) => {
      positions[i * 3] = Number.NaN;
    }),
  },
  {
    name: 'clear splats',
    family: 'geometry',
    codes: ['splats_unseen'],
    also: ['splats_faint'],
    inject: some([0.05, 0.18, 0.5], ({ opacities }, i) => {
      opacities[i] = 0.001;
    }),
  },
  {
    name: 'faint splats',
    family: 'geometry',
    codes: ['splats_faint'],
    inject: some([0.1, 0.3, 0.5], ({ opacities }, i) => {
      opacities[i] = 0.02;
    }),
  },
  { name: 'tiny splats', family: 'geometry', codes: ['splats_tiny'], inject: resized([0.05, 0.2, 0.5], 1e-4) },
  {
    name: 'huge splats',
    family: 'geometry',
    codes: ['splats_huge'],
    also: ['splats_hazy'],
    inject: resized([0.005, 0.02, 0.1], 0.1),
  },
  { name: 'equal sizes', family: 'geometry', codes: ['splats_uniform'], inject: evened },
  {
    name: 'splats never turned',
    family: 'geometry',
    codes: ['splats_unturned'],
    inject: some([0.5, 0.97, 1], ({ rotations }, i) => rotations.set([0, 0, 0, 1], i * 4)),
  },
  { name: 'floating splats', family: 'geometry', codes: ['splats_floating'], inject: scatter },
  {
    name: 'few splats',
    family: 'geometry',
    codes: ['splats_few'],
    also: ['splats_hazy'],
    inject: (cloud, strength) => thinned(cloud, [8_000, 5_000, 1_000][strength]!),
  },
  {
    name: 'haze',
    family: 'texture',
    codes: ['splats_hazy'],
    also: ['splats_faint'],
    inject: some([1, 1, 1], ({ opacities }, i, strength) => {
      opacities[i]! *= [0.2, 0.06, 0.02][strength]!;
    }),
  },
];
