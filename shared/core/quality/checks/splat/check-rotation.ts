import { percent } from '../phrases.ts';
import { splatFault } from './splat-fault.ts';
import type { SplatCheck } from './splat-subject.ts';

/** Training turned the splats. */
export const checkRotation: SplatCheck = (subject, profile) => {
  const { sameRotationShare } = subject.measures;
  const message = `${percent(sameRotationShare)} of the splats are turned alike.`;
  return splatFault('splats_unturned', subject, profile, { measured: sameRotationShare, message });
};
