import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { z } from 'zod';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { openReceipt } from '../../shared/receipt/dsse.ts';
import { GateReport, type Job, type JobEvent, UsageEvent } from '../../shared/schema/index.ts';
import { type LocalMode, localMode, runJob, smallViews, uploadBytes } from '../../shared/testing/local-mode.ts';
import { seededRandom } from '../../shared/testing/seeded-pictures.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const home = tempFolder();
let mode: LocalMode;
beforeAll(async () => {
  mode = await localMode(home);
});
afterAll(() => mode.server.close());

/** A PNG of grain that hardly compresses: over 10 MB at 2048 pixels a side, under 4 MB at 1024. */
async function grainyPng(sizePx: number): Promise<Uint8Array> {
  const random = seededRandom(4);
  const data = new Uint8Array(sizePx * sizePx * 3);
  for (let i = 0; i < data.length; i++) data[i] = 112 + Math.floor(random() * 32);
  return sharp(data, { raw: { width: sizePx, height: sizePx, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

async function grainySphere(): Promise<Uint8Array> {
  const document = sphereDocument({ segments: 32, uv: true });
  const image = Uint8Array.from(await grainyPng(2048));
  const texture = document.createTexture().setMimeType('image/png').setImage(image);
  document.getRoot().listMaterials()[0]!.setBaseColorTexture(texture).setMetallicFactor(0);
  return writeGlb(document);
}

/** Of `mobile-ar`. */
const limitBytes = 10_000_000;
/** Two changes are enough here: the first is far too much, the second just right. */
const recipe = { ...smallViews, convert: { textureFormat: 'keep' }, backOff: { rounds: 2 } };
const produce = async (glb: Uint8Array, more: object) =>
  runJob(mode.api, {
    source: { kind: 'asset', assetId: await uploadBytes(mode.api, 'grain.glb', glb) },
    targets: ['mobile-ar'],
    ...more,
  });
const usageOf = async (jobId: string) =>
  (await mode.api.get(`/v1/usage/events?jobId=${jobId}`, z.object({ items: z.array(UsageEvent) }))).items;
const reportOf = async (job: Job) => {
  const id = job.results[0]?.reportAssetId ?? '';
  return GateReport.parse(JSON.parse(Buffer.from(await mode.api.download(id)).toString()));
};

describe('a job whose first settings make too large a file', () => {
  let source: Uint8Array;
  let finished: { job: Job; events: JobEvent[] };
  beforeAll(async () => {
    source = await grainySphere();
    finished = await produce(source, { recipe });
  }, 300_000);

  test('ends repaired: other settings were tried until the file kept to the limit', () => {
    const { job } = finished;
    expect([job.status, job.verdict, job.results[0]?.reasons]).toEqual(['delivered', 'repaired', []]);
    const [model] = job.outputs;
    expect(model?.role).toBe('model');
    expect(model!.sizeBytes).toBeLessThanOrEqual(limitBytes);
    const rounds = job.results[0]?.rounds ?? [];
    expect(rounds[0]).toMatchObject({ round: 0, verdict: 'rejected', codes: ['limit_size_bytes'] });
    expect(rounds[0]!.sizeBytes).toBeGreaterThan(limitBytes);
    // Half the size is the largest that fits, and nothing but it has to be given up.
    const accepted = rounds
      .filter(({ verdict }) => verdict === 'repaired')
      .sort((a, b) => b.sizeBytes - a.sizeBytes)[0];
    expect(accepted?.settings).toEqual({ ...rounds[0]!.settings, textureSizePx: 1024 });
    expect(accepted?.sizeBytes).toBe(model?.sizeBytes);
  });

  test('tells of its rounds in the report and in the signed receipt', async () => {
    const { job } = finished;
    const rounds = job.results[0]?.rounds ?? [];
    const report = await reportOf(job);
    expect(report.verdict).toBe('repaired');
    expect(report.rounds).toEqual(rounds.slice(0, report.rounds?.length));
    expect(report.rounds?.at(-1)?.sizeBytes).toBe(job.outputs[0]?.sizeBytes);
    const { predicate } = openReceipt(await mode.api.receipt(job.id), [mode.server.deps.signer.publicKeyPem]);
    expect(predicate.verdicts[0]).toMatchObject({ verdict: 'repaired', rounds });
  });

  test('tells of every round in its stages and events', () => {
    const { job, events } = finished;
    const count = job.results[0]?.rounds?.length ?? 0;
    expect(count).toBeGreaterThan(1);
    for (const name of ['refine', 'convert', 'gate']) {
      const rounds = Array.from({ length: count }, (_, round) => round || undefined);
      expect(job.stages.filter((stage) => stage.name === name).map(({ round }) => round)).toEqual(rounds);
      const ended = events.filter(({ type, stage }) => type === 'stage.finished' && stage === name);
      expect(ended.map(({ round }) => round)).toEqual(rounds);
    }
  });

  test('is charged for one delivery, and no more than was quoted', async () => {
    const { job } = finished;
    const usage = await usageOf(job.id);
    const charged = usage.filter(({ target, quantity }) => target === 'mobile-ar' && quantity > 0);
    expect(charged.map(({ metric, stage }) => `${metric} ${stage}`).sort()).toEqual([
      'delivered_asset gate',
      'processing convert',
      'processing refine',
    ]);
    expect(usage.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0)).toBe(job.chargedMicroUsd);
    expect(job.chargedMicroUsd).toBeLessThanOrEqual(job.priceMicroUsd);
    expect(usage.some(({ note }) => note?.includes('not the one delivered'))).toBe(true);
  });

  test('goes the same way again out of the cache', async () => {
    const again = await produce(source, { recipe });
    expect(again.job.stages.every(({ cached }) => cached)).toBe(true);
    expect(again.job.outputs.map(({ sha256 }) => sha256)).toEqual(finished.job.outputs.map(({ sha256 }) => sha256));
    expect(again.job.results[0]).toMatchObject({ verdict: 'repaired', rounds: finished.job.results[0]?.rounds });
  }, 120_000);

  test('shares what a job that asks for those settings at once makes, whose own verdict is accepted', async () => {
    const asked = await produce(source, { recipe: { ...recipe, refine: { textureSizePx: 1024 } } });
    expect(asked.job.verdict).toBe('accepted');
    expect(asked.job.results[0]?.rounds).toBeUndefined();
    const [model] = asked.job.outputs;
    expect(model?.sha256).toBe(finished.job.outputs[0]?.sha256);
    const cached = asked.job.stages.filter((stage) => stage.cached).map(({ name }) => name);
    expect(cached.sort()).toEqual(['convert', 'dispatch', 'refine']);
  }, 120_000);
});
