import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { texturedSets } from './textured-sets.ts';

/** The texture is about as fine everywhere. */
export const checkUvDensity: Check = (file, context) =>
  findFaults(
    'uv_density_spread',
    file,
    context,
    texturedSets(file).map(({ pointer, uv, marks }) => {
      const { p5, p95 } = uv.densityPxPerM;
      const measured = p5 > 0 ? p95 / p5 : 1;
      const [low, high] = [p5, p95].map((density) => Number(density.toPrecision(3)));
      return {
        measured,
        pointer,
        message: `Texel density goes from ${low} to ${high} texels a metre, a factor of ${Number(measured.toPrecision(3))}.`,
        marks: marks(),
      };
    }),
  );
