import type { UvFaces } from '../../mesh/analyse/measure-uv-faces.ts';
import type { Check } from '../gate-file.ts';
import { areaShare } from './area-share.ts';
import { findFaults } from './find-faults.ts';
import { percent } from './phrases.ts';
import { texturedSets } from './textured-sets.ts';
import { trianglesWhere } from './triangles-where.ts';

/** Texels longer than wide by more than this are seen as streaks. */
const longTexel = 2;

/** Length over width of a texel on the surface: L∞ is the larger singular value, L² the root of the mean of both squares. */
function texelAspect({ stretchL2, stretchLInf }: UvFaces, triangle: number): number {
  const longest = stretchLInf[triangle]!;
  const shortest = Math.sqrt(Math.max(0, 2 * stretchL2[triangle]! ** 2 - longest ** 2));
  return longest / shortest;
}

/** Texels are about as long as wide on most of the surface (Sander, Snyder, Gortler & Hoppe 2001). */
export const checkUvStretch: Check = (file, context) =>
  findFaults(
    'uv_stretch',
    file,
    context,
    texturedSets(file).map(({ pointer, mesh, uv, marks, ofMesh }) => {
      const stretched = trianglesWhere(uv.faces.stretchLInf, (_, t) => texelAspect(uv.faces, t) > longTexel);
      const measured = areaShare(mesh, ofMesh(stretched));
      return {
        measured,
        pointer,
        message: `On ${percent(measured)} of the surface texels are more than twice as long as wide.`,
        marks: marks(stretched),
      };
    }),
  );
