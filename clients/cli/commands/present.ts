import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { formatBytes, table } from '../summary.ts';
import { writePictures, writeWhole } from '../write-pictures.ts';

interface Options {
  readonly out: string;
  readonly source?: string;
  readonly driver: 'auto' | 'cpu' | 'chromium';
  readonly json?: boolean;
}

async function present(file: string, options: Options): Promise<void> {
  const { presentFile } = await import('../../../infra/local/present-file.ts');
  const { driver: asked, source: sourcePath, out } = options;
  const { pictures, page, driver, reason } = await presentFile(file, { sourcePath, driver: asked });
  const paths = await writePictures(pictures, out);
  const pagePath = page === undefined ? null : join(out, 'before-after.html');
  if (page !== undefined && pagePath) await writeWhole(pagePath, page);
  if (options.json) {
    const listed = pictures.map(({ meta }, i) => ({ ...meta, path: paths[i] }));
    const printed = { file, driver, driverReason: reason, pictures: listed, page: pagePath };
    process.stdout.write(`${JSON.stringify(printed, null, 2)}\n`);
    return;
  }
  const rows = pictures.map(({ meta }, i) => [
    ...[meta.name, `${meta.widthPx} × ${meta.heightPx}`, formatBytes(meta.sizeBytes), paths[i] ?? ''],
  ]);
  if (page !== undefined && pagePath) rows.push(['page', '', formatBytes(Buffer.byteLength(page)), pagePath]);
  process.stdout.write(table([['picture', 'pixels', 'size', 'path'], ...rows]));
  process.stdout.write(`Drawn by ${driver === 'cpu' ? 'the CPU renderer' : 'three.js in Chromium'}: ${reason}.\n`);
}

export function addPresent(program: Command): void {
  program
    .command('present')
    .description('draw pictures to show a model with: thumbnail, turntable, sheets')
    .argument('<file>', 'GLB, glTF, OBJ, PLY or ZIP, or Gaussian splats in a PLY')
    .requiredOption('-o, --out <dir>', 'folder for the pictures')
    .option('-s, --source <file>', 'what it was made of, for a sheet and a page of before and after')
    .addOption(
      new Option('--driver <name>', 'what draws: Chromium where it works, or one by name')
        .choices(['auto', 'cpu', 'chromium'])
        .default('auto'),
    )
    .option('--json', 'print JSON')
    .action(present);
}
