import { findFloaters } from '../../mesh/analyse/find-floaters.ts';
import { judgeShells } from '../../mesh/analyse/judge-shells.ts';
import { measureComponents } from '../../mesh/analyse/measure-components.ts';
import { measureFaces } from '../../mesh/analyse/measure-faces.ts';
import { measureBounds } from '../../mesh/analyse/measure-placement.ts';
import { orientSheets } from '../../mesh/analyse/orient-sheets.ts';
import { buildTopology, labelComponents } from '../../mesh/analyse/topology.ts';
import { buildBvh } from '../../mesh/bvh/build-bvh.ts';
import type { TriangleList } from '../../mesh/join-triangles.ts';

/** Has no part in what floats. */
const anyAspect = 10;

/** 1 for each triangle of a piece that the analysis of meshes calls a floater. About 0.3 s for 400,000 triangles. */
export function floatingTriangles(list: TriangleList): Uint8Array {
  const topology = buildTopology(list);
  const faces = measureFaces(topology, anyAspect);
  const components = measureComponents(
    topology,
    labelComponents(topology),
    faces,
    orientSheets(topology, faces.areaM2),
  );
  const bvh = buildBvh({ positions: topology.pointPositions, indices: topology.corners });
  const { enclosed } = judgeShells(topology, components, bvh);
  // Pieces that pass through each other are near each other, which is told by their distance as well.
  const crossings = new Uint32Array(0);
  const { diagonalM } = measureBounds(bvh);
  const floaters = new Set(findFloaters(topology, components, bvh, diagonalM, enclosed, crossings));
  return Uint8Array.from(components.of, (piece) => (floaters.has(piece) ? 1 : 0));
}
