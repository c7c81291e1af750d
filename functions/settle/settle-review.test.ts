import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sha256Hex } from '../../shared/ids.ts';
import { openReceipt } from '../../shared/receipt/dsse.ts';
import { assetPath } from '../../shared/records/assets.ts';
import { listAudit } from '../../shared/records/audit.ts';
import { eventsPath, outboxPath, readJob } from '../../shared/records/jobs.ts';
import { decideReview } from '../../shared/records/reviews.ts';
import { stagePath } from '../../shared/records/stages.ts';
import { readUsageTotals } from '../../shared/records/usage.ts';
import { webhookPath } from '../../shared/records/webhooks.ts';
import type { AssetDocument, JobDocument, JobEvent, Receipt, UsageEvent, Verdict } from '../../shared/schema/index.ts';
import { finishedStages } from '../../shared/testing/finished-stages.ts';
import { type StagePlace, sourceAssetId, stagePlace } from '../../shared/testing/stage-place.ts';
import { startJob } from '../start-job.ts';
import { sweepJobs } from '../sweep/sweep-jobs.ts';
import { settleFunction } from './settle.ts';

const minute = 60_000;
const day = 86_400_000;
let place: StagePlace;
let settle: ReturnType<typeof settleFunction>;
async function furnish(): Promise<void> {
  place = stagePlace();
  settle = settleFunction(place.deps);
  await place.deps.docs.set(assetPath(place.tenantId, sourceAssetId), { fileName: 'lamp.glb' });
  await place.deps.docs.set(webhookPath(place.tenantId, 'whk_0123456789abcdef'), {
    id: 'whk_0123456789abcdef',
    events: ['job.delivered', 'job.rejected', 'job.needs_review', 'job.failed'],
  });
}
beforeEach(furnish);
afterEach(() => place.close());

const job = (id: string) => readJob(place.deps.docs, place.tenantId, id);
const usageOf = async (): Promise<UsageEvent[]> =>
  (await place.deps.docs.query<UsageEvent>(`tenants/${place.tenantId}/usage`)).map(({ data }) => data);
const eventsOf = async (id: string) =>
  (await place.deps.docs.query<JobEvent>(eventsPath(place.tenantId, id))).map(({ data }) => data.type);
const deliveriesOf = async () =>
  (await place.deps.docs.query(`tenants/${place.tenantId}/webhooks/whk_0123456789abcdef/deliveries`)).map(
    ({ data }) => data.type,
  );
const entryOf = (id: string) => place.deps.docs.get(outboxPath(id));
const files = (made: JobDocument) => made.outputs.map(({ role, target }) => `${target} ${role}`);

async function receiptOf(id: string): Promise<Receipt> {
  const path = assetPath(place.tenantId, (await job(id)).receiptAssetId ?? '');
  const asset = (await place.deps.docs.get<AssetDocument>(path))!;
  const bytes = await place.deps.objects.get(asset.objectKey);
  expect(sha256Hex(bytes)).toBe(asset.sha256);
  return openReceipt(JSON.parse(Buffer.from(bytes).toString()), [(await place.deps.signer.key()).publicKeyPem]);
}

/** What the tenant’s counters say has ended, was delivered and came back. */
async function counted() {
  const found = await place.deps.docs.query<Record<string, number>>(`tenants/${place.tenantId}/quota`);
  const sum = (field: string) => found.reduce((all, { data }) => all + (data[field] ?? 0), 0);
  return { ended: sum('jobs'), bytes: sum('deliveredBytes'), spend: sum('spendMicroUsd') };
}

/** Events, sums and receipt of the only job tell the same charge, and nothing is counted twice. */
async function expectExact(id: string): Promise<void> {
  const [made, events] = [await job(id), await usageOf()];
  const totals = await readUsageTotals(place.deps.docs, place.tenantId, { from: '2026-01-01', to: '2026-12-31' });
  const sum = (list: readonly { amountMicroUsd: number }[]) => list.reduce((all, one) => all + one.amountMicroUsd, 0);
  expect([sum(totals), sum(events)]).toEqual([made.chargedMicroUsd, made.chargedMicroUsd]);
  expect(totals.reduce((all, { events: count }) => all + count, 0)).toBe(events.length);
  const { predicate } = await receiptOf(id);
  expect(predicate.totalMicroUsd).toBe(made.chargedMicroUsd);
  expect(predicate.usage.map((event) => event.id).sort()).toEqual(events.map((event) => event.id).sort());
  const bytes = made.outputs.reduce((all, { sizeBytes }) => all + sizeBytes, 0);
  expect(await counted()).toEqual({ ended: 1, bytes, spend: made.chargedMicroUsd! - made.priceMicroUsd });
  expect(await entryOf(id)).toBeUndefined();
}

/** Settles a job whose targets came to these verdicts; `isShared` gives them one refine. */
async function ended(
  number: number,
  verdicts: Record<string, Verdict>,
  change: Partial<JobDocument> = {},
  isShared = false,
): Promise<JobDocument> {
  const source = { kind: 'asset' as const, assetId: sourceAssetId };
  const made = await place.job(number, {
    request: { source, targets: Object.keys(verdicts), candidates: 1 },
    ...change,
  });
  const { records, input } = finishedStages(made, verdicts);
  for (const record of records) {
    await place.deps.docs.set(stagePath(place.tenantId, record.stageKey), { ...record });
  }
  const refineKey = records.find(({ stage }) => stage === 'refine')!.stageKey;
  if (isShared) for (const keys of Object.values(input.targets as object)) Object.assign(keys, { refineKey });
  await settle(place.event({ jobId: made.id, stage: 'settle', input }));
  return job(made.id);
}

const decide = (id: string, decision: 'approve' | 'refuse', keyId = 'key_0123456789abcdef', repeated = false) =>
  decideReview(
    place.deps,
    { tenantId: place.tenantId, jobId: id },
    { decision, reason: `they ${decision} it` },
    { actor: { kind: 'key', keyId, requestId: 'req_1' }, repeated },
  );
const carryOut = (id: string) => {
  const data = Buffer.from(JSON.stringify({ tenantId: place.tenantId, jobId: id, review: true })).toString('base64');
  return settle({ id: 'message-2', data: { message: { data } } } as never);
};
const sweep = async (afterMs = 0) => {
  place.clock.advance(afterMs);
  return { ...(await sweepJobs(place.deps)).counts };
};
const reviewMessages = () => place.published.filter(({ topic }) => topic === 'atlas-settle').length;

describe('a job that needs a review', () => {
  test('delivers and charges nothing yet, holds no place, and keeps its price reserved', async () => {
    const made = await ended(1, { web: 'needs_review' });
    expect(made).toMatchObject({ status: 'needs_review', verdict: 'needs_review', review: { targets: ['web'] } });
    expect(files(made)).toEqual(['web report', 'web report']);
    expect((await usageOf()).map(({ metric }) => metric)).toEqual(['api_call']);
    expect(await counted()).toMatchObject({ ended: 1, spend: 0 });
    expect((await receiptOf(made.id)).predicate).toMatchObject({ status: 'needs_review' });
    expect(await deliveriesOf()).toEqual(['job.needs_review']);
    expect(await entryOf(made.id)).toMatchObject({ dueAt: made.review?.dueAt });
  });

  test('has fourteen days, or as many as the policy of its tenant said', async () => {
    const now = place.clock.now().getTime();
    const usual = await ended(1, { web: 'needs_review' });
    const own = await ended(2, { web: 'needs_review' }, { policy: { sha256: 'a'.repeat(64), reviewDays: 3 } });
    expect([usual, own].map(({ review }) => Date.parse(review!.dueAt) - now)).toEqual([14 * day, 3 * day]);
    expect((await receiptOf(own.id)).predicate.policySha256).toBe('a'.repeat(64));
  });

  test('keeps its place in the outbox although its start is written down after it', async () => {
    const made = await ended(1, { web: 'needs_review' });
    const before = await entryOf(made.id);
    await startJob({ ...place.deps, workflows: { ...place.deps.workflows, start: async () => 'executions/1' } }, made);
    expect(await entryOf(made.id)).toEqual(before);
  });
});

describe('the decision', () => {
  test('to approve delivers and charges what a job that passed at once costs', async () => {
    const made = await ended(1, { web: 'needs_review' });
    await decide(made.id, 'approve');
    expect((await job(made.id)).status).toBe('needs_review');
    await carryOut(made.id);
    const done = await job(made.id);
    expect(done).toMatchObject({ status: 'delivered', verdict: 'accepted', results: [{ target: 'web', reasons: [] }] });
    expect(files(done)).toEqual(['web model', 'web lod', 'web report', 'web report']);
    await expectExact(made.id);
    const review = { decision: 'approve', reason: 'they approve it', by: 'key_0123456789abcdef' };
    expect((await receiptOf(made.id)).predicate).toMatchObject({ status: 'delivered', review });
    expect(await eventsOf(made.id)).toEqual(['job.created', 'job.needs_review', 'job.delivered']);
    expect((await deliveriesOf()).sort()).toEqual(['job.delivered', 'job.needs_review']);
    expect((await listAudit(place.deps.docs, place.tenantId, { limit: 5 })).map(({ data }) => data)).toMatchObject([
      { action: 'job.approved', subject: made.id, actor: { keyId: 'key_0123456789abcdef' } },
    ]);
    place.close();
    await furnish();
    const twin = await ended(1, { web: 'accepted' });
    expect([done.chargedMicroUsd, done.outputs]).toEqual([twin.chargedMicroUsd, twin.outputs]);
  });

  test('to refuse rejects it, for the price of the call, with the reason', async () => {
    const made = await ended(1, { web: 'needs_review' });
    await decide(made.id, 'refuse');
    await carryOut(made.id);
    const done = await job(made.id);
    expect(done).toMatchObject({ status: 'rejected', verdict: 'rejected' });
    expect(done.results[0]?.reasons.at(-1)).toBe('Refused: they refuse it');
    expect(files(done)).toEqual(['web report', 'web report']);
    expect((await usageOf()).filter(({ quantity }) => quantity > 0).map(({ metric }) => metric)).toEqual(['api_call']);
    await expectExact(made.id);
    expect((await receiptOf(made.id)).predicate).toMatchObject({ status: 'rejected', review: { decision: 'refuse' } });
    expect((await deliveriesOf()).sort()).toEqual(['job.needs_review', 'job.rejected']);
  });

  test('counts once: of two at the same time the second is told what was decided', async () => {
    const made = await ended(1, { web: 'needs_review' });
    const both = await Promise.allSettled([
      decide(made.id, 'approve'),
      decide(made.id, 'refuse', 'key_fedcba9876543210'),
    ]);
    const lost = both.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
    expect(lost).toMatchObject([
      { code: 'conflict', message: expect.stringMatching(/was (approved|refused) at .* by key_/) },
    ]);
    const { decided } = (await job(made.id)).review!;
    expect(lost[0].message).toContain(decided?.by);
    await carryOut(made.id);
    await expect(decide(made.id, 'approve')).rejects.toMatchObject({ code: 'conflict' });
    await expectExact(made.id);
  });

  test('of the same request again is no conflict', async () => {
    const made = await ended(1, { web: 'needs_review' });
    await decide(made.id, 'approve');
    await expect(decide(made.id, 'approve', undefined, true)).resolves.toMatchObject({ id: made.id });
    await expect(decide(made.id, 'approve')).rejects.toMatchObject({ code: 'conflict' });
    await expect(decide(made.id, 'refuse', undefined, true)).rejects.toMatchObject({ code: 'conflict' });
    expect(await listAudit(place.deps.docs, place.tenantId, { limit: 5 })).toHaveLength(1);
  });

  test.each(['accepted', 'rejected'] as const)('is not asked for where the gate has %s', async (verdict) => {
    const made = await ended(1, { web: verdict });
    await expect(decide(made.id, 'approve')).rejects.toMatchObject({ code: 'conflict' });
    await carryOut(made.id);
    expect(await job(made.id)).toEqual(made);
  });

  test('is carried out once however often its message comes', async () => {
    const made = await ended(1, { web: 'needs_review' });
    await decide(made.id, 'approve');
    await Promise.all([carryOut(made.id), carryOut(made.id), carryOut(made.id)]);
    const first = [await job(made.id), await receiptOf(made.id)];
    place.clock.advance(day);
    await carryOut(made.id);
    expect([await job(made.id), await receiptOf(made.id)]).toEqual(first);
    await expectExact(made.id);
    expect((await eventsOf(made.id)).filter((type) => type === 'job.delivered')).toHaveLength(1);
  });

  test('that was not carried out is, by the sweep, when its message was lost', async () => {
    const made = await ended(1, { web: 'needs_review' });
    await decide(made.id, 'approve');
    expect([await sweep(), reviewMessages()]).toEqual([{}, 0]);
    expect([await sweep(minute), reviewMessages()]).toEqual([{ resumed: 1 }, 1]);
    await carryOut(made.id);
    expect((await job(made.id)).status).toBe('delivered');
    expect(await sweep(day)).toEqual({});
    await expectExact(made.id);
  });

  test('survives a kill before the commit of its settlement', async () => {
    const made = await ended(1, { web: 'needs_review' });
    await decide(made.id, 'approve');
    const { transaction } = place.deps.docs;
    Object.assign(place.deps.docs, { transaction: () => Promise.reject(new Error('killed')) });
    await expect(carryOut(made.id)).rejects.toMatchObject({ code: 'internal' });
    Object.assign(place.deps.docs, { transaction });
    expect((await job(made.id)).status).toBe('needs_review');
    expect((await usageOf()).map(({ metric }) => metric)).toEqual(['api_call']);
    expect(await sweep(minute)).toEqual({ resumed: 1 });
    await carryOut(made.id);
    await expectExact(made.id);
  });

  test('that can never be carried out ends the job as failed; what was reserved comes back', async () => {
    const made = await ended(1, { web: 'needs_review' });
    await decide(made.id, 'approve');
    for (const { path } of await place.deps.docs.query(`tenants/${place.tenantId}/stages`))
      await place.deps.docs.delete(path);
    place.clock.advance(2 * day);
    await carryOut(made.id);
    expect(await job(made.id)).toMatchObject({ status: 'failed', error: { code: 'internal' } });
    const { chargedMicroUsd, priceMicroUsd } = await job(made.id);
    expect(await counted()).toMatchObject({ ended: 1, spend: chargedMicroUsd! - priceMicroUsd });
    expect(await entryOf(made.id)).toBeUndefined();
    expect(await eventsOf(made.id)).toEqual(['job.created', 'job.needs_review', 'job.failed']);
  });
});

describe('a job that nobody has decided on', () => {
  test('is refused when its time is over, once, and the reason says so', async () => {
    const made = await ended(1, { web: 'needs_review' });
    expect(await sweep(14 * day - minute)).toEqual({});
    place.clock.advance(minute);
    const both = await Promise.all([sweepJobs(place.deps), sweepJobs(place.deps)]);
    expect(both.map(({ counts }) => counts.refused ?? 0).sort()).toEqual([0, 1]);
    await carryOut(made.id);
    expect(await job(made.id)).toMatchObject({
      status: 'rejected',
      review: { decided: { decision: 'refuse', by: 'deadline', reason: 'Nobody decided within 14 days.' } },
    });
    await expectExact(made.id);
    expect((await listAudit(place.deps.docs, place.tenantId, { limit: 5 })).map(({ data }) => data)).toMatchObject([
      { action: 'job.refused', actor: { kind: 'deadline' } },
    ]);
  });

  test('is left to its reviewer until then, whatever becomes of its execution', async () => {
    const made = await ended(1, { web: 'needs_review' });
    for (let look = 0; look < 5; look++) expect(await sweep(2 * day)).toEqual({});
    expect(await job(made.id)).toEqual(made);
  });
});

describe('a job with several targets', () => {
  const amounts = async () => (await usageOf()).map(({ id, amountMicroUsd, note }) => [id, amountMicroUsd, note]);

  test('delivers and charges at once what passed; what was written then stays as it is', async () => {
    const made = await ended(1, { unreal: 'needs_review', web: 'accepted' });
    expect(made.status).toBe('needs_review');
    expect(new Set(files(made))).toEqual(new Set(['unreal report', 'web model', 'web lod', 'web report']));
    const before = await amounts();
    expect(made.chargedMicroUsd).toBe(before.reduce((sum, [, amount]) => sum + Number(amount), 0));
    await decide(made.id, 'approve');
    await carryOut(made.id);
    const done = await job(made.id);
    expect([done.status, new Set(files(done)).has('unreal model')]).toEqual(['delivered', true]);
    expect(await amounts()).toEqual(expect.arrayContaining(before));
    const paid = (await usageOf())
      .filter(({ quantity }) => quantity > 0)
      .map(({ metric, target }) => `${metric} ${target}`);
    expect(new Set(paid)).toEqual(
      new Set([
        ...['api_call undefined', 'processing undefined', 'processing web', 'delivered_asset web'],
        ...['processing unreal', 'delivered_asset unreal'],
      ]),
    );
    await expectExact(made.id);
  });

  test('pays for work that both share once, with what was delivered first', async () => {
    const made = await ended(1, { unreal: 'needs_review', web: 'accepted' }, {}, true);
    await decide(made.id, 'approve');
    await carryOut(made.id);
    const refined = (await usageOf()).filter(({ stage }) => stage === 'refine');
    expect(refined.map(({ target, quantity }) => `${target} ${quantity}`).sort()).toEqual(['unreal 0', 'web 1']);
    await expectExact(made.id);
  });

  test('is rejected when what waited is refused; what had passed stays delivered', async () => {
    const made = await ended(1, { unreal: 'needs_review', web: 'accepted' });
    await decide(made.id, 'refuse');
    await carryOut(made.id);
    const done = await job(made.id);
    expect([done.status, done.chargedMicroUsd]).toEqual(['rejected', made.chargedMicroUsd]);
    expect(files(done)).toContain('web model');
    await expectExact(made.id);
  });

  test('can be reviewed although another target was rejected', async () => {
    const made = await ended(1, { web: 'rejected', unreal: 'needs_review' });
    expect(made).toMatchObject({ status: 'needs_review', review: { targets: ['unreal'] } });
    await decide(made.id, 'approve');
    await carryOut(made.id);
    const done = await job(made.id);
    expect([done.status, files(done).includes('unreal model')]).toEqual(['rejected', true]);
    await expectExact(made.id);
  });
});
