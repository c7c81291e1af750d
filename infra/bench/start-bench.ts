import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findEmulators, startEmulators } from '../emulators/google-emulators.ts';
import { type BundleSizes, bundleSizes } from './bundle-sizes.ts';
import { type Figure, figure, median, runProcess, show } from './measure.ts';
import { type Loaded, type Started, startFunction, startProgram } from './start-process.ts';
import { benchCaller, probesOf, scoreArguments } from './start-requests.ts';

export interface StartEntry {
  readonly name: string;
  /** Spawn to first answer without Google’s clients, in milliseconds. */
  readonly alone: Figure;
  /** The same with a read of Firestore, for which its client is loaded; absent without the emulator. */
  readonly reading?: Figure;
  /** Processor time of the slower of both in milliseconds: what other work on the machine does not change. */
  readonly cpuMs?: number;
  readonly peakMb: number;
  readonly sizes: BundleSizes;
  /** Modules of packages that were loaded for the read, beyond those of the framework. */
  readonly clientBytes?: number;
}

export interface StartResult {
  /** The time that Node itself takes to start and end, in milliseconds. */
  readonly node: Figure;
  /** Why nothing was read. */
  readonly missing?: string;
  readonly entries: readonly StartEntry[];
}

type Start = (look: boolean) => Promise<Started>;

const startsAtLeast = 7;
const folder = resolve('.atlas/bench-start');

/** Settings as Terraform gives them; `env` names the emulators and where traces go. */
const settingsOf = (name: string, env: Record<string, string>): Record<string, string> => ({
  ATLAS_MODE: 'gcp',
  ATLAS_PUBLIC_URL: 'https://api.example',
  ATLAS_FUNCTIONS_URL: 'https://functions.example',
  ATLAS_BUCKET: 'bench',
  ATLAS_RECEIPT_KEY: 'projects/atlas-bench/key',
  ATLAS_CALLERS: benchCaller,
  GOOGLE_CLOUD_PROJECT: 'atlas-bench',
  K_SERVICE: `atlas-${name}`,
  METADATA_SERVER_DETECTION: 'none',
  ...env,
});

/** One start that is looked into, then those that count. */
async function measure(start: Start, rounds: number): Promise<{ ms: Figure; loaded: Loaded; cpuMs?: number }> {
  const { loaded } = await start(true);
  if (!loaded) throw new Error('the start bench could not look into a process');
  const counted: Started[] = [];
  for (let round = 0; round < rounds; round++) counted.push(await start(false));
  const cpu = counted.flatMap(({ cpuMs }) => cpuMs ?? []);
  const ms = figure(counted.map((started) => started.ms));
  return { ms, loaded, ...(cpu.length > 0 ? { cpuMs: median(cpu) } : {}) };
}

async function entryOf(
  name: string,
  place: string,
  { alone, reading }: { alone: Start; reading: Start | undefined },
  rounds: number,
): Promise<StartEntry> {
  const first = await measure(alone, rounds);
  if (first.loaded.googleClients.length > 0) throw new Error(`${name} loads Google’s clients before it needs them`);
  const second = reading ? await measure(reading, rounds) : undefined;
  if (second && !second.loaded.googleClients.includes('firestore'))
    throw new Error(`${name} has read nothing from Firestore`);
  const { cpuMs } = second ?? first;
  return {
    name,
    alone: first.ms,
    ...(cpuMs === undefined ? {} : { cpuMs }),
    peakMb: Math.round((second ?? first).loaded.peakMb),
    sizes: bundleSizes(place),
    ...(second ? { reading: second.ms, clientBytes: second.loaded.packageBytes - first.loaded.packageBytes } : {}),
  };
}

/** Takes traces as a collector does: a function sends its own before it answers. */
async function traceSink(): Promise<{ url: string; close: () => void }> {
  const server = createServer((req, res) => {
    req.resume().once('end', () => res.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close().closeAllConnections(),
  };
}

async function measureAll(rounds: number, traces: string, emulators?: Record<string, string>): Promise<StartEntry[]> {
  const entries: StartEntry[] = [];
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: traces };
  for (const name of readdirSync(join(folder, 'functions')).sort()) {
    const source = join(folder, 'functions', name);
    const probes = probesOf(name);
    const starts =
      (probe: (typeof probes)['alone'], more: Record<string, string>): Start =>
      (look) =>
        startFunction(name, source, probe, { env: settingsOf(name, { ...env, ...more }), look });
    const reading = emulators && starts(probes.reading, emulators);
    entries.push(await entryOf(name, source, { alone: starts(probes.alone, {}), reading }, rounds));
  }
  const job = join(folder, 'score-job');
  const home = mkdtempSync(join(tmpdir(), 'atlas-start-home-'));
  const runs =
    (args: readonly string[], more: Record<string, string>): Start =>
    (look) =>
      startProgram([join(job, 'index.mjs'), ...args], 1, { env: { ...settingsOf('score', env), ...more }, look });
  const reading = emulators && runs(scoreArguments.reading, { ...emulators, ATLAS_MODE: 'emulator', ATLAS_HOME: home });
  entries.push(await entryOf('score-job', job, { alone: runs(scoreArguments.alone, {}), reading }, rounds));
  rmSync(home, { recursive: true, force: true });
  return entries;
}

/**
 * Cold start of everything that is deployed: the bundles as `npm run bundle` makes them, each started in a process of its
 * own as Cloud Run does and asked once, with the settings of the cloud mode; documents are in Google’s emulator.
 */
export async function startBench(roundsAsked: number): Promise<StartResult> {
  const rounds = Math.max(roundsAsked, startsAtLeast);
  rmSync(folder, { recursive: true, force: true });
  execFileSync(process.execPath, ['infra/deploy/bundle.mjs', folder], { stdio: 'ignore' });
  const empty: number[] = [];
  for (let round = 0; round < rounds; round++) empty.push((await runProcess(['-e', '0'])).seconds * 1000);
  const found = findEmulators();
  const emulators = 'missing' in found ? undefined : await startEmulators(found);
  const traces = await traceSink();
  try {
    return {
      node: figure(empty),
      ...('missing' in found ? { missing: found.missing } : {}),
      entries: await measureAll(rounds, traces.url, emulators?.env),
    };
  } finally {
    traces.close();
    await emulators?.stop();
  }
}

const kb = (bytes: number | undefined): string => (bytes === undefined ? '–' : String(Math.round(bytes / 1024)));

export function startTable({ node, missing, entries }: StartResult): string {
  return [
    `### Cold start: spawn to first answer (an empty Node takes ${show(node)} ms)`,
    '',
    ...(missing ? [`**No read of Firestore was measured: ${missing}.**`, ''] : []),
    '| function | ms without Google’s clients | ms with a read of Firestore | of it processor | peak MB | own KB | shared KB | later KB | clients KB |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...entries.map(({ name, alone, reading, cpuMs, peakMb, sizes, clientBytes }) => {
      const bytes = [sizes.ownBytes, sizes.sharedBytes, sizes.laterBytes, clientBytes].map(kb);
      return `| ${[name, show(alone), reading ? show(reading) : '–', cpuMs ?? '–', peakMb, ...bytes].join(' | ')} |`;
    }),
    '',
    'Own: `index.mjs`. Shared: chunks read before the first request. Later: chunks read when needed, and of threads. Clients:',
    'modules of packages that the read loads. `score-job` is a whole process, and its read is one of storage and one of Firestore.',
    '',
  ].join('\n');
}
