import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { percent } from './phrases.ts';

/** Thinner than this share of the diagonal, a part is less than a pixel in a picture of 512. */
const thinShare = 0.002;

/** Hardly any of the surface belongs to parts that are thinner than a pixel. Open sheets have no thickness. */
export const checkThinParts: Check = (file, context) =>
  findFaults(
    'thin_parts',
    file,
    context,
    file.analysis.meshes.map(({ surface, analysis: { thickness, diagonalM } }, mesh) => {
      const { thicknessM, triangles } = thickness;
      const thin = triangles.filter((_, i) => thicknessM[i]! < thinShare * diagonalM);
      const measured = thin.length / Math.max(1, triangles.length);
      return {
        measured,
        pointer: surface.pointer,
        message: `${percent(measured)} of the surface is on parts thinner than ${percent(thinShare)} of the model.`,
        marks: { mesh, triangles: Uint32Array.from(new Set(thin)).sort() },
      };
    }),
  );
