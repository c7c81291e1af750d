import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { firestoreDocStore } from '../../shared/adapters/gcp/firestore-doc-store.ts';
import type { ExecutionState } from '../../shared/ports/index.ts';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { claimKey } from '../../shared/records/idempotency.ts';
import { createJob, eventsPath, readJob } from '../../shared/records/jobs.ts';
import type { JobDocument } from '../../shared/schema/index.ts';
import { clearFirestore, emulators } from '../../shared/testing/emulators.ts';
import { type StagePlace, stagePlace } from '../../shared/testing/stage-place.ts';
import { runSweeps, type SweepDeps, sweepNames } from './sweep.ts';

const minute = 60_000;
const { firestoreHost, project } = emulators();
const docs = firestoreDocStore({ project, emulatorHost: firestoreHost });

let place: StagePlace;
let deps: SweepDeps;
const executions = new Map<string, ExecutionState>();

beforeAll(() => {
  place = stagePlace();
  deps = {
    ...place.deps,
    docs,
    workflows: {
      ...place.deps.workflows,
      async start() {
        const name = `executions/e${executions.size + 1}`;
        executions.set(name, 'active');
        return name;
      },
      state: async (name) => executions.get(name) ?? 'gone',
    },
  };
});
afterAll(async () => {
  place.close();
  await docs.close();
});
beforeEach(async () => {
  executions.clear();
  await clearFirestore();
});

async function acceptedJob(number: number, change: Partial<JobDocument> = {}): Promise<JobDocument> {
  const { tenantId, clock } = place;
  const job: JobDocument = {
    ...{
      id: `job_${String(number).padStart(16, '0')}`,
      tenantId,
      status: 'queued',
      priceMicroUsd: 1000,
      eventCount: 1,
    },
    request: { source: { kind: 'asset', assetId: 'ast_0123456789abcdef' }, targets: ['web'], candidates: 1 },
    ...{ createdAt: clock.now().toISOString(), results: [], outputs: [], stages: [], plans: [] },
    ...change,
  };
  await createJob(docs, job, []);
  return job;
}

/** All sweeps, by several callers at once; the counts of each. */
async function sweepAtOnce(callers: number): Promise<Record<string, number>[]> {
  const all = await Promise.all(Array.from({ length: callers }, () => runSweeps(deps, sweepNames, 60_000)));
  expect(all.map(({ isTroubled }) => isTroubled)).toEqual(all.map(() => false));
  return all.map(({ sweeps }) => sweeps.jobs?.counts ?? {});
}
const sum = (counts: readonly Record<string, number>[], what: string): number =>
  counts.reduce((total, one) => total + (one[what] ?? 0), 0);

test('on Firestore, of several sweeps at once one starts each job, and one ends each lost one', async () => {
  for (let number = 1; number <= 12; number++) await acceptedJob(number);
  const lost = await acceptedJob(20, { status: 'running', executionName: 'executions/x', executionId: 'lost' });
  place.clock.advance(minute);
  const first = await sweepAtOnce(3);
  expect([sum(first, 'started'), sum(first, 'doubted'), executions.size]).toEqual([12, 1, 12]);
  place.clock.advance(11 * minute);
  const second = await sweepAtOnce(3);
  expect([sum(second, 'alive'), sum(second, 'ended')]).toEqual([12, 1]);
  expect(await readJob(docs, lost.tenantId, lost.id)).toMatchObject({ status: 'failed' });
  const events = await docs.query<{ type: string }>(eventsPath(lost.tenantId, lost.id));
  expect(events.map(({ data }) => data.type)).toEqual(['job.created', 'job.failed']);
  expect(await docs.query('jobOutbox')).toHaveLength(12);
});

test('on Firestore, walks over tenants find what has expired, kept as a timestamp, and rest between passes', async () => {
  const { tenantId } = await createApiKey(docs, { name: 'one' }, place.clock);
  await claimKey(docs, place.clock, { tenantId, key: 'k', fingerprint: 'f' });
  place.clock.advance(26 * 60 * minute);
  await sweepAtOnce(2);
  expect(await docs.query(`tenants/${tenantId}/idempotency`)).toEqual([]);
  const resting = await docs.query('sweeps');
  expect(resting.map(({ id, data }) => [id, Object.keys(data)])).toEqual([
    ['idempotency', ['nextPassAtMs']],
    ['retention', ['nextPassAtMs']],
  ]);
});
