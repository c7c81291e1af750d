import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, apiClient } from '../../clients/cli/api-client.ts';
import { readConfig } from '../../shared/config.ts';
import type { DocStore } from '../../shared/ports/index.ts';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { Job } from '../../shared/schema/index.ts';
import { registerEmpty } from '../../shared/testing/empty-stages.ts';
import { startLocalServer } from '../local/server.ts';
import { type Figure, figure, round, show } from './measure.ts';

export interface ChainResult {
  /** From POST to the end of one job alone, divided by its five stages. */
  readonly msPerStage: Figure;
  readonly jobMs: Figure;
  readonly jobsPerSecond: number;
  readonly jobs: number;
  readonly rssMb: number;
}

const stages = 5;
async function runJob(api: ApiClient, request: unknown): Promise<void> {
  const job = await api.post('/v1/jobs', request, Job);
  for await (const _ of api.events(job.id, new AbortController().signal)) {
    // Each event is read as it comes; the stream ends with the job.
  }
  const ended = await api.job(job.id);
  if (ended.status !== 'delivered') throw new Error(`an empty job ended as ${ended.status}`);
}

/** Posts every n-th job, each as soon as the one before was accepted. */
export async function startJobs(
  api: ApiClient,
  request: unknown,
  options: { jobs: number; concurrency: number },
  n: number,
): Promise<void> {
  for (let i = n; i < options.jobs; i += options.concurrency) await api.post('/v1/jobs', request, Job);
}

/** Waits until no job is under way, and insists that each was delivered. */
export async function allEnded(docs: DocStore, tenantId: string): Promise<void> {
  const collection = `tenants/${tenantId}/jobs`;
  const underWay = { where: [{ field: 'status', op: 'in' as const, value: ['queued', 'running'] }], limit: 1 };
  while ((await docs.query(collection, underWay)).length > 0) await sleep(100);
  const other = await docs.query(collection, {
    where: [{ field: 'status', op: 'in', value: ['failed', 'rejected', 'cancelled'] }],
  });
  if (other.length > 0) throw new Error(`${other.length} empty jobs were not delivered`);
}

/** Runs empty jobs, first one after another, then `concurrency` at a time, through the whole HTTP chain. */
export async function chainBench(options: { single: number; jobs: number; concurrency: number }): Promise<ChainResult> {
  const home = mkdtempSync(join(tmpdir(), 'atlas-chain-'));
  const server = await startLocalServer(
    readConfig({ ATLAS_HOME: home, ATLAS_PORT: '0' }),
    () => undefined,
    registerEmpty,
  );
  try {
    const { key, tenantId } = await createApiKey(server.deps.docs, { name: 'bench' }, server.deps.clock);
    const api = apiClient({ url: server.url, key });
    const assetId = await api.upload({ fileName: 'empty.glb', sizeBytes: 7 }, Buffer.from('nothing'));
    const request = { source: { kind: 'asset', assetId }, targets: ['web'] };
    for (let i = 0; i < 10; i++) await runJob(api, request);
    const times: number[] = [];
    for (let i = 0; i < options.single; i++) {
      const started = performance.now();
      await runJob(api, request);
      times.push(performance.now() - started);
    }
    const started = performance.now();
    await Promise.all(Array.from({ length: options.concurrency }, (_, n) => startJobs(api, request, options, n)));
    await allEnded(server.deps.docs, tenantId);
    const seconds = (performance.now() - started) / 1000;
    return {
      jobMs: figure(times),
      msPerStage: figure(times.map((ms) => ms / stages)),
      jobsPerSecond: round(options.jobs / seconds, 1),
      jobs: options.jobs,
      rssMb: round(process.memoryUsage.rss() / 2 ** 20, 0),
    };
  } finally {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  }
}

export function chainTable({ msPerStage, jobMs, jobsPerSecond, jobs, rssMb }: ChainResult): string {
  return [
    '### The chain itself: jobs whose stages do nothing (client and server in one process)',
    '',
    '| figure | value |',
    '| --- | ---: |',
    `| one job alone, five stages, POST to last event (ms) | ${show(jobMs)} |`,
    `| of it, each stage (ms) | ${show(msPerStage)} |`,
    `| jobs each second, ${jobs} jobs at once sixteen | ${jobsPerSecond} |`,
    `| resident memory at the end (MB) | ${rssMb} |`,
    '',
  ].join('\n');
}
