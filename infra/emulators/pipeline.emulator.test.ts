import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiClient } from '../../clients/cli/api-client.ts';
import type { Deps } from '../../functions/context.ts';
import { readConfig } from '../../shared/config.ts';
import { openReceipt } from '../../shared/receipt/dsse.ts';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { listUsageEvents, readUsageTotals } from '../../shared/records/usage.ts';
import { Job, type UsageTotal } from '../../shared/schema/index.ts';
import { registerEmpty } from '../../shared/testing/empty-stages.ts';
import { clearFirestore, emulatorEnvironment } from '../../shared/testing/emulators.ts';
import { localMode, runJob, uploadBytes } from '../../shared/testing/local-mode.ts';
import { smallGlb } from '../../shared/testing/small-glb.ts';
import { startLocalServer } from '../local/server.ts';

const day = { from: '2020-01-01', to: '2999-01-01' };
/** How many jobs go through the chain with every message delivered three times. */
const jobs = Number(process.env.ATLAS_EMULATOR_JOBS ?? 10);
const deliveries = 3;
const atOnce = 16;

let folder: string;
beforeAll(async () => {
  await clearFirestore();
  folder = mkdtempSync(join(tmpdir(), 'atlas-emulator-mode-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = (home: string, more: Record<string, string> = {}): Record<string, string> =>
  emulatorEnvironment(join(folder, home), more);

test('a real job is delivered with its receipt, and charged once', async () => {
  const mode = await localMode(join(folder, 'real'), environment('real'));
  try {
    const assetId = await uploadBytes(mode.api, 'small.glb', await smallGlb());
    const finished = await runJob(mode.api, { source: { kind: 'asset', assetId }, targets: ['web'] });
    expect(finished.job.status).toBe('delivered');
    const { predicate } = openReceipt(await mode.api.receipt(finished.job.id), [mode.server.deps.signer.publicKeyPem]);
    expect(predicate).toMatchObject({ jobId: finished.job.id, status: 'delivered' });
    const { docs } = mode.server.deps;
    const events = await listUsageEvents(docs, mode.tenantId, { jobId: finished.job.id, limit: 100 });
    const charged = events.reduce((sum, { data }) => sum + data.amountMicroUsd, 0);
    const totals = await readUsageTotals(docs, mode.tenantId, day);
    expect(totals.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0)).toBe(charged);
    expect(Object.fromEntries(totals.map(({ metric, events: count }) => [metric, count]))).toMatchObject({
      api_call: 1,
      delivered_asset: 1,
    });
  } finally {
    await mode.server.close();
  }
}, 60_000);

/** What `count` jobs like the one that made `totals` cost. */
const times = (count: number, totals: readonly UsageTotal[]): Record<string, unknown> =>
  Object.fromEntries(
    totals.map(({ metric, quantity, amountMicroUsd, events }) => [
      metric,
      { quantity: quantity * count, amountMicroUsd: amountMicroUsd * count, events: events * count },
    ]),
  );

test(`${jobs} jobs whose messages all come ${deliveries} times are charged exactly once each`, async () => {
  let answers = 0;
  const counting = (deps: Deps): void =>
    registerEmpty({
      ...deps,
      workflows: {
        ...deps.workflows,
        answer(url, body) {
          answers++;
          return deps.workflows.answer(url, body);
        },
      },
    });
  const config = readConfig(environment('many', { ATLAS_DELIVERIES: String(deliveries) }));
  const server = await startLocalServer(config, () => undefined, counting);
  try {
    const { docs, clock } = server.deps;
    const { key, tenantId } = await createApiKey(docs, { name: 'many' }, clock);
    const api = apiClient({ url: server.url, key });
    const assetId = await uploadBytes(api, 'empty.glb', Buffer.from('nothing'));
    const request = { source: { kind: 'asset', assetId }, targets: ['web'] };
    expect((await runJob(api, request)).job.status).toBe('delivered');
    const one = await readUsageTotals(docs, tenantId, day);
    const started = performance.now();
    const post = async (n: number): Promise<void> => {
      for (let i = n; i < jobs; i += atOnce) await api.post('/v1/jobs', request, Job);
    };
    await Promise.all(Array.from({ length: atOnce }, (_, n) => post(n)));
    const open = { where: [{ field: 'status', op: 'in' as const, value: ['queued', 'running'] }], limit: 1 };
    while ((await docs.query(`tenants/${tenantId}/jobs`, open)).length > 0) await sleep(200);
    const seconds = (performance.now() - started) / 1000;
    // The copies that are still on their way must change nothing either.
    for (let before = -1; before !== answers; await sleep(1500)) before = answers;
    const all = await docs.query<Job>(`tenants/${tenantId}/jobs`);
    expect(new Set(all.map(({ data }) => data.status))).toEqual(new Set(['delivered']));
    expect(all).toHaveLength(jobs + 1);
    expect(times(1, await readUsageTotals(docs, tenantId, day))).toEqual(times(jobs + 1, one));
    // Four stages and settle answer for each job, each time that they are asked.
    expect(answers).toBeGreaterThanOrEqual(5 * deliveries * (jobs + 1));
    process.stderr.write(
      `${jobs} empty jobs, every message ${deliveries} times, ${answers} answers: ${(jobs / seconds).toFixed(1)} jobs/s\n`,
    );
  } finally {
    await server.close();
  }
}, 300_000);
