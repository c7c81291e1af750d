import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { counted, percent } from './phrases.ts';

/** Every triangle has an area. */
export const checkDegenerate: Check = (file, context) =>
  findFaults(
    'degenerate_triangles',
    file,
    context,
    file.analysis.meshes.map(({ surface, analysis: { topology, faces } }, mesh) => {
      const triangles = Uint32Array.from([...topology.collapsed, ...faces.zeroArea]).sort();
      const measured = triangles.length / Math.max(1, topology.triangles);
      return {
        measured,
        pointer: surface.pointer,
        message: `${counted(triangles.length, 'triangle has', 'triangles have')} no area (${percent(measured)}).`,
        marks: { mesh, triangles },
      };
    }),
  );
