import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { openReceipt } from '../../shared/receipt/dsse.ts';
import { assetPath } from '../../shared/records/assets.ts';
import { changeJob, eventsPath, readJob } from '../../shared/records/jobs.ts';
import { provenancePath } from '../../shared/records/provenance.ts';
import { type StageRecord, stagePath } from '../../shared/records/stages.ts';
import { readUsageTotals } from '../../shared/records/usage.ts';
import { webhookPath } from '../../shared/records/webhooks.ts';
import {
  type AssetDocument,
  type JobDocument,
  type JobEvent,
  limits,
  Provenance,
  type Receipt,
  type UsageEvent,
  type Verdict,
} from '../../shared/schema/index.ts';
import { finishedStages } from '../../shared/testing/finished-stages.ts';
import { type StagePlace, sourceAssetId, stagePlace } from '../../shared/testing/stage-place.ts';
import { settleFunction } from './settle.ts';

let place: StagePlace;
let settle: ReturnType<typeof settleFunction>;
beforeEach(async () => {
  place = stagePlace();
  settle = settleFunction(place.deps);
  await place.deps.docs.set(assetPath(place.tenantId, sourceAssetId), { fileName: 'Große Lampe.glb' });
  await place.deps.docs.set(webhookPath(place.tenantId, 'whk_0123456789abcdef'), {
    id: 'whk_0123456789abcdef',
    events: ['job.delivered', 'job.rejected', 'job.failed'],
  });
});
afterEach(() => place.close());

const command = (job: JobDocument, input: Record<string, unknown>, attempt?: number) =>
  place.event({ jobId: job.id, stage: 'settle', input }, attempt);

/** Writes the stages that a workflow went through for each target, and gives what it tells the settle stage. */
async function worked(job: JobDocument, verdicts: Record<string, Verdict>): Promise<Record<string, unknown>> {
  const { records, input } = finishedStages(job, verdicts);
  for (const record of records) {
    await place.deps.docs.set(stagePath(place.tenantId, record.stageKey), { ...record });
  }
  return input;
}

const job = (id: string) => readJob(place.deps.docs, place.tenantId, id);
const usageOf = async (): Promise<UsageEvent[]> =>
  (await place.deps.docs.query<UsageEvent>(`tenants/${place.tenantId}/usage`)).map(({ data }) => data);
const eventsOf = async (id: string) =>
  (await place.deps.docs.query<JobEvent>(eventsPath(place.tenantId, id))).map(({ data }) => data.type);
/** The receipt as a customer gets it, checked. */
async function receiptOf(id: string): Promise<Receipt> {
  const path = assetPath(place.tenantId, (await job(id)).receiptAssetId ?? '');
  const asset = (await place.deps.docs.get<AssetDocument>(path))!;
  const bytes = await place.deps.objects.get(asset.objectKey);
  expect([bytes.byteLength, sha256Hex(bytes)]).toEqual([asset.sizeBytes, asset.sha256]);
  return openReceipt(JSON.parse(Buffer.from(bytes).toString()), [(await place.deps.signer.key()).publicKeyPem]);
}
/** Every sum is the sum of the events, and every event is there once. */
async function expectUsageAddsUp(): Promise<number> {
  const events = await usageOf();
  const totals = await readUsageTotals(place.deps.docs, place.tenantId, { from: '2026-01-01', to: '2026-12-31' });
  const sum = (list: readonly { amountMicroUsd: number }[]) => list.reduce((all, one) => all + one.amountMicroUsd, 0);
  expect(sum(totals)).toBe(sum(events));
  expect(totals.reduce((all, { events: count }) => all + count, 0)).toBe(events.length);
  for (const event of events) {
    expect(event.amountMicroUsd).toBe(event.quantity * event.unitPriceMicroUsd);
    expect(Number.isSafeInteger(event.amountMicroUsd)).toBe(true);
  }
  return sum(events);
}

describe('a job whose targets passed', () => {
  test('ends delivered, with files, receipt, usage, provenance, event, webhook and answer', async () => {
    const { id } = await place.job(1);
    await settle(command(await job(id), await worked(await job(id), { web: 'accepted' })));
    const ended = await job(id);
    expect(ended).toMatchObject({
      status: 'delivered',
      verdict: 'accepted',
      results: [{ target: 'web', reasons: [] }],
    });
    expect(ended.outputs.map(({ role, fileName }) => [role, fileName])).toEqual([
      ['model', 'Gro-e-Lampe.web.glb'],
      ['lod', 'Gro-e-Lampe.web.lod1.glb'],
      ['report', 'Gro-e-Lampe.web.report.json'],
      ['report', 'Gro-e-Lampe.web.report.html'],
    ]);
    const receipt = await receiptOf(id);
    expect(receipt.subject.map(({ name, digest }) => [name, digest.sha256])).toEqual(
      ended.outputs.map(({ fileName, sha256 }) => [fileName, sha256]),
    );
    expect(receipt.predicate.totalMicroUsd).toBe(ended.chargedMicroUsd);
    expect(await expectUsageAddsUp()).toBe(ended.chargedMicroUsd);
    const events = await usageOf();
    expect(events.map(({ id: eventId }) => eventId).sort()).toEqual(
      receipt.predicate.usage.map(({ id: eventId }) => eventId).sort(),
    );
    Provenance.parse(await place.deps.docs.get(provenancePath(place.tenantId, id)));
    expect(await eventsOf(id)).toEqual(['job.created', 'job.delivered']);
    expect(place.published).toMatchObject([{ topic: 'atlas-webhook' }]);
    expect(place.answers).toMatchObject([{ status: 'done' }]);
  });

  test('is charged once however often and at whatever time its command comes', async () => {
    const { id } = await place.job(1);
    const message = command(await job(id), await worked(await job(id), { web: 'accepted' }));
    await Promise.all([settle(message), settle(message), settle(message)]);
    const first = { job: await job(id), receipt: await receiptOf(id), usage: await usageOf() };
    place.clock.advance(86_400_000);
    await settle(message);
    expect({ job: await job(id), receipt: await receiptOf(id), usage: await usageOf() }).toEqual(first);
    await expectUsageAddsUp();
    expect((await eventsOf(id)).filter((type) => type === 'job.delivered')).toHaveLength(1);
    expect(place.answers).toHaveLength(4);
  });

  test('is settled alike when the first attempt died before its commit', async () => {
    const { id } = await place.job(1);
    const message = command(await job(id), await worked(await job(id), { web: 'accepted' }));
    const { transaction } = place.deps.docs;
    Object.assign(place.deps.docs, { transaction: () => Promise.reject(new Error('killed')) });
    await expect(settle(message)).rejects.toMatchObject({ code: 'internal' });
    Object.assign(place.deps.docs, { transaction });
    expect(await job(id)).toMatchObject({ status: 'running', outputs: [] });
    expect((await usageOf()).map(({ metric }) => metric)).toEqual(['api_call']);
    place.clock.advance(5000);
    await settle(message);
    expect(await job(id)).toMatchObject({ status: 'delivered' });
    await receiptOf(id);
    await expectUsageAddsUp();
  });
});

describe('what is charged', () => {
  const metricsOf = async () =>
    (await usageOf())
      .filter(({ quantity }) => quantity > 0)
      .map(({ metric, stage, target }) => [metric, stage, target].filter(Boolean).join(' '))
      .sort();

  test.each<[string, Record<string, Verdict>, string, string[]]>([
    ['one target passed', { web: 'accepted' }, 'delivered', ['web']],
    ['one was repaired', { web: 'repaired' }, 'delivered', ['web']],
    ['two passed', { web: 'accepted', unreal: 'accepted' }, 'delivered', ['unreal', 'web']],
    ['one of two was rejected', { web: 'accepted', unreal: 'rejected' }, 'rejected', ['web']],
    ['one of two needs a review', { web: 'accepted', unreal: 'needs_review' }, 'needs_review', ['web']],
    ['all were rejected', { web: 'rejected', unreal: 'rejected' }, 'rejected', []],
  ])('when %s', async (_case, verdicts, status, paid) => {
    const targets = Object.keys(verdicts);
    const made = await place.job(1, {
      request: { source: { kind: 'asset', assetId: sourceAssetId }, targets, candidates: 1 },
    });
    await settle(command(made, await worked(made, verdicts)));
    expect((await job(made.id)).status).toBe(status);
    expect(await metricsOf()).toEqual(
      [
        'api_call',
        ...(paid.length > 0 ? ['processing dispatch'] : []),
        ...paid.flatMap((target) => [
          `delivered_asset gate ${target}`,
          `processing convert ${target}`,
          `processing refine ${target}`,
        ]),
      ].sort(),
    );
    expect(await expectUsageAddsUp()).toBe((await job(made.id)).chargedMicroUsd);
    for (const { quantity, note } of await usageOf()) expect(note === undefined).toBe(quantity > 0);
    const shown = (await job(made.id)).outputs.filter(({ role }) => role !== 'report').map(({ target }) => target);
    expect([...new Set(shown)].sort()).toEqual(paid);
  });

  test('is not the work of an earlier job, nor one stage for two targets twice', async () => {
    const request = {
      source: { kind: 'asset' as const, assetId: sourceAssetId },
      targets: ['web', 'unreal'],
      candidates: 1,
    };
    const made = await place.job(1, { request });
    const { records, input } = finishedStages(made, { web: 'accepted', unreal: 'accepted' });
    const refineKey = records.find(({ stage }) => stage === 'refine')?.stageKey;
    const targets = input.targets as Record<string, Record<string, string>>;
    targets.unreal = { ...targets.unreal, refineKey: refineKey ?? '' };
    for (const record of records) {
      const earlier: Partial<StageRecord> = record.stage === 'dispatch' ? { jobId: 'job_earlier0000000000' } : {};
      await place.deps.docs.set(stagePath(place.tenantId, record.stageKey), { ...record, ...earlier });
    }
    await settle(command(made, input));
    const lines = (await usageOf()).filter(({ metric }) => metric === 'processing');
    expect(lines.filter(({ stage }) => stage === 'dispatch')).toMatchObject([{ quantity: 0, amountMicroUsd: 0 }]);
    expect(lines.filter(({ stage }) => stage === 'refine').map(({ quantity }) => quantity)).toEqual(
      expect.arrayContaining([0, 1]),
    );
    await expectUsageAddsUp();
  });
});

describe('a job always ends', () => {
  test('failed with the error that the workflow caught, for the price of the call', async () => {
    const made = await place.job(1);
    const error = { code: 'file_malformed', message: 'The file is broken.', pointer: '/meshes/0' };
    await settle(command(made, { error, dispatchKey: null, targets: {} }));
    expect(await job(made.id)).toMatchObject({ status: 'failed', error, outputs: [] });
    expect((await usageOf()).map(({ metric }) => metric)).toEqual(['api_call']);
    expect((await receiptOf(made.id)).predicate).toMatchObject({ status: 'failed', error });
  });

  test.each<[string, (made: JobDocument) => Record<string, unknown>]>([
    ['a form that is not known', () => ({ targets: 'all' })],
    ['an unknown field', () => ({ targets: {}, verdict: 'accepted' })],
    ['stages that nobody finished', () => ({ dispatchKey: 'a'.repeat(64), targets: {} })],
  ])('failed when the workflow tells %s', async (_case, input) => {
    const made = await place.job(1);
    await settle(command(made, input(made)));
    expect(await job(made.id)).toMatchObject({ status: 'failed', error: { code: 'internal' } });
    expect(await eventsOf(made.id)).toEqual(['job.created', 'job.failed']);
    await receiptOf(made.id);
    expect(place.answers).toMatchObject([{ status: 'done' }]);
  });

  test('failed when no target came to a result', async () => {
    const made = await place.job(1);
    await settle(command(made, { dispatchKey: null, targets: {} }));
    const ended = await job(made.id);
    expect(ended.status).toBe('failed');
    expect(ended.results).toMatchObject([{ target: 'web', verdict: 'rejected' }]);
  });

  test('failed at the last delivery when its result cannot be read, and not before', async () => {
    const made = await place.job(1);
    const input = await worked(made, { web: 'accepted' });
    const { docs } = place.deps;
    const { get } = docs;
    Object.assign(docs, {
      get: (path: string) => (path.includes('/stages/') ? Promise.reject(new Error('disk')) : get(path)),
    });
    await expect(settle(command(made, input, limits.stageDeliveries - 1))).rejects.toBeInstanceOf(AtlasError);
    expect((await job(made.id)).status).toBe('running');
    await settle(command(made, input, limits.stageDeliveries));
    expect(await job(made.id)).toMatchObject({ status: 'failed', error: { code: 'internal' } });
    await receiptOf(made.id);
    await expectUsageAddsUp();
  });

  test('with the receipt of how it ended, not of an attempt that could not be committed', async () => {
    const made = await place.job(1);
    const input = await worked(made, { web: 'accepted' });
    const { docs } = place.deps;
    const { transaction } = docs;
    let tries = 0;
    Object.assign(docs, {
      transaction: (body: never) =>
        ++tries === 1 ? Promise.reject(new AtlasError('count_over_limit', 'Too large.')) : transaction(body),
    });
    await settle(command(made, input));
    expect((await job(made.id)).status).toBe('failed');
    expect((await receiptOf(made.id)).predicate.status).toBe('failed');
  });

  test('cancelled when it was cancelled first: nothing is delivered or charged', async () => {
    const made = await place.job(1);
    const input = await worked(made, { web: 'accepted' });
    const { docs } = place.deps;
    const { transaction } = docs;
    let tries = 0;
    Object.assign(docs, {
      // The customer cancels while the result is put together.
      transaction: async (body: never) => {
        if (++tries === 1) {
          await changeJob(docs, place.clock, { tenantId: place.tenantId, jobId: made.id }, () => ({
            job: { status: 'cancelled' },
            events: [{ type: 'job.cancelled' }],
          }));
        }
        return transaction(body);
      },
    });
    await settle(command(made, input));
    expect(await job(made.id)).toMatchObject({ status: 'cancelled', outputs: [] });
    expect((await usageOf()).map(({ metric }) => metric)).toEqual(['api_call']);
    expect(await eventsOf(made.id)).toEqual(['job.created', 'job.cancelled']);
    expect(place.answers).toHaveLength(1);
  });

  test('but not by a command of another execution', async () => {
    const made = await place.job(1);
    await settle(place.event({ jobId: made.id, stage: 'settle', executionId: 'execution-2', input: { targets: {} } }));
    expect([(await job(made.id)).status, place.answers]).toEqual(['running', []]);
  });
});
