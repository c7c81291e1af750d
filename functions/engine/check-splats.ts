import type { SplatSubject } from '../../shared/core/quality/checks/splat/splat-subject.ts';
import { drawSplatMarks, drawSplatViews } from '../../shared/core/quality/fidelity/draw-splat-views.ts';
import { judgeSplats } from '../../shared/core/quality/judge-splats.ts';
import type { SplatFile } from '../../shared/core/render/read-splat-file.ts';
import { splatBounds } from '../../shared/core/render/splat-bounds.ts';
import { measureSplatFloaters } from '../../shared/core/splat/measure-splat-floaters.ts';
import { measureSplats } from '../../shared/core/splat/measure-splats.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { GatePicture } from '../../shared/ports/index.ts';
import {
  type AssetStats,
  type GateReport,
  type Profile,
  type SplatStats,
  usualViewPx,
} from '../../shared/schema/index.ts';
import { encodePictures } from './encode-pictures.ts';
import { reportOf } from './gate.ts';

/** A cloud has nothing of what is counted on a mesh. */
function statsOf({ cloud }: SplatSubject, sizeBytes: number): AssetStats {
  const { min, max } = splatBounds(cloud);
  const counts = { triangles: 0, trianglesPerMesh: 0, vertices: 0, meshes: 0, nodes: 0, drawCalls: 0, materials: 0 };
  const images = { textures: 0, textureSizePx: 0, textureMemoryBytes: 0, uvSets: 0, imageTypes: [] };
  const topology = { jointsPerSkin: 0, animations: 0, openEdges: 0, nonManifoldEdges: 0, components: 0 };
  const box = { boundsMin: [...min] as AssetStats['boundsMin'], boundsMax: [...max] as AssetStats['boundsMax'] };
  return { sizeBytes, ...counts, ...images, ...topology, ...box, attributes: [], extensions: [] };
}

const splatStatsOf = ({ format, cloud, measures, floaters, views }: SplatSubject): SplatStats => ({
  format,
  splats: cloud.count,
  degree: cloud.degree,
  broken: measures.broken,
  opacityMedian: measures.opacity.p50,
  faintShare: measures.faintShare,
  scaleCv: measures.scaleCv,
  tinyShare: measures.tinyShare,
  hugeShare: measures.hugeShare,
  floatingPieces: floaters.floatingPieces,
  floatingOpacityShare: floaters.opacityShare,
  hazyShare: views.hazyShare,
  coverageMin: Math.min(...views.coverages),
});

/**
 * Judges a cloud of Gaussian splats: values, opacities, sizes, floaters, and what twelve views show of it. `bytes` is the
 * file that it was read from. About 4 s for 268,000 splats.
 */
export async function checkSplats(
  { format, cloud }: SplatFile,
  bytes: Uint8Array,
  profile: Profile,
  viewSizePx: number = usualViewPx,
): Promise<{ report: GateReport; pictures: GatePicture[] }> {
  const { views, pictures: drawn } = drawSplatViews(cloud, viewSizePx);
  const measures = measureSplats(cloud);
  const floaters = measureSplatFloaters(cloud);
  const subject: SplatSubject = { name: 'model', format, cloud, measures, floaters, views };
  const found = judgeSplats(subject, profile);
  const file = {
    name: subject.name,
    sha256: sha256Hex(bytes),
    stats: statsOf(subject, bytes.byteLength),
    splats: splatStatsOf(subject),
  };
  const report = reportOf(
    profile,
    found.map(({ marks: _, ...finding }) => finding),
    [file],
  );
  const told = found.filter(({ severity }) => severity !== 'info');
  const pictures = await encodePictures([...drawSplatMarks(cloud, told, viewSizePx), ...drawn]);
  return { report: { ...report, pictures: pictures.map(({ meta }) => meta) }, pictures };
}
