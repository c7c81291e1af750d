import type { Check } from '../gate-file.ts';
import { areaShare } from './area-share.ts';
import { findFaults } from './find-faults.ts';
import { percent } from './phrases.ts';
import { texturedSets } from './textured-sets.ts';

/** Coordinates stay within 0–1: outside, a texture repeats, or ends in streaks where its sampler clamps. */
export const checkUvRange: Check = (file, context) =>
  texturedSets(file)
    .filter(({ moved }) => !moved)
    .flatMap(({ pointer, mesh, uv, clamps, marks, ofMesh }) => {
      const { outOfRange, min, max } = uv.faces;
      const measured = areaShare(mesh, ofMesh(outOfRange));
      const reach = [...min, ...max].map((value) => Number(value.toPrecision(3)));
      return findFaults(clamps ? 'uv_clamped' : 'uv_out_of_range', file, context, [
        {
          measured,
          pointer,
          message: `${percent(measured)} of the surface reads outside 0–1: from (${reach[0]}, ${reach[1]}) to (${reach[2]}, ${reach[3]}).`,
          marks: marks(outOfRange),
        },
      ]);
    });
