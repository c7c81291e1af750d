import type { Command } from 'commander';
import { formatBytes, table } from '../summary.ts';
import { writePictures } from '../write-pictures.ts';

interface Options {
  readonly out: string;
  readonly source?: string;
  readonly json?: boolean;
}

async function present(file: string, options: Options): Promise<void> {
  const { presentFile } = await import('../../../infra/local/examine.ts');
  const pictures = await presentFile(file, options.source);
  const paths = await writePictures(pictures, options.out);
  if (options.json) {
    const listed = pictures.map(({ meta }, i) => ({ ...meta, path: paths[i] }));
    process.stdout.write(`${JSON.stringify({ file, pictures: listed }, null, 2)}\n`);
    return;
  }
  const rows = pictures.map(({ meta }, i) => [
    ...[meta.name, `${meta.widthPx} × ${meta.heightPx}`, formatBytes(meta.sizeBytes), paths[i] ?? ''],
  ]);
  process.stdout.write(table([['picture', 'pixels', 'size', 'path'], ...rows]));
}

export function addPresent(program: Command): void {
  program
    .command('present')
    .description('draw pictures to show a model with: thumbnail, turntable, sheets')
    .argument('<file>', 'GLB, glTF, OBJ, PLY or ZIP, or Gaussian splats in a PLY')
    .requiredOption('-o, --out <dir>', 'folder for the pictures')
    .option('-s, --source <file>', 'what it was made of, for a sheet of before and after')
    .option('--json', 'print JSON')
    .action(present);
}
