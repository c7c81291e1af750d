import type { Check } from '../gate-file.ts';
import { areaShare } from './area-share.ts';
import { findFaults } from './find-faults.ts';
import { counted, percent } from './phrases.ts';
import { texturedSets } from './textured-sets.ts';

/** Every triangle that is seen has an area in the texture. */
export const checkUvZeroArea: Check = (file, context) =>
  findFaults(
    'uv_zero_area',
    file,
    context,
    texturedSets(file).map(({ pointer, mesh, uv: { faces }, marks, ofMesh }) => {
      const measured = areaShare(mesh, ofMesh(faces.zeroArea));
      const triangles = counted(faces.zeroArea.length, 'triangle has', 'triangles have');
      return {
        measured,
        pointer,
        message: `${triangles} no area in the texture, ${percent(measured)} of the surface.`,
        marks: marks(faces.zeroArea),
      };
    }),
  );
