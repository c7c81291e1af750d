import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { percent } from './phrases.ts';

/** The origin lies on the model: in its middle, or in the middle of its underside. */
export const checkPivot: Check = (file, context) => {
  const { placement } = file.analysis;
  if (!placement || placement.diagonalM === 0) return [];
  const { boundsMin, boundsMax, diagonalM, pivotFromBottomM, pivotFromCentreM } = placement;
  const outside = Math.hypot(...boundsMin.map((low, axis) => Math.max(0, low, -boundsMax[axis]!))) / diagonalM;
  const off = Math.min(Math.hypot(...pivotFromBottomM), Math.hypot(...pivotFromCentreM)) / diagonalM;
  return [
    ...findFaults('pivot_outside', file, context, [
      { measured: outside, message: `The origin lies outside the model, ${percent(outside)} of its diagonal away.` },
    ]),
    ...findFaults('pivot_off', file, context, [
      {
        measured: off,
        message: `The origin is ${percent(off)} of the diagonal away from the middle of the model and of its underside.`,
      },
    ]),
  ];
};
