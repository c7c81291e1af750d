import type { MeshAnalysis } from '../../mesh/analyse/analyse-mesh.ts';

/** Area of some triangles as a share of the whole mesh. */
export function areaShare({ faces }: MeshAnalysis, triangles: Uint32Array): number {
  if (faces.totalAreaM2 === 0) return 0;
  return triangles.reduce((sum, t) => sum + (faces.areaM2[t] ?? 0), 0) / faces.totalAreaM2;
}
