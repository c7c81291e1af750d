import type { MeshAnalysis } from '../../mesh/analyse/analyse-mesh.ts';
import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { counted, percent } from './phrases.ts';

/** Whether two triangles on the same points run around them the same way. */
function faceAlike(corners: Uint32Array, a: number, b: number): boolean {
  const first = corners[a * 3]!;
  const place = corners.subarray(b * 3, b * 3 + 3).indexOf(first);
  return corners[a * 3 + 1] === corners[b * 3 + ((place + 1) % 3)];
}

/** Duplicates that face the same way: two faces back to back are a sheet with two sides. */
function repeated({ topology: { corners }, duplicates }: MeshAnalysis): Uint32Array {
  return duplicates.triangles.filter((t, i) => faceAlike(corners, t, duplicates.originals[i]!));
}

/** No two triangles lie on the same points and face the same way. */
export const checkDuplicates: Check = (file, context) =>
  findFaults(
    'duplicate_triangles',
    file,
    context,
    file.analysis.meshes.map(({ surface, analysis }, mesh) => {
      const triangles = repeated(analysis);
      const measured = triangles.length / Math.max(1, analysis.topology.triangles);
      return {
        measured,
        pointer: surface.pointer,
        message: `${counted(triangles.length, 'triangle repeats', 'triangles repeat')} another (${percent(measured)}).`,
        marks: { mesh, triangles },
      };
    }),
  );
