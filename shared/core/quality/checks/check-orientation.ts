import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';

/** Nothing in the form says that another axis than +Y is up (glTF 2.0 section 3.4). */
export const checkOrientation: Check = (file, context) => {
  const up = file.analysis.placement?.orientation.up;
  if (!up || up.axis === '+y') return [];
  return findFaults('up_axis', file, context, [
    { measured: up.confidence, message: `By its form the model stands along ${up.axis.toUpperCase()}, not +Y.` },
  ]);
};
