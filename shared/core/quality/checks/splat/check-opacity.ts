import { percent } from '../phrases.ts';
import { splatFault } from './splat-fault.ts';
import type { SplatCheck } from './splat-subject.ts';

/** Splats are there to be seen. */
export const checkOpacity: SplatCheck = (subject, profile) => {
  const { invisibleShare, faintShare } = subject.measures;
  const { opacities } = subject.cloud;
  return [
    ...splatFault('splats_unseen', subject, profile, {
      measured: invisibleShare,
      message: `${percent(invisibleShare)} of the splats are too clear to be seen.`,
      marks: (i) => opacities[i]! < 1 / 255,
    }),
    ...splatFault('splats_faint', subject, profile, {
      measured: faintShare,
      message: `${percent(faintShare)} of the splats have less than 5 % opacity.`,
      marks: (i) => opacities[i]! < 0.05,
    }),
  ];
};
