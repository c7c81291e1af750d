import { splatFault } from './splat-fault.ts';
import type { SplatCheck } from './splat-subject.ts';

/** As many splats as a model needs and a device draws, with colours of a usual degree. */
export const checkCount: SplatCheck = (subject, profile) => {
  const { count, degree } = subject.cloud;
  const message = `The cloud has ${count.toLocaleString('en-US')} splats.`;
  return [
    ...splatFault('splats_few', subject, profile, { measured: count, message }),
    ...splatFault('splats_many', subject, profile, { measured: count, message }),
    ...splatFault('splats_degree', subject, profile, {
      measured: degree,
      message: `Colours have harmonics of degree ${degree}.`,
    }),
  ];
};
