import type { MeshAnalysis } from '../../mesh/analyse/analyse-mesh.ts';
import type { MeshSurface } from '../../mesh/analyse/read-surfaces.ts';
import { none } from '../../mesh/analyse/topology.ts';
import type { Check } from '../gate-file.ts';
import { areaShare } from './area-share.ts';
import { findFaults } from './find-faults.ts';
import { percent } from './phrases.ts';
import { trianglesWhere } from './triangles-where.ts';

/** Open edges of a piece, as a share of its triangles, up to which the sign of its volume can be trusted. */
const nearlyClosed = 0.1;

/**
 * Pieces that face inwards. Closed ones are told from the walls of cavities by the analysis; of the others only the largest
 * piece is judged, since nothing encloses it.
 */
function insideOut({ components, shells }: MeshAnalysis): Set<number> {
  const { areaM2, openEdges, triangles, volumeM3 } = components;
  const found = new Set(shells.insideOut);
  const largest = areaM2.indexOf(areaM2.reduce((most, area) => Math.max(most, area), 0));
  const open = openEdges[largest] ?? 0;
  if (open > 0 && open <= nearlyClosed * triangles[largest]! && volumeM3[largest]! < 0) found.add(largest);
  return found;
}

/**
 * The triangles that are drawn from the front alone: where a material has two sides, the back is drawn and its normals are
 * turned (glTF 2.0 section 3.9.6), so that nobody sees which side faces out.
 */
function drawnOnce({ parts }: MeshSurface, triangles: Uint32Array): Uint32Array {
  const twoSided = parts.filter(({ material }) => material?.getDoubleSided());
  if (twoSided.length === 0) return triangles;
  return triangles.filter(
    (t) => !twoSided.some((part) => t >= part.firstTriangle && t < part.firstTriangle + part.triangles),
  );
}

/** Closed pieces face outwards, and within a sheet all faces agree, where only fronts are drawn. */
export const checkWinding: Check = (file, context) => {
  const { meshes } = file.analysis;
  return [
    ...findFaults(
      'inside_out',
      file,
      context,
      meshes.map(({ surface, analysis }, mesh) => {
        const pieces = insideOut(analysis);
        const turned = trianglesWhere(analysis.components.of, (piece) => piece !== none && pieces.has(piece));
        const triangles = drawnOnce(surface, turned);
        const measured = areaShare(analysis, triangles);
        return {
          measured,
          pointer: surface.pointer,
          message: `${percent(measured)} of the surface is inside out.`,
          marks: { mesh, triangles },
        };
      }),
    ),
    ...findFaults(
      'winding_inconsistent',
      file,
      context,
      meshes.map(({ surface, analysis }, mesh) => {
        const triangles = drawnOnce(surface, analysis.sheets.flippedTriangles);
        const measured = areaShare(analysis, triangles);
        return {
          measured,
          pointer: surface.pointer,
          message: `${percent(measured)} of the surface faces against its neighbours.`,
          marks: { mesh, triangles },
        };
      }),
    ),
  ];
};
