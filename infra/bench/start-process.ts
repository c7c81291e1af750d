import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { freePort } from '../emulators/google-emulators.ts';
import type { Probe } from './start-requests.ts';

const framework = resolve('node_modules/@google-cloud/functions-framework/build/src/main.js');
const hook = pathToFileURL(resolve('infra/bench/loaded-hook.mjs')).href;
/** How long a start may take before it counts as failed. */
const patienceMs = 30_000;
/** How often the port is tried. */
const pollMs = 2;

/** What a process had loaded when it ended. */
export interface Loaded {
  /** CommonJS modules of packages, which Google’s clients and the framework are. */
  readonly packageBytes: number;
  /** Google’s clients among them: `firestore`, `pubsub`, `storage`. */
  readonly googleClients: readonly string[];
  readonly peakMb: number;
}

export interface Started {
  readonly ms: number;
  /** Processor time until then, where the system tells it of a process that goes on; in steps of 10 ms. */
  readonly cpuMs?: number;
  /** When the process was looked into; that run is not timed. */
  readonly loaded?: Loaded;
}

export interface StartOptions {
  readonly env: Record<string, string>;
  /** Looks into the process, which makes it slower. */
  readonly look?: boolean;
}

const listens = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.once('connect', () => socket.destroy());
  });

/** User and system time of a process so far; proc(5), fields 14 and 15, in hundredths of a second. */
function cpuMsOf(pid: number | undefined): number | undefined {
  try {
    const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const fields = after.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

/** Starts a Node program; `end` stops it and tells what it had loaded if it was looked into. */
function start(args: readonly string[], { env, look }: StartOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'atlas-start-'));
  const file = join(folder, 'loaded.json');
  const child: ChildProcess = spawn(process.execPath, [...(look ? ['--import', hook] : []), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...(look ? { ATLAS_BENCH_LOADED: file } : {}), ...env },
  });
  const exited = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
    });
  }
  return {
    exited,
    cpuMs: () => cpuMsOf(child.pid),
    hasEnded: () => child.exitCode !== null,
    failed: (why: string) => new Error(`${args.join(' ')}: ${why}\n${said}`),
    async end(): Promise<Loaded | undefined> {
      if (child.exitCode === null) child.kill(look ? 'SIGTERM' : 'SIGKILL');
      await exited;
      const loaded = look ? (JSON.parse(readFileSync(file, 'utf8')) as Loaded) : undefined;
      rmSync(folder, { recursive: true, force: true });
      return loaded;
    },
  };
}

/** Starts one function by the Functions Framework, as Cloud Run does, and asks it once: spawn to whole answer. */
export async function startFunction(
  name: string,
  source: string,
  probe: Probe,
  options: StartOptions,
): Promise<Started> {
  const port = await freePort();
  const startedMs = performance.now();
  const running = start([framework, '--target', name, '--source', source, '--port', String(port)], options);
  try {
    while (!(await listens(port))) {
      if (running.hasEnded()) throw running.failed('ended before it listened');
      if (performance.now() - startedMs > patienceMs) throw running.failed('does not listen');
      await sleep(pollMs);
    }
    const answer = await fetch(`http://127.0.0.1:${port}${probe.path}`, {
      ...probe.init,
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.arrayBuffer();
    const ms = performance.now() - startedMs;
    const cpuMs = running.cpuMs();
    if (!probe.status.includes(answer.status)) throw running.failed(`answered ${answer.status}`);
    const loaded = await running.end();
    return { ms, ...(cpuMs === undefined ? {} : { cpuMs }), ...(loaded ? { loaded } : {}) };
  } finally {
    await running.end().catch(() => undefined);
  }
}

/** Runs a program that ends by itself: spawn to exit. @throws when it ends with another code than `code` */
export async function startProgram(args: readonly string[], code: number, options: StartOptions): Promise<Started> {
  const startedMs = performance.now();
  const running = start(args, options);
  const [ended] = (await running.exited) as [number | null];
  const ms = performance.now() - startedMs;
  if (ended !== code) throw running.failed(`ended with ${ended}`);
  const loaded = await running.end();
  return { ms, ...(loaded ? { loaded } : {}) };
}
