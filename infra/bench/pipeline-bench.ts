import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { runTask } from '../../functions/engine/run-task.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';
import { type Figure, figure, runProcess, show } from './measure.ts';
import { installPeers } from './peers.ts';
import { rawFile } from './raw-file.ts';

interface Row {
  readonly program: string;
  readonly what: string;
  readonly seconds: Figure;
  readonly peakMb: Figure;
  readonly sizeBytes: number;
  readonly trianglesAsked: number;
  readonly triangles: number;
}

export interface PipelineResult {
  readonly source: string;
  readonly sourceTriangles: number;
  readonly rows: Row[];
  readonly stages: Record<string, Figure>;
}

const atlas = resolve('dist/atlas.mjs');
const convertOnly = resolve('dist/convert-only.mjs');

const trianglesOf = async (path: string): Promise<number> => {
  const bytes = new Uint8Array(readFileSync(path));
  return (await runTask('inspect', { bytes, fileName: basename(path) })).stats.triangles;
};

interface Contender {
  readonly program: string;
  readonly what: string;
  readonly trianglesAsked: number;
  run(folder: string): Promise<{ seconds: number; peakMb: number; files: string[]; stages?: Record<string, number> }>;
}

interface ProduceOutput {
  readonly outputs: { path: string; target: string; role: string }[];
  readonly stages: { name: string; target?: string; ms: number }[];
}

function contenders(source: string, sourceTriangles: number): Contender[] {
  const peers = installPeers(resolve('.atlas', 'bench-peers'));
  const web = findProfile('web').defaults.convert.triangles;
  const ratio = String(web / sourceTriangles);
  const single = (program: string, what: string, args: (out: string) => string[], env = {}): Contender => ({
    ...{ program, what, trianglesAsked: web },
    async run(folder) {
      const out = join(folder, 'out.glb');
      return { ...(await runProcess(args(out), env)), files: [out] };
    },
  });
  return [
    {
      program: 'atlas produce',
      what: 'web + mobile-ar with LODs, gate and receipt (whole process, empty cache)',
      trianglesAsked: web,
      async run(folder) {
        const home = join(folder, 'home');
        const args = [atlas, 'produce', source, '-t', 'web', '-t', 'mobile-ar', '-o', join(folder, 'out'), '--json'];
        const run = await runProcess(args, { ATLAS_HOME: home });
        const { outputs, stages } = JSON.parse(run.stdout) as ProduceOutput;
        return {
          ...run,
          files: outputs.filter(({ target, role }) => target === 'web' && role === 'model').map(({ path }) => path),
          stages: Object.fromEntries(
            stages.map(({ name, target, ms }) => [[name, target].filter(Boolean).join(' '), ms / 1000]),
          ),
        };
      },
    },
    single('atlas convert', `one file of ${web} triangles, meshopt (whole process)`, (out) => [
      convertOnly,
      source,
      out,
      String(web),
    ]),
    {
      program: 'atlas convert, stage alone',
      what: 'the same in an engine that has run before: without the start of Node and the loading of code',
      trianglesAsked: web,
      async run(folder) {
        const out = join(folder, 'out.glb');
        const run = await runProcess([convertOnly, source, out, String(web), '3']);
        return { ...run, seconds: Number(run.stdout) / 1000, files: [out] };
      },
    },
    single(
      `gltf-transform optimize ${peers.versions['@gltf-transform/cli']}`,
      'same count, meshopt, webp (whole process)',
      (out) => [
        ...[peers.gltfTransform, 'optimize', source, out, '--compress', 'meshopt', '--texture-compress', 'webp'],
        ...['--simplify-ratio', ratio, '--simplify-error', '1'],
      ],
    ),
    single(`gltfpack ${peers.versions.gltfpack}`, 'same count, -cc (whole process)', (out) => [
      peers.gltfpack,
      '-i',
      source,
      '-o',
      out,
      '-cc',
      '-si',
      ratio,
    ]),
  ];
}

/** Runs all contenders in turn, round by round, so that a slow moment of the machine hits each. */
export async function pipelineBench(rounds: number, print: (line: string) => void): Promise<PipelineResult> {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-bench-'));
  try {
    const source = rawFile(folder);
    const sourceTriangles = await trianglesOf(source);
    const list = contenders(source, sourceTriangles);
    const runs = list.map(() => ({ seconds: [] as number[], peakMb: [] as number[], sizeBytes: 0, triangles: 0 }));
    const stages: Record<string, number[]> = {};
    for (let round = 0; round <= rounds; round++) {
      for (const [index, contender] of list.entries()) {
        const work = mkdtempSync(join(folder, 'run-'));
        const run = await contender.run(work);
        const kept = runs[index];
        // The first round warms the disk cache and is not counted.
        if (!kept || round === 0) continue;
        kept.seconds.push(run.seconds);
        kept.peakMb.push(run.peakMb);
        for (const [name, seconds] of Object.entries(run.stages ?? {})) {
          stages[name] = [...(stages[name] ?? []), seconds];
        }
        if (round === rounds) {
          const [file = ''] = run.files;
          kept.sizeBytes = statSync(file).size;
          kept.triangles = await trianglesOf(file);
        }
        rmSync(work, { recursive: true, force: true });
        print(
          `round ${round}/${rounds}: ${contender.program} ${run.seconds.toFixed(2)} s, ${run.peakMb.toFixed(0)} MB`,
        );
      }
    }
    const rows = list.map(({ program, what, trianglesAsked }, index): Row => {
      const { seconds = [], peakMb = [], sizeBytes = 0, triangles = 0 } = runs[index] ?? {};
      return { program, what, trianglesAsked, sizeBytes, triangles, seconds: figure(seconds), peakMb: figure(peakMb) };
    });
    const stageFigures = Object.fromEntries(Object.entries(stages).map(([name, values]) => [name, figure(values)]));
    return { source: basename(source), sourceTriangles, rows, stages: stageFigures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The result as Markdown. */
export function pipelineTable({ source, sourceTriangles, rows, stages }: PipelineResult): string {
  return [
    `### ${source}, ${sourceTriangles.toLocaleString('en-US')} triangles`,
    '',
    '| program | what | seconds | peak MB | bytes (web model) | triangles asked | reached |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(
      (row) =>
        `| ${row.program} | ${row.what} | ${show(row.seconds)} | ${show(row.peakMb)} | ${row.sizeBytes} | ${row.trianglesAsked} | ${row.triangles} |`,
    ),
    '',
    'Time of each stage inside `atlas produce`:',
    '',
    '| stage | seconds |',
    '| --- | ---: |',
    ...Object.entries(stages).map(([name, seconds]) => `| ${name} | ${show(seconds)} |`),
    '',
  ].join('\n');
}
