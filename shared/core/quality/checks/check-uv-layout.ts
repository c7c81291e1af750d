import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { counted, percent } from './phrases.ts';
import { texturedSets } from './textured-sets.ts';

/** The layout is not cut into shreds, and fills its texture. */
export const checkUvLayout: Check = (file, context) => {
  const sets = texturedSets(file);
  return [
    ...findFaults(
      'uv_seams',
      file,
      context,
      sets.map(({ pointer, uv, marks }) => ({
        measured: uv.seamShare,
        pointer,
        message: `${percent(uv.seamShare)} of the edges are seams, between ${counted(uv.charts.count, 'chart')}.`,
        marks: { ...marks(), edges: uv.charts.seams },
      })),
    ),
    ...findFaults(
      'uv_waste',
      file,
      context,
      sets
        .filter(({ repeats }) => !repeats)
        .map(({ pointer, uv, marks }) => ({
          measured: uv.utilisation,
          pointer,
          message: `The layout fills ${percent(uv.utilisation)} of the texture.`,
          marks: marks(),
        })),
    ),
  ];
};
