import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { percent } from './phrases.ts';

/** Colours meet where charts do. */
export const checkTextureSeams: Check = (file, context) =>
  findFaults(
    'texture_seams',
    file,
    context,
    file.colours.textures.flatMap(({ pointer, seams }) =>
      seams.map(({ mesh, triangles, visibleShare }) => ({
        measured: visibleShare,
        pointer,
        message: `${percent(visibleShare)} of the seams show as lines: the colours of their two sides do not meet.`,
        marks: { mesh, triangles },
      })),
    ),
  );
