import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { checkSummaryOf } from '../check-summary.ts';
import { writePictures, writeWhole } from '../write-pictures.ts';

interface Options {
  readonly target: string;
  readonly out?: string;
  readonly json?: boolean;
}

async function check(file: string, options: Options): Promise<void> {
  const { checkFile } = await import('../../../infra/local/examine.ts');
  const { report, pictures, title, page } = await checkFile(file, options.target);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  const pagePath = options.out && join(options.out, 'report.html');
  if (options.out && pagePath) {
    await mkdir(options.out, { recursive: true });
    await writeWhole(join(options.out, 'report.json'), text);
    if (pictures.length > 0) await writePictures(pictures, join(options.out, 'pictures'));
    // Last, so that a page means that all of it is there.
    await writeWhole(pagePath, page());
  }
  if (options.json) process.stdout.write(text);
  else process.stdout.write(checkSummaryOf(report, title) + (pagePath ? `Report    ${pagePath}\n` : ''));
  if (report.verdict === 'rejected') process.exitCode = 2;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('prove a file against a target’s rules, as it is')
    .argument('<file>', 'GLB, another mesh (glTF, OBJ, PLY, ZIP), or splats (PLY, SPZ)')
    .requiredOption('-t, --target <profile>', 'target profile (see atlas profiles)')
    .option('-o, --out <dir>', 'folder for report.json, report.html and the pictures')
    .option('--json', 'print the report as JSON')
    .action(check);
}
