import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskBucket } from '../../shared/adapters/local/disk-bucket.ts';
import { diskObjectStore } from '../../shared/adapters/local/disk-object-store.ts';
import { openSqlite } from '../../shared/adapters/local/sqlite.ts';
import { openReceipt } from '../../shared/receipt/dsse.ts';

/** What a finished job leaves behind, for comparison: everything but times. */
export interface Remains {
  readonly status: string;
  readonly outputs: unknown;
  readonly receipt: string;
  readonly usage: unknown;
  readonly totals: unknown;
  readonly events: string[];
  readonly outbox: number;
  readonly messagesLeft: number;
  readonly deadLetters: number;
}

interface Row {
  readonly path: string;
  readonly data: string;
}

const hook = resolve('infra/crash/crash-hook.mjs');
const atlas = resolve('dist/atlas.mjs');
/** A job of the crash test takes about a second; this is for a loaded machine. */
const jobTimeoutMs = 90_000;

export interface Server {
  /** Resolves when the process has ended, with its signal or code. */
  readonly ended: Promise<string>;
  stop(): void;
}

/** Starts `atlas serve` on the folder, with the crash hook told when to strike. */
export function startServer(home: string, crashAt?: string, countFile?: string): Server {
  const child = spawn(process.execPath, ['--import', hook, atlas, 'serve', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ATLAS_HOME: home,
      ATLAS_LOG: 'ERROR',
      ...(crashAt ? { ATLAS_CRASH_AT: crashAt } : {}),
      ...(countFile ? { ATLAS_CRASH_COUNT: countFile } : {}),
    },
  });
  const ended = new Promise<string>((done) => child.once('exit', (code, signal) => done(signal ?? String(code))));
  return { ended, stop: () => void child.kill('SIGTERM') };
}

function readDocs(home: string, like: string): { path: string; data: Record<string, unknown> }[] {
  const db = openSqlite(join(home, 'atlas.db'));
  try {
    const rows = db.prepare('SELECT path, data FROM docs WHERE path LIKE ? ORDER BY path').all(like) as Row[];
    return rows.map(({ path, data }) => ({ path, data: JSON.parse(data) }));
  } finally {
    db.close();
  }
}

const isJob = ({ path }: { path: string }): boolean => path.split('/').length === 4;
const readJob = (home: string) => readDocs(home, 'tenants/%/jobs/%').find(isJob)?.data;

const terminal = ['delivered', 'rejected', 'failed', 'cancelled', 'needs_review'];

/** Waits until the job has ended and nothing is on its way any more, or nobody waits any more. */
async function waitForEnd(home: string, abandoned: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + jobTimeoutMs;
  while (!abandoned.aborted) {
    if (terminal.includes(String(readJob(home)?.status)) && countRows(home, 'bus_messages') === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`the job did not end: ${JSON.stringify(readJob(home)?.status)}`);
    await sleep(50);
  }
}

/** Waits until the server has ended the job. @throws Error when the server ends first */
async function endedBy(server: Server, home: string): Promise<void> {
  const early = server.ended.then((how) => {
    throw new Error(`the server ended by itself: ${how}`);
  });
  const abandon = new AbortController();
  await Promise.race([early, waitForEnd(home, abandon.signal)]).finally(() => abandon.abort());
}

function countRows(home: string, table: string): number {
  const db = openSqlite(join(home, 'atlas.db'));
  try {
    return (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
  } finally {
    db.close();
  }
}

async function remainsOf(home: string): Promise<Remains> {
  const job = readJob(home) ?? {};
  const [asset] = readDocs(home, `tenants/%/assets/${job.receiptAssetId}`);
  const objects = diskObjectStore(diskBucket(join(home, 'objects')));
  const receipt = Buffer.from(await objects.get(String(asset?.data.objectKey))).toString();
  openReceipt(JSON.parse(receipt), [readFileSync(join(home, 'keys', 'receipt-ed25519.pem'), 'utf8')]);
  const withoutTimes = (text: string) =>
    JSON.parse(text, (key, value) => (key === 'at' || key === 'ms' ? undefined : value));
  return {
    status: String(job.status),
    outputs: job.outputs,
    receipt,
    usage: readDocs(home, 'tenants/%/usage/%'),
    totals: readDocs(home, 'tenants/%/usageDays/%'),
    // A stage that was taken up again is started twice; each ends once.
    events: readDocs(home, 'tenants/%/jobs/%/events/%')
      .map(({ data }) => withoutTimes(JSON.stringify(data)))
      .filter(({ type }) => type !== 'stage.started')
      .map(({ type, stage, target }) => [type, stage, target].filter(Boolean).join(' '))
      .sort(),
    outbox: readDocs(home, 'jobOutbox/%').length,
    messagesLeft: countRows(home, 'bus_messages'),
    deadLetters: countRows(home, 'bus_dead_letters'),
  };
}

/** Copies the template folder, so that every run has the same job with the same id, key and acceptance time. */
function copyOf(template: string): string {
  const home = mkdtempSync(join(tmpdir(), 'atlas-crash-'));
  cpSync(template, home, { recursive: true });
  return home;
}

/** Runs the job without a crash; also counts its durable writes. */
export async function runWhole(template: string): Promise<{ remains: Remains; writes: number }> {
  const home = copyOf(template);
  try {
    const countFile = join(home, 'writes');
    const server = startServer(home, undefined, countFile);
    await endedBy(server, home);
    server.stop();
    await server.ended;
    return { remains: await remainsOf(home), writes: Number(readFileSync(countFile, 'utf8')) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Runs the job, kills the process at the point, starts it again and lets it end. */
export async function runWithCrash(template: string, crashAt: string): Promise<{ remains: Remains; killed: boolean }> {
  const home = copyOf(template);
  try {
    const first = startServer(home, crashAt);
    const abandon = new AbortController();
    const end = await Promise.race([first.ended, waitForEnd(home, abandon.signal).then(() => 'finished')]);
    abandon.abort();
    if (end === 'finished') first.stop();
    const killed = (await first.ended) === 'SIGKILL';
    const second = startServer(home);
    await endedBy(second, home);
    second.stop();
    await second.ended;
    return { remains: await remainsOf(home), killed };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
