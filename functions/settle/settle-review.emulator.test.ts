import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { firestoreDocStore } from '../../shared/adapters/gcp/firestore-doc-store.ts';
import { apiCallEvent } from '../../shared/metering/usage-event.ts';
import { assetPath } from '../../shared/records/assets.ts';
import { createJob, eventsPath, outboxPath, readJob } from '../../shared/records/jobs.ts';
import { listJobs } from '../../shared/records/list-jobs.ts';
import { decideReview } from '../../shared/records/reviews.ts';
import { stagePath } from '../../shared/records/stages.ts';
import { readUsageTotals, usageWrites } from '../../shared/records/usage.ts';
import type { JobDocument, JobEvent } from '../../shared/schema/index.ts';
import { clearFirestore, emulators } from '../../shared/testing/emulators.ts';
import { finishedStages } from '../../shared/testing/finished-stages.ts';
import { type StagePlace, sourceAssetId, stagePlace } from '../../shared/testing/stage-place.ts';
import type { Deps } from '../context.ts';
import { sweepJobs } from '../sweep/sweep-jobs.ts';
import { settleFunction } from './settle.ts';

const { firestoreHost, project } = emulators();
const docs = firestoreDocStore({ project, emulatorHost: firestoreHost });
let place: StagePlace;
let deps: Deps;
beforeAll(() => {
  place = stagePlace();
  deps = { ...place.deps, docs };
});
afterAll(async () => {
  place.close();
  await docs.close();
});
beforeEach(clearFirestore);

/** A job whose gate left its only target to a person. */
async function waitingJob(number: number): Promise<JobDocument> {
  const { tenantId, clock } = place;
  const request = { source: { kind: 'asset' as const, assetId: sourceAssetId }, targets: ['web'], candidates: 1 };
  const job: JobDocument = {
    ...{
      id: `job_${String(number).padStart(16, '0')}`,
      tenantId,
      status: 'running',
      priceMicroUsd: 1_000_000,
      request,
    },
    ...{ createdAt: clock.now().toISOString(), results: [], outputs: [], stages: [], plans: [], eventCount: 1 },
    executionId: 'execution-1',
  };
  await createJob(docs, job, usageWrites(tenantId, apiCallEvent(job)));
  await docs.set(assetPath(tenantId, sourceAssetId), { fileName: 'lamp.glb' });
  const { records, input } = finishedStages(job, { web: 'needs_review' });
  for (const record of records) await docs.set(stagePath(tenantId, record.stageKey), { ...record });
  await settleFunction(deps)(place.event({ jobId: job.id, stage: 'settle', input }));
  return readJob(docs, tenantId, job.id);
}

/** Has the decision carried out by three at once; those whose commit came second are delivered again. */
async function carryOut({ id }: JobDocument): Promise<void> {
  const data = Buffer.from(JSON.stringify({ tenantId: place.tenantId, jobId: id, review: true })).toString('base64');
  const event = { id: 'message', data: { message: { data } } } as never;
  const settle = settleFunction(deps);
  await Promise.all([1, 2, 3].map(() => settle(event).catch(() => settle(event))));
}

async function expectExact({ id }: JobDocument, status: string): Promise<void> {
  const job = await readJob(docs, place.tenantId, id);
  expect(job.status).toBe(status);
  const totals = await readUsageTotals(docs, place.tenantId, { from: '2026-01-01', to: '2027-12-31' });
  expect(totals.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0)).toBe(job.chargedMicroUsd);
  const events = await docs.query<JobEvent>(eventsPath(place.tenantId, id));
  expect(events.map(({ data }) => data.type)).toEqual(['job.created', 'job.needs_review', `job.${status}`]);
  const quota = await docs.query<Record<string, number>>(`tenants/${place.tenantId}/quota`);
  const sum = (field: string) => quota.reduce((all, { data }) => all + (data[field] ?? 0), 0);
  expect([sum('jobs'), sum('spendMicroUsd')]).toEqual([1, job.chargedMicroUsd! - job.priceMicroUsd]);
  expect(await docs.get(outboxPath(id))).toBeUndefined();
}

test('on Firestore, of several decisions at once one counts, and it is carried out once', async () => {
  const job = await waitingJob(1);
  const found = await listJobs(docs, place.tenantId, { status: 'needs_review', limit: 10 });
  expect(found.jobs.map(({ id }) => id)).toEqual([job.id]);
  const ids = { tenantId: place.tenantId, jobId: job.id };
  const decisions = await Promise.allSettled(
    [1, 2, 3, 4].map((number) =>
      decideReview(
        deps,
        ids,
        { decision: 'approve', reason: `reviewer ${number}` },
        { actor: { kind: 'key', keyId: `key_000000000000000${number}`, requestId: 'req_1' } },
      ),
    ),
  );
  expect(decisions.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of decisions) {
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
  }
  await carryOut(job);
  await expectExact(job, 'delivered');
});

test('on Firestore, of several sweeps at once one refuses a job whose time is over', async () => {
  const job = await waitingJob(2);
  place.clock.advance(14 * 86_400_000);
  const all = await Promise.all([sweepJobs(deps), sweepJobs(deps), sweepJobs(deps)]);
  expect(all.reduce((sum, { counts }) => sum + (counts.refused ?? 0), 0)).toBe(1);
  await carryOut(job);
  await expectExact(job, 'rejected');
});
