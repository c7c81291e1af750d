import { counted } from '../phrases.ts';
import { splatFault } from './splat-fault.ts';
import type { SplatCheck } from './splat-subject.ts';

/** Every number is finite and in its range, and something is visible. */
export const checkValues: SplatCheck = (subject, profile) => {
  const { cloud, measures } = subject;
  const { count, broken, invisibleShare } = measures;
  const visible = Math.round((count - broken) * (1 - invisibleShare));
  const finite = (values: Float32Array, from: number, to: number): boolean =>
    values.subarray(from, to).every(Number.isFinite);
  return [
    ...splatFault('splats_broken', subject, profile, {
      measured: broken,
      message: `${counted(broken, 'splat has values', 'splats have values')} that are not finite or out of range.`,
      // Only what has a place can be shown.
      marks: (i) =>
        finite(cloud.positions, i * 3, i * 3 + 3) &&
        !(finite(cloud.scales, i * 3, i * 3 + 3) && cloud.opacities[i]! >= 0 && cloud.opacities[i]! <= 1),
    }),
    ...splatFault('splats_none', subject, profile, { measured: visible, message: 'No splat can be seen.' }),
  ];
};
