import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openReceipt } from '../../shared/receipt/dsse.ts';
import { listUsageEvents, readUsageTotals } from '../../shared/records/usage.ts';
import type { CrashGround, CrashSite, CrashTemplate } from './crash-site.ts';

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

/** Durable writes by their kind, and scoring tasks. */
export type Counts = Readonly<Record<string, number>>;

const hook = resolve('infra/crash/crash-hook.mjs');
const atlas = resolve('dist/atlas.mjs');
const pollMs = 100;

interface Server {
  /** Resolves when the process has ended, with its signal or code. */
  readonly ended: Promise<string>;
  stop(): void;
  /** What the process has counted. After `stop`. */
  counts(): Counts;
}

/** When the crash hook strikes: the server itself, or the first scoring task. */
interface Strike {
  readonly server?: string;
  readonly task?: string;
}

/** Starts `atlas serve` on the site, with the crash hook told when to strike. */
function startServer({ home, env }: CrashSite, strike: Strike = {}): Server {
  const countFile = join(home, 'writes.json');
  const child = spawn(process.execPath, ['--import', hook, atlas, 'serve', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ATLAS_LOG: 'ERROR',
      ATLAS_CRASH_COUNT: countFile,
      ...env,
      ...(strike.server ? { ATLAS_CRASH_AT: strike.server } : {}),
      ...(strike.task ? { ATLAS_CRASH_TASK: strike.task } : {}),
    },
  });
  const ended = new Promise<string>((done) => child.once('exit', (code, signal) => done(signal ?? String(code))));
  return {
    ended,
    stop: () => void child.kill('SIGTERM'),
    counts: () => JSON.parse(readFileSync(countFile, 'utf8')) as Counts,
  };
}

const terminal = ['delivered', 'rejected', 'failed', 'cancelled', 'needs_review'];

interface Job {
  readonly status: string;
  readonly outputs: unknown;
  readonly receiptAssetId?: string;
}

const jobPath = ({ tenantId, jobId }: CrashTemplate): string => `tenants/${tenantId}/jobs/${jobId}`;
const readJob = (site: CrashSite, template: CrashTemplate) => site.docs.get<Job>(jobPath(template));

/** Waits until the job has ended and nothing is on its way any more, or nobody waits any more. */
async function waitForEnd(site: CrashSite, template: CrashTemplate, abandoned: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + site.jobTimeoutMs;
  while (!abandoned.aborted) {
    const status = String((await readJob(site, template))?.status);
    const ended = terminal.includes(status) && (await site.docs.query('jobOutbox', { limit: 1 })).length === 0;
    if (ended && (await site.messagesLeft()) === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`the job did not end: ${status}`);
    await sleep(pollMs);
  }
}

/** Waits until the server has ended the job, and stops it. @throws Error when the server ends first */
async function endedBy(server: Server, site: CrashSite, template: CrashTemplate): Promise<Remains> {
  const early = server.ended.then((how) => {
    throw new Error(`the server ended by itself: ${how}`);
  });
  const abandon = new AbortController();
  try {
    await Promise.race([early, waitForEnd(site, template, abandon.signal)]);
  } finally {
    early.catch(() => undefined);
    abandon.abort();
    server.stop();
    await server.ended;
  }
  return remainsOf(site, template);
}

async function remainsOf(site: CrashSite, template: CrashTemplate): Promise<Remains> {
  const { docs, objects } = site;
  const { tenantId } = template;
  const job = await readJob(site, template);
  const asset = await docs.get<{ objectKey: string }>(`tenants/${tenantId}/assets/${job?.receiptAssetId}`);
  const receipt = Buffer.from(await objects.get(String(asset?.objectKey))).toString();
  openReceipt(JSON.parse(receipt), [readFileSync(join(site.home, 'keys', 'receipt-ed25519.pem'), 'utf8')]);
  const events = await docs.query<Record<string, unknown>>(`${jobPath(template)}/events`);
  const totals = await readUsageTotals(docs, tenantId, { from: '2020-01-01', to: '2999-01-01' });
  return {
    status: String(job?.status),
    outputs: job?.outputs,
    receipt,
    usage: (await listUsageEvents(docs, tenantId, { limit: 1000 })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    totals: totals.sort((a, b) => (a.metric < b.metric ? -1 : 1)),
    // A stage that was taken up again is started twice; each ends once.
    events: events
      .filter(({ data }) => data.type !== 'stage.started')
      .map(({ data: { type, stage, target } }) => [type, stage, target].filter(Boolean).join(' '))
      .sort(),
    outbox: (await docs.query('jobOutbox')).length,
    messagesLeft: await site.messagesLeft(),
    deadLetters: await site.deadLetters(),
  };
}

async function on<T>(ground: CrashGround, template: CrashTemplate, act: (site: CrashSite) => Promise<T>): Promise<T> {
  const site = await ground.open(template);
  try {
    return await act(site);
  } finally {
    await site.clear();
  }
}

/** Runs the job without a crash of the server; of the first scoring task, when `task` says when. */
export const runWhole = (ground: CrashGround, template: CrashTemplate, task?: string) =>
  on(ground, template, async (site): Promise<{ remains: Remains; counts: Counts }> => {
    const server = startServer(site, task ? { task } : {});
    return { remains: await endedBy(server, site, template), counts: server.counts() };
  });

/** Runs the job, kills the server at the point, starts it again and lets it end. */
export const runWithCrash = (ground: CrashGround, template: CrashTemplate, crashAt: string) =>
  on(ground, template, async (site): Promise<{ remains: Remains; killed: boolean }> => {
    const first = startServer(site, { server: crashAt });
    const abandon = new AbortController();
    const finished = waitForEnd(site, template, abandon.signal).then(() => first.stop());
    const killed = (await first.ended) === 'SIGKILL';
    abandon.abort();
    await finished;
    return { remains: await endedBy(startServer(site), site, template), killed };
  });
