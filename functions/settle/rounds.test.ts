import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openReceipt } from '../../shared/receipt/dsse.ts';
import { assetPath } from '../../shared/records/assets.ts';
import { readJob } from '../../shared/records/jobs.ts';
import { type StageRecord, stagePath } from '../../shared/records/stages.ts';
import type { AssetDocument, GateResult, GateRound, UsageEvent, Verdict } from '../../shared/schema/index.ts';
import { finishedStages } from '../../shared/testing/finished-stages.ts';
import { type StagePlace, sourceAssetId, stagePlace } from '../../shared/testing/stage-place.ts';
import { settleFunction } from './settle.ts';

let place: StagePlace;
async function furnish(): Promise<void> {
  place = stagePlace();
  await place.deps.docs.set(assetPath(place.tenantId, sourceAssetId), { fileName: 'lamp.glb' });
}
beforeEach(furnish);
afterEach(() => place.close());

const keyOf = (digit: number): string => String(digit).repeat(64);
const roundOf = (round: number, verdict: Verdict): GateRound => ({
  ...{
    round,
    verdict,
    codes: verdict === 'rejected' ? ['limit_size_bytes'] : [],
    sizeBytes: 10 - round,
    triangles: 12,
  },
  settings: { triangles: 12, textureSizePx: 1024 >> round, textureQuality: 80, geometryCompression: 'none' },
});

/**
 * Settles a job of the target `web` whose tries ended with these verdicts, each with its own refine, convert and gate but
 * for the convert of the third, which is the second's; `accept` counts.
 */
async function settleTries(verdicts: readonly Verdict[], accept: number) {
  const made = await place.job(1);
  const { records, input } = finishedStages(made, { web: verdicts[accept] ?? 'rejected' });
  const write = (record: StageRecord) => place.deps.docs.set(stagePath(place.tenantId, record.stageKey), { ...record });
  const history = verdicts.map((verdict, round) => roundOf(round, verdict));
  const keys = (input.targets as Record<string, Record<string, string>>).web!;
  const accepted = { refineKey: keys.refineKey!, convertKey: keys.convertKey!, gateKey: keys.gateKey! };
  const rounds = verdicts.map((_, round) =>
    round === accept
      ? accepted
      : { refineKey: keyOf(round), convertKey: keyOf(round === 2 ? 4 : 3 + round), gateKey: keyOf(6 + round) },
  );
  for (const record of records) {
    const tries = history.slice(0, accept + 1);
    await write(
      record.stage === 'gate' ? { ...record, result: { ...(record.result as GateResult), rounds: tries } } : record,
    );
  }
  for (const [round, one] of rounds.entries()) {
    if (round === accept) continue;
    for (const [name, stageKey] of Object.entries(one)) {
      const like = records.find(({ stage }) => name === `${stage}Key`)!;
      const tries = history.slice(0, round + 1);
      const result =
        like.stage === 'gate'
          ? { ...(like.result as GateResult), verdict: verdicts[round], rounds: tries }
          : like.result;
      await write({ ...like, stageKey, result });
    }
  }
  const settle = settleFunction(place.deps);
  const targets = { web: { ...accepted, rounds } };
  await settle(place.event({ jobId: made.id, stage: 'settle', input: { ...input, targets } }));
  const job = await readJob(place.deps.docs, place.tenantId, made.id);
  const usage = (await place.deps.docs.query<UsageEvent>(`tenants/${place.tenantId}/usage`)).map(({ data }) => data);
  const asset = (await place.deps.docs.get<AssetDocument>(assetPath(place.tenantId, job.receiptAssetId ?? '')))!;
  const bytes = await place.deps.objects.get(asset.objectKey);
  const { predicate } = openReceipt(JSON.parse(Buffer.from(bytes).toString()), [
    (await place.deps.signer.key()).publicKeyPem,
  ]);
  return { job, usage, predicate, history, accepted };
}

const paidStages = (usage: readonly UsageEvent[]) =>
  usage.filter(({ quantity }) => quantity > 0).map(({ metric, stage }) => `${metric} ${stage ?? ''}`.trim());

describe('a target that took several tries', () => {
  test('is charged for the one that is delivered, and shows the others as lines of zero', async () => {
    const { job, usage, predicate } = await settleTries(['rejected', 'repaired'], 1);
    expect([job.status, job.verdict]).toEqual(['delivered', 'repaired']);
    expect(paidStages(usage).sort()).toEqual([
      ...['api_call', 'delivered_asset gate', 'processing convert', 'processing dispatch', 'processing refine'],
    ]);
    const free = usage.filter(({ quantity }) => quantity === 0);
    expect(free.map(({ stage, amountMicroUsd, note }) => [stage, amountMicroUsd, note]).sort()).toEqual([
      ['convert', 0, 'not charged: try 1 of this target was not the one delivered'],
      ['refine', 0, 'not charged: try 1 of this target was not the one delivered'],
    ]);
    expect(new Set(usage.map(({ id }) => id)).size).toBe(usage.length);
    expect(predicate.totalMicroUsd).toBe(usage.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0));
    expect(job.chargedMicroUsd).toBe(predicate.totalMicroUsd);
  });

  test('costs exactly what it would have cost at the first try', async () => {
    const once = await settleTries(['accepted'], 0);
    place.close();
    await furnish();
    const later = await settleTries(['rejected', 'rejected', 'repaired'], 2);
    expect(later.job.chargedMicroUsd).toBe(once.job.chargedMicroUsd);
    expect(paidStages(later.usage).sort()).toEqual(paidStages(once.usage).sort());
  });

  test('tells of every try in the job and in the receipt, also of those after the one that counts', async () => {
    const { job, predicate, history, accepted } = await settleTries(['rejected', 'repaired', 'rejected'], 1);
    expect(job.results[0]?.rounds).toEqual(history);
    expect(predicate.verdicts[0]?.rounds).toEqual(history);
    expect(predicate.stages.map(({ stageKey }) => stageKey).slice(1)).toEqual(Object.values(accepted));
  });

  test('shows work that two tries share once', async () => {
    const { usage } = await settleTries(['rejected', 'rejected', 'rejected', 'repaired'], 3);
    const free = usage.filter(({ quantity }) => quantity === 0).map(({ stage }) => stage);
    expect(free.sort()).toEqual(['convert', 'convert', 'refine', 'refine', 'refine']);
  });

  test('is charged nothing when none of them passed', async () => {
    const { job, usage, history } = await settleTries(['rejected', 'rejected'], 1);
    expect([job.status, paidStages(usage)]).toEqual(['rejected', ['api_call']]);
    expect(job.results[0]?.rounds).toEqual(history);
    for (const { metric, note } of usage) expect(metric === 'api_call' || note !== undefined).toBe(true);
  });
});

test('a target that passed at once has no list of tries', async () => {
  const { job, predicate } = await settleTries(['accepted'], 0);
  expect([job.results[0]?.rounds, predicate.verdicts[0]?.rounds]).toEqual([undefined, undefined]);
});
