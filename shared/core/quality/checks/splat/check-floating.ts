import { counted, percent } from '../phrases.ts';
import { splatFault } from './splat-fault.ts';
import type { SplatCheck } from './splat-subject.ts';

/** Little hangs in the air apart from the model. */
export const checkFloating: SplatCheck = (subject, profile) => {
  const { floats, floatingPieces, opacityShare } = subject.floaters;
  return splatFault('splats_floating', subject, profile, {
    measured: opacityShare,
    message: `${counted(floatingPieces, 'small piece hangs', 'small pieces hang')} apart from the model, with ${percent(opacityShare)} of its opacity.`,
    marks: (i) => floats[i] === 1,
  });
};
