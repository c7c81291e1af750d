import { viewName } from '../../fidelity/view-names.ts';
import { percent } from '../phrases.ts';
import { splatFault } from './splat-fault.ts';
import type { SplatCheck } from './splat-subject.ts';

/** From every side there is something to see, and it is closed. */
export const checkCoverage: SplatCheck = (subject, profile) => {
  const { coverages, hazyShare } = subject.views;
  const least = Math.min(...coverages);
  const view = viewName(coverages.indexOf(least));
  return [
    ...splatFault('splats_outline_tiny', subject, profile, {
      measured: least,
      message: `The model fills ${percent(least)} of ${view}.`,
    }),
    ...splatFault('splats_hazy', subject, profile, {
      measured: hazyShare,
      message: `${percent(hazyShare)} of what the views show is half seen through.`,
    }),
  ];
};
