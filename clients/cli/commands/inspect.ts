import { basename } from 'node:path';
import type { Command } from 'commander';
import { formatBytes, formatCount, table } from '../summary.ts';

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
