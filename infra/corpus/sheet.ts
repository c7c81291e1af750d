import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sharp } from '../../functions/engine/images.ts';
import { errorTable } from '../../shared/errors.ts';
import type { Finding, GateReport } from '../../shared/schema/index.ts';
import judgements from './judgements.json' with { type: 'json' };

/**
 * Writes the sheet of verdicts: every raw file of an external corpus (ATLAS_ASSETS) checked as it is and delivered for
 * `web`, through the command line, beside what a person says of it who looked (judgements.json). Pictures are kept only
 * of files whose licence allows it.
 */
const target = 'web';
const atlas = resolve('dist/atlas.mjs');
const pagePath = join('infra', 'corpus', 'verdicts.md');
const picturePath = join('infra', 'corpus', 'verdicts.webp');
const tilePx = 200;
const mostBytes = 400_000;

interface Judgement {
  /** Whose file it is, and under which licence; absent where nobody states one. */
  readonly credit: string;
  readonly pictures: boolean;
  readonly byEye: string;
}

interface Judged {
  readonly name: string;
  readonly raw: GateReport | string;
  readonly delivered: GateReport | string;
  /** Paths, in the order of the sheet. */
  readonly pictures: readonly string[];
}

function command(args: readonly string[], home: string): Promise<{ stdout: string; stderr: string }> {
  return new Promise((done) => {
    const env = { PATH: process.env.PATH, ATLAS_HOME: home };
    execFile(process.execPath, [atlas, ...args], { env, maxBuffer: 64e6 }, (_, stdout, stderr) =>
      done({ stdout, stderr }),
    );
  });
}

const codeIn = (text: string): string =>
  Object.keys(errorTable).find((code) => text.includes(`(${code}`) || text.includes(`"${code}"`)) ?? 'unknown';

/** A report that a command printed; undefined for a failure. */
function reportIn(text: string): GateReport | undefined {
  const printed = text.startsWith('{') ? (JSON.parse(text) as Partial<GateReport>) : {};
  return printed.findings ? (printed as GateReport) : undefined;
}

async function judge(path: string, name: string, home: string): Promise<Judged> {
  const out = join(home, name);
  const raw = await command(['check', path, '--target', target, '--json', '--out', join(out, 'raw')], home);
  const made = await command(['produce', path, '--target', target, '--json', '--out', join(out, 'made')], home);
  const reportPath = made.stdout.startsWith('{')
    ? (JSON.parse(made.stdout) as { reports: { path: string }[] }).reports[0]?.path
    : undefined;
  const shown = ['raw/pictures/view-02.webp', ...firstMark(join(out, 'raw', 'pictures'))];
  return {
    name,
    raw: reportIn(raw.stdout) ?? codeIn(raw.stdout + raw.stderr),
    delivered: reportPath
      ? (JSON.parse(readFileSync(reportPath, 'utf8')) as GateReport)
      : codeIn(made.stdout + made.stderr),
    pictures: shown.map((one) => join(out, one)).filter((one) => existsSync(one)),
  };
}

const firstMark = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.startsWith('mark-') && !name.endsWith('-uv.webp'))
        .sort()
        .slice(0, 1)
        .map((name) => `raw/pictures/${name}`)
    : [];

const signs = { error: '✕', warning: '!', info: 'i' } as const;

const number = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en-US');

function findingText({ severity, code, measured, limit }: Finding): string {
  const numbers =
    measured === undefined ? '' : ` ${number(measured)}${limit === undefined ? '' : ` / ${number(limit)}`}`;
  return `${signs[severity]} \`${code}\`${numbers}`;
}

function reportText(report: GateReport | string, withInfo: boolean): string {
  if (typeof report === 'string') return `refused: \`${report}\``;
  const { verdict, findings, fidelity } = report;
  const own = findings.filter(({ file, severity }) => file === 'model' && (withInfo || severity !== 'info'));
  const look = fidelity
    ? [`FLIP ${number(fidelity.flip)}, SSIM ${number(fidelity.ssim)}, outlines ${number(fidelity.silhouetteIou)}`]
    : [];
  return [`**${verdict}**`, ...own.map(findingText), ...look].join('<br>');
}

const about = (name: string): Judgement | undefined => (judgements as Record<string, Judgement>)[name];

function pageOf(all: readonly Judged[], shown: readonly Judged[]): string {
  const rows = all.map(({ name, raw, delivered }) => {
    const place = shown.findIndex((one) => one.name === name);
    const known = about(name);
    const picture = place < 0 ? '–' : `no. ${place + 1}`;
    const cells = [reportText(raw, true), reportText(delivered, false), known?.byEye ?? 'not looked at'];
    return `| ${name}<br><small>${known?.credit ?? 'source unknown'}</small> | ${picture} | ${cells.join(' | ')} |`;
  });
  return [
    '# Sheet of verdicts',
    '',
    `Raw files as generators deliver them, for the target \`${target}\`: checked as they are, delivered with the defaults, and judged`,
    'by eye. Made by `npm run sheet` (ATLAS_ASSETS names the folder); the last column is written by hand in `judgements.json`.',
    '',
    '✕ error, ! warning, i information; measured / limit. FLIP, SSIM and outlines compare the delivery with its source.',
    'Of files whose owners state no licence no picture is kept; the verdict was looked at all the same.',
    '',
    '| file | picture | as it is | delivered | by eye |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '![Three files across: each from the side, then where its first finding is](verdicts.webp)',
    '',
    ...shown.map(({ name }, i) => `${i + 1}. ${name}: ${about(name)?.credit}`),
    '',
  ].join('\n');
}

/** Two tiles a file, three files across: from the side, and where its first finding is. */
async function drawSheet(shown: readonly Judged[]): Promise<Buffer> {
  const columns = 2;
  const pairs = shown.flatMap(({ pictures }, row) => pictures.map((path, column) => ({ path, row, column })));
  const across = 3;
  const tiles = await Promise.all(
    pairs.map(async ({ path, row, column }) => ({
      input: await sharp(path).resize(tilePx, tilePx).png().toBuffer(),
      left: ((row % across) * columns + column) * tilePx,
      top: Math.floor(row / across) * tilePx,
    })),
  );
  const size = { width: across * columns * tilePx, height: Math.ceil(shown.length / across) * tilePx };
  return sharp({ create: { ...size, channels: 3, background: '#a0a0a0' } })
    .composite(tiles)
    .webp({ quality: 82 })
    .toBuffer();
}

async function main(): Promise<void> {
  const folder = process.env.ATLAS_ASSETS;
  if (!folder) {
    process.stderr.write('ATLAS_ASSETS names no folder of raw files: the sheet was not made.\n');
    process.exitCode = 1;
    return;
  }
  const names = readdirSync(folder)
    .filter((name) => /\.(glb|gltf|obj|ply|spz|zip)$/i.test(name))
    .sort();
  const home = mkdtempSync(join(tmpdir(), 'atlas-sheet-'));
  try {
    const all: Judged[] = [];
    for (const name of names) {
      all.push(await judge(join(folder, name), name, home));
      process.stderr.write(`${name}\n`);
    }
    const shown = all.filter(({ name, pictures }) => about(name)?.pictures === true && pictures.length > 0);
    const sheet = await drawSheet(shown);
    if (sheet.byteLength > mostBytes)
      throw new Error(`The sheet has ${sheet.byteLength} bytes; ${mostBytes} are allowed.`);
    writeFileSync(picturePath, sheet);
    writeFileSync(pagePath, pageOf(all, shown));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

await main();
