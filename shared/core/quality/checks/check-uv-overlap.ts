import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { percent } from './phrases.ts';
import { texturedSets } from './textured-sets.ts';

/** No two places of the surface share texels, unless the texture repeats by design. */
export const checkUvOverlap: Check = (file, context) =>
  findFaults(
    'uv_overlap',
    file,
    context,
    texturedSets(file)
      .filter(({ repeats }) => !repeats)
      .map(({ pointer, uv, marks }) => ({
        measured: uv.overlapShare,
        pointer,
        message: `${percent(uv.overlapShare)} of the used texels lie on more than one place.`,
        marks: marks(uv.raster.overlapping),
      })),
  );
