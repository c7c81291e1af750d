import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { counted } from './phrases.ts';
import { trianglesWhere } from './triangles-where.ts';

/** No piece hangs in the air apart from the model. */
export const checkFloaters: Check = (file, context) =>
  findFaults(
    'floaters',
    file,
    context,
    file.analysis.meshes.map(({ surface, analysis }, mesh) => {
      const floating = new Set(analysis.floaters);
      return {
        measured: floating.size,
        pointer: surface.pointer,
        message: `${counted(floating.size, 'small piece hangs', 'small pieces hang')} apart from the model.`,
        marks: { mesh, triangles: trianglesWhere(analysis.components.of, (piece) => floating.has(piece)) },
      };
    }),
  );
