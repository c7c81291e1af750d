import { splatFault } from './splat-fault.ts';
import type { SplatCheck } from './splat-subject.ts';

/** The target draws splats at all. */
export const checkKind: SplatCheck = (subject, profile) =>
  splatFault('splats_not_taken', subject, profile, {
    measured: 1,
    message: `The file is a cloud of Gaussian splats (${subject.format.toUpperCase()}); ${profile.title} takes GLB meshes.`,
  });
