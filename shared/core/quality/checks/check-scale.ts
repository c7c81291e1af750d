import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';

/** The model has a size that things have in the real world. */
export const checkScale: Check = (file, context) => {
  const { placement } = file.analysis;
  if (!placement) return [];
  const measured = Math.max(...placement.sizeM);
  const place = { measured, message: `The model measures ${Number(measured.toPrecision(3))} m.` };
  return (['scale_too_large', 'scale_too_small'] as const).flatMap((code) => findFaults(code, file, context, [place]));
};
