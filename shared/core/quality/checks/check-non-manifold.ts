import type { Check } from '../gate-file.ts';
import { findFaults } from './find-faults.ts';
import { counted } from './phrases.ts';

/** Edges have two faces at most, and the faces around every point form one fan. */
export const checkNonManifold: Check = (file, context) => {
  const { meshes } = file.analysis;
  return [
    ...findFaults(
      'non_manifold_edges',
      file,
      context,
      meshes.map(({ surface: { pointer }, analysis: { nonManifoldEdges: edges, topology } }, mesh) => ({
        measured: edges.length / Math.max(1, topology.edges),
        pointer,
        message: `${counted(edges.length, 'edge has', 'edges have')} more than two faces.`,
        marks: { mesh, edges },
      })),
    ),
    ...findFaults(
      'non_manifold_points',
      file,
      context,
      meshes.map(({ surface: { pointer }, analysis: { fans } }, mesh) => ({
        measured: fans.nonManifoldPoints.length,
        pointer,
        message: `At ${counted(fans.nonManifoldPoints.length, 'point')} surfaces touch in nothing but the point.`,
        marks: { mesh, points: fans.nonManifoldPoints },
      })),
    ),
  ];
};
