import type { MeshAnalysis } from '../../mesh/analyse/analyse-mesh.ts';
import type { Boundary } from '../../mesh/analyse/trace-boundaries.ts';
import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { counted } from './phrases.ts';

/** A rim around less than this share of its piece is a hole in it; around more it is the border of an open sheet. */
const sheetShare = 0.25;
/** Openings whose area is that of a square with a smaller side than this share of the diagonal are hardly a pixel. */
const leastSide = 0.003;
/** Area over length squared, 0.08 for a circle: below this a rim is a crack whose sides meet. */
const leastRoundness = 1e-3;

function isHole({ topology, components, diagonalM }: MeshAnalysis, { edges, areaM2, lengthM }: Boundary): boolean {
  const [edge = 0] = edges;
  const piece = components.of[((topology.edgeHalves[topology.edgeStarts[edge]!] ?? 0) / 3) | 0]!;
  return (
    areaM2 >= (leastSide * diagonalM) ** 2 &&
    areaM2 >= leastRoundness * lengthM ** 2 &&
    areaM2 < sheetShare * components.areaM2[piece]!
  );
}

/** No surface has an opening through which one sees its inside. Sheets that are open by design pass. */
export const checkHoles: Check = (file, context) =>
  findFaults(
    'holes',
    file,
    context,
    file.analysis.meshes.map(({ surface, analysis }, mesh) => {
      const holes = analysis.boundaries.filter((rim) => isHole(analysis, rim));
      return {
        measured: holes.length,
        pointer: surface.pointer,
        message: `The surface has ${counted(holes.length, 'opening')}.`,
        marks: { mesh, edges: Uint32Array.from(holes.flatMap(({ edges }) => [...edges])) },
      };
    }),
  );
