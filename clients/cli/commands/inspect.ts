import { basename } from 'node:path';
import type { Command } from 'commander';
import type { MeshReport } from '../../../shared/schema/index.ts';
import { formatBytes, formatCount, table } from '../summary.ts';

type OneMesh = MeshReport['meshes'][number];

const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.01 ? 3 : 1)} %`;
const metres = (length: number): string => `${Number(length.toPrecision(3))} m`;
const counts = (...values: number[]): string => values.map(formatCount).join(', ');

function uvRows(uv: OneMesh['uvSets'][number]): string[][] {
  const gutter = uv.smallestGutterPx === undefined ? 'none' : `${uv.smallestGutterPx.toFixed(0)} of ${uv.rasterPx} px`;
  const { densityPxPerM: density } = uv;
  return [
    [
      `UV set ${uv.set}${uv.material ? ` of ${uv.material}` : ''}`,
      `${formatCount(uv.charts)} charts, ${percent(uv.utilisation)} used, gutter ${gutter}`,
    ],
    ['  overlap, mirrored', [uv.overlapShare, uv.mirroredShare].map(percent).join(', ')],
    ['  out of range, no area', counts(uv.outOfRangeTriangles, uv.zeroAreaTriangles)],
    ['  stretch L2, Linf', [uv.stretchL2, uv.stretchLInf].map((value) => value.toPrecision(3)).join(', ')],
    ['  texels a metre', `${density.p5.toFixed(0)} to ${density.p95.toFixed(0)}, median ${density.median.toFixed(0)}`],
    ['  seams', `${metres(uv.seamLengthM)}, ${percent(uv.seamShare)} of edges`],
  ];
}

/** What a person wants to know of the shape of one mesh. */
function geometryRows(mesh: OneMesh): string[][] {
  const more = mesh.selfIntersectionsComplete ? '' : ' or more';
  return [
    ['mesh', `${mesh.pointer} ${mesh.name}`.trim()],
    ['watertight', `${mesh.watertight ? 'yes' : 'no'} (${percent(mesh.closedShare)} of edges closed)`],
    ['rims, fillable', counts(mesh.boundaryLoops, mesh.fillableLoops)],
    ['non-manifold points, T-junctions', counts(mesh.nonManifoldPoints, mesh.tJunctions)],
    ['floaters, enclosed, inside out', counts(mesh.floaters, mesh.enclosedComponents, mesh.insideOutComponents)],
    ['flipped triangles', formatCount(mesh.flippedTriangles)],
    ['duplicate, degenerate, sliver', counts(mesh.duplicateTriangles, mesh.degenerateTriangles, mesh.sliverTriangles)],
    [
      'self-intersecting',
      `${formatCount(mesh.selfIntersectingTriangles)}${more} (${percent(mesh.selfIntersectingShare)})`,
    ],
    ['Euler number, genus', `${mesh.euler}, ${mesh.genus ?? 'none'}`],
    ['area, volume', `${Number(mesh.areaM2.toPrecision(3))} m², ${Number(mesh.volumeM3.toPrecision(3))} m³`],
    ['edges, thin parts', `median ${metres(mesh.edgeLengthM.median)}, 1 % under ${metres(mesh.thicknessM.p1)}`],
    ...mesh.uvSets.flatMap(uvRows),
  ];
}

function placementRows({ placement }: MeshReport): string[][] {
  if (!placement) return [];
  const { up, forward, pivotFromBottomM } = placement;
  const offset = pivotFromBottomM.map((value) => value.toFixed(3)).join(', ');
  return [
    ['up, by its form', `${up.axis} (confidence ${percent(up.confidence)})`],
    ['front or back, by its form', `${forward.axis} (confidence ${percent(forward.confidence)})`],
    ['origin from bottom centre', `${offset} m`],
  ];
}

/** Meshes that are described one by one; the JSON has them all. */
const mostMeshes = 8;

async function inspect(file: string, options: { json?: boolean }): Promise<void> {
  const { inspectFile } = await import('../../../infra/local/examine.ts');
  const found = await inspectFile(file);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ file, ...found }, null, 2)}\n`);
    return;
  }
  const { stats, validator } = found;
  const codes = validator.codes.length > 0 ? ` (${validator.codes.join(', ')})` : '';
  const size = stats.boundsMax.map((high, axis) => (high - (stats.boundsMin[axis] ?? 0)).toFixed(3)).join(' × ');
  const rows = [
    ['format', found.format],
    ['size', formatBytes(stats.sizeBytes)],
    ['triangles', formatCount(stats.triangles)],
    ['vertices', formatCount(stats.vertices)],
    ['bounds', `${size} m`],
    ['meshes, nodes, draw calls', [stats.meshes, stats.nodes, stats.drawCalls].map(formatCount).join(', ')],
    ['materials, textures', [stats.materials, stats.textures].map(formatCount).join(', ')],
    ['largest texture', `${formatCount(stats.textureSizePx)} px`],
    ['texture memory', formatBytes(stats.textureMemoryBytes)],
    ['attributes', stats.attributes.join(' ')],
    ['open, non-manifold edges', [stats.openEdges, stats.nonManifoldEdges].map(formatCount).join(', ')],
    ['components', formatCount(stats.components)],
    ['animations', formatCount(stats.animations)],
    ['glTF validator', `errors: ${validator.errors}, warnings: ${validator.warnings}${codes}`],
  ];
  process.stdout.write(`${basename(file)}\n${table(rows)}`);
  const { meshes } = found.analysis;
  process.stdout.write(table([...placementRows(found.analysis), ...meshes.slice(0, mostMeshes).flatMap(geometryRows)]));
  if (meshes.length > mostMeshes) {
    process.stdout.write(`  … and ${meshes.length - mostMeshes} meshes more: see --json\n`);
  }
  if (found.changes.length > 0) process.stdout.write('What produce does to it on reading:\n');
  for (const { message } of found.changes) process.stdout.write(`  · ${message}\n`);
}

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('measure a raw file and say what is odd about it')
    .argument('<file>', 'GLB, glTF, OBJ, PLY or ZIP')
    .option('--json', 'print JSON')
    .action(inspect);
}
