import type { MeshAnalysis } from '../../mesh/analyse/analyse-mesh.ts';
import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { counted, percent } from './phrases.ts';

/** Triangles that pass through another one of the same piece: parts that stand in each other are how models are built. */
function crossingThemselves({ selfIntersections: { pairs }, components: { of } }: MeshAnalysis): Uint32Array {
  const found = new Set<number>();
  for (let i = 0; i < pairs.length; i += 2) {
    if (of[pairs[i]!] === of[pairs[i + 1]!]) found.add(pairs[i]!).add(pairs[i + 1]!);
  }
  return Uint32Array.from(found).sort();
}

/** No piece passes through itself in more than a few folds. */
export const checkSelfIntersection: Check = (file, context) =>
  findFaults(
    'self_intersection',
    file,
    context,
    file.analysis.meshes.map(({ surface, analysis }, mesh) => {
      const triangles = crossingThemselves(analysis);
      const measured = triangles.length / Math.max(1, analysis.topology.triangles);
      const least = analysis.selfIntersections.complete ? '' : ' at least';
      return {
        measured,
        pointer: surface.pointer,
        message: `The surface passes through itself:${least} ${counted(triangles.length, 'triangle')} (${percent(measured)}).`,
        marks: { mesh, triangles },
      };
    }),
  );
