import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { percent } from './phrases.ts';
import { texturedSets } from './textured-sets.ts';

/** Nowhere is a picture seen the wrong way round. */
export const checkUvMirroring: Check = (file, context) =>
  findFaults(
    'uv_mirrored',
    file,
    context,
    texturedSets(file).map(({ pointer, uv, marks }) => ({
      measured: uv.faces.mirroredShare,
      pointer,
      message: `${percent(uv.faces.mirroredShare)} of the layout is mirrored.`,
      marks: marks(uv.faces.mirrored),
    })),
  );
