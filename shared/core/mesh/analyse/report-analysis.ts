import type { MeshReport } from '../../../schema/index.ts';
import type { AnalysedMesh, DocumentAnalysis, UvSetAnalysis } from './analyse-document.ts';
import { distributionOf } from './distribution.ts';
import { isFillable } from './trace-boundaries.ts';

type OneMesh = MeshReport['meshes'][number];
type OneUv = OneMesh['uvSets'][number];

/** The smallest of any number of values. */
const smallest = (values: Float32Array): number => values.reduce((least, value) => Math.min(least, value), Infinity);

function reportUv({ set, material, analysis }: UvSetAnalysis): OneUv {
  const gutter = smallest(analysis.gutterPx);
  const { faces, charts, raster } = analysis;
  return {
    set,
    ...(material === undefined ? {} : { material }),
    charts: charts.count,
    zeroAreaTriangles: faces.zeroArea.length,
    outOfRangeTriangles: faces.outOfRange.length,
    min: [...faces.min],
    max: [...faces.max],
    mirroredShare: faces.mirroredShare,
    overlapShare: analysis.overlapShare,
    utilisation: analysis.utilisation,
    ...(gutter < Infinity ? { smallestGutterPx: gutter } : {}),
    rasterPx: raster.sizePx,
    stretchL2: faces.l2,
    stretchLInf: faces.lInf,
    densityPxPerM: analysis.densityPxPerM,
    texturePx: analysis.texturePx,
    seamLengthM: analysis.seamLengthM,
    seamShare: analysis.seamShare,
  };
}

function reportMesh({ surface, analysis: a, uvSets }: AnalysedMesh): OneMesh {
  const { topology, faces, components, sheets, selfIntersections } = a;
  const { triangles } = topology;
  const largest = components.triangles.reduce((most, count) => Math.max(most, count), 0);
  return {
    pointer: surface.pointer,
    name: surface.mesh.getName(),
    triangles,
    points: topology.points,
    edges: topology.edges,
    components: components.count,
    largestComponentShare: triangles > 0 ? largest / triangles : 0,
    floaters: a.floaters.length,
    insideOutComponents: a.shells.insideOut.length,
    enclosedComponents: a.shells.enclosed.length,
    watertight: a.watertight,
    closedShare: a.closedShare,
    openEdges: a.openEdges.length,
    nonManifoldEdges: a.nonManifoldEdges.length,
    nonManifoldPoints: a.fans.nonManifoldPoints.length,
    boundaryLoops: a.boundaries.length,
    fillableLoops: a.boundaries.filter((boundary) => isFillable(boundary, a.diagonalM)).length,
    tJunctions: a.tJunctions.points.length,
    duplicateTriangles: a.duplicates.triangles.length,
    degenerateTriangles: topology.collapsed.length + faces.zeroArea.length,
    sliverTriangles: faces.slivers.length,
    unreadableTriangles: topology.notFinite.length,
    inconsistentEdges: sheets.inconsistentEdges.length,
    flippedTriangles: sheets.flippedTriangles.length,
    oneSidedSheets: sheets.orientable.reduce((sum, sides) => sum + 1 - sides, 0),
    selfIntersectingTriangles: selfIntersections.triangles.length,
    selfIntersectingShare: triangles > 0 ? selfIntersections.triangles.length / triangles : 0,
    selfIntersectionsComplete: selfIntersections.complete,
    euler: a.euler,
    genus: a.genus,
    areaM2: faces.totalAreaM2,
    volumeM3: a.volumeM3,
    edgeLengthM: distributionOf(faces.edgeLengthM),
    aspect: distributionOf(faces.aspect),
    thicknessM: distributionOf(a.thickness.thicknessM),
    uvSets: uvSets.map(reportUv),
  };
}

/** The numbers of an analysis as a document, without its lists. */
export function reportAnalysis({ meshes, placement }: DocumentAnalysis): MeshReport {
  if (!placement) return { meshes: meshes.map(reportMesh) };
  const { orientation, ...place } = placement;
  const { up, forward, asymmetry } = orientation;
  return { meshes: meshes.map(reportMesh), placement: { ...place, up, forward, asymmetry: [...asymmetry] } };
}
