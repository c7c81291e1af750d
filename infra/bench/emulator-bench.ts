import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiClient } from '../../clients/cli/api-client.ts';
import { readConfig } from '../../shared/config.ts';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { readUsageTotals } from '../../shared/records/usage.ts';
import type { UsageTotal } from '../../shared/schema/index.ts';
import { registerEmpty } from '../../shared/testing/empty-stages.ts';
import { findEmulators, startEmulators } from '../emulators/google-emulators.ts';
import { startLocalServer } from '../local/server.ts';
import { allEnded, startJobs } from './chain-bench.ts';
import { round } from './measure.ts';

/** Jobs before the measured ones: the emulators are Java programs that begin slowly, and Google’s services do not. */
const warmUp = 50;
const anyDay = { from: '2020-01-01', to: '2999-01-01' };

export interface EmulatorRun {
  readonly deliveries: number;
  readonly jobs: number;
  readonly jobsPerSecond: number;
  /** Whether the usage is exactly that of so many jobs. */
  readonly exact: boolean;
}

export interface EmulatorResult {
  /** Why nothing was measured. */
  readonly missing?: string;
  readonly runs: readonly EmulatorRun[];
}

/** What `count` jobs like the one that made `totals` cost, as text that can be compared. */
const times = (count: number, totals: readonly UsageTotal[]): string =>
  JSON.stringify(
    totals.map(({ metric, quantity, amountMicroUsd, events }) => [
      ...[metric, quantity * count, amountMicroUsd * count, events * count],
    ]),
  );

async function run(
  env: Record<string, string>,
  deliveries: number,
  jobs: number,
  atOnce: number,
): Promise<EmulatorRun> {
  const home = mkdtempSync(join(tmpdir(), 'atlas-emulator-bench-'));
  const config = readConfig({
    ...env,
    ...{ ATLAS_MODE: 'emulator', ATLAS_HOME: home, ATLAS_PORT: '0', ATLAS_DELIVERIES: String(deliveries) },
    GOOGLE_CLOUD_PROJECT: `bench-${deliveries}-${process.pid}`,
  });
  const server = await startLocalServer(config, () => undefined, registerEmpty);
  try {
    const { docs, clock } = server.deps;
    const { key, tenantId } = await createApiKey(docs, { name: 'bench' }, clock);
    const api = apiClient({ url: server.url, key });
    const assetId = await api.upload({ fileName: 'empty.glb', sizeBytes: 7 }, Buffer.from('nothing'));
    const request = { source: { kind: 'asset', assetId }, targets: ['web'] };
    const postAll = async (count: number): Promise<void> => {
      const options = { jobs: count, concurrency: atOnce };
      await Promise.all(Array.from({ length: atOnce }, (_, n) => startJobs(api, request, options, n)));
      await allEnded(docs, tenantId);
    };
    await postAll(1);
    const one = await readUsageTotals(docs, tenantId, anyDay);
    await postAll(warmUp);
    const started = performance.now();
    await postAll(jobs);
    const seconds = (performance.now() - started) / 1000;
    const all = times(1, await readUsageTotals(docs, tenantId, anyDay));
    return { deliveries, jobs, jobsPerSecond: round(jobs / seconds, 1), exact: all === times(1 + warmUp + jobs, one) };
  } finally {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Empty jobs on Google’s Firestore and Pub/Sub emulators, with each message delivered once and three times. */
export async function emulatorBench(jobs: number): Promise<EmulatorResult> {
  const found = findEmulators();
  if ('missing' in found) return { missing: found.missing, runs: [] };
  const emulators = await startEmulators(found);
  // Google’s clients read this one from the process, not from what they are given.
  process.env.METADATA_SERVER_DETECTION ??= 'none';
  try {
    const runs: EmulatorRun[] = [];
    for (const deliveries of [1, 3]) runs.push(await run(emulators.env, deliveries, jobs, 16));
    return { runs };
  } finally {
    await emulators.stop();
  }
}

export function emulatorTable({ missing, runs }: EmulatorResult): string {
  return [
    '### Empty jobs on Google’s emulators (both emulators, server and client on this machine)',
    '',
    ...(missing === undefined
      ? [
          '| every message is delivered | jobs | jobs each second | usage |',
          '| --- | ---: | ---: | --- |',
          ...runs.map(
            ({ deliveries, jobs, jobsPerSecond, exact }) =>
              `| ${deliveries} × | ${jobs} | ${jobsPerSecond} | ${exact ? 'exact' : 'WRONG'} |`,
          ),
        ]
      : [`Not measured: ${missing}.`]),
    '',
  ].join('\n');
}
