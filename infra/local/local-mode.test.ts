import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { openReceipt } from '../../shared/receipt/dsse.ts';
import { Job, Provenance, UsageEvent } from '../../shared/schema/index.ts';
import { brokenFiles } from '../../shared/testing/broken-files.ts';
import { carelessMesh } from '../../shared/testing/careless-mesh.ts';
import { type LocalMode, localMode, runJob, smallViews, uploadBytes } from '../../shared/testing/local-mode.ts';
import { sphereDocument } from '../../shared/testing/sphere-document.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const home = tempFolder();
const source = carelessMesh({ seed: 5, triangles: 6000 });
const Usage = z.object({ items: z.array(UsageEvent) });
const Totals = z.object({ items: z.array(z.object({ metric: z.string(), quantity: z.int(), events: z.int() })) });

let mode: LocalMode;
beforeAll(async () => {
  mode = await localMode(home);
});
afterAll(() => mode.server.close());

const request = (assetId: string, more: object = {}) => ({
  source: { kind: 'asset', assetId },
  targets: ['web', 'mobile-ar'],
  recipe: smallViews,
  ...more,
});
const usageOf = async (jobId: string) => (await mode.api.get(`/v1/usage/events?jobId=${jobId}`, Usage)).items;
const totals = async () => (await mode.api.get('/v1/usage', Totals)).items;

describe('a job from a raw file to the receipt', () => {
  let finished: Awaited<ReturnType<typeof runJob>>;
  beforeAll(async () => {
    finished = await runJob(mode.api, request(await uploadBytes(mode.api, 'careless.glb', source)));
  });

  test('is delivered for every target', () => {
    const { job } = finished;
    expect([job.status, job.verdict, job.error]).toEqual(['delivered', 'accepted', undefined]);
    expect(job.results.map(({ target, verdict }) => [target, verdict])).toEqual([
      ['web', 'accepted'],
      ['mobile-ar', 'accepted'],
    ]);
    expect(job.source).toMatchObject({ sha256: sha256Hex(source), format: 'glb' });
  });

  test('tells of each stage in order, without gaps', () => {
    const { events } = finished;
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(['job.created', 'job.delivered']);
    const ended = events
      .filter(({ type }) => type === 'stage.finished')
      .map(({ stage, target }) => `${stage} ${target ?? ''}`);
    expect(ended.sort()).toEqual([
      'convert mobile-ar',
      'convert web',
      'dispatch ',
      'gate mobile-ar',
      'gate web',
      'refine mobile-ar',
      'refine web',
    ]);
  });

  test('gives files whose bytes are the ones that the job and the signed receipt name', async () => {
    const receipt = openReceipt(await mode.api.receipt(finished.job.id), [mode.server.deps.signer.publicKeyPem]);
    const named = new Map(receipt.subject.map(({ name, digest }) => [name, digest.sha256]));
    expect(named.size).toBe(finished.job.outputs.length);
    for (const output of finished.job.outputs) {
      const bytes = await mode.api.download(output.assetId);
      expect([output.sha256, named.get(output.fileName)]).toEqual([sha256Hex(bytes), sha256Hex(bytes)]);
    }
  });

  test('has a receipt that links source, stages, files and usage', async () => {
    const { predicate } = openReceipt(await mode.api.receipt(finished.job.id), [mode.server.deps.signer.publicKeyPem]);
    expect(predicate.source?.digest.sha256).toBe(sha256Hex(source));
    const made = new Set([
      sha256Hex(source),
      ...predicate.stages.flatMap(({ outputs }) => outputs.map(({ digest }) => digest.sha256)),
    ]);
    for (const stage of predicate.stages) for (const input of stage.inputs) expect(made).toContain(input.digest.sha256);
    expect(predicate.usage).toEqual(expect.arrayContaining(await usageOf(finished.job.id)));
    expect(predicate.totalMicroUsd).toBe(finished.job.chargedMicroUsd);
    expect(predicate.totalMicroUsd).toBeLessThanOrEqual(finished.job.priceMicroUsd);
  });

  test('keeps its provenance in PROV terms, from each file back to the source', async () => {
    const [model] = finished.job.outputs;
    const graph = await mode.api.get(`/v1/assets/${model?.assetId}/provenance`, Provenance);
    const derived = Object.values(graph.wasDerivedFrom) as {
      'prov:generatedEntity': string;
      'prov:usedEntity': string;
    }[];
    const reached = new Set([`atlas:sha256/${model?.sha256}`]);
    for (let before = -1; before !== reached.size; ) {
      before = reached.size;
      for (const edge of derived) if (reached.has(edge['prov:generatedEntity'])) reached.add(edge['prov:usedEntity']);
    }
    expect(reached).toContain(`atlas:sha256/${sha256Hex(source)}`);
  });

  test('counts nothing twice when its messages come again', async () => {
    const before = [await totals(), await usageOf(finished.job.id)];
    const job = await mode.server.deps.docs.get<{ executionId: string }>(
      `tenants/${mode.tenantId}/jobs/${finished.job.id}`,
    );
    const command = {
      tenantId: mode.tenantId,
      jobId: finished.job.id,
      executionId: job?.executionId,
      callbackUrl: `${mode.server.url}/v1/projects/p/none`,
    };
    for (let i = 0; i < 3; i++) {
      for (const [stage, input] of [
        ['dispatch', {}],
        ['settle', { targets: {} }],
      ] as const) {
        await mode.server.deps.bus.publish(`atlas-${stage}`, { data: JSON.stringify({ ...command, stage, input }) });
      }
    }
    const left = mode.server.deps.db.prepare('SELECT count(*) AS n FROM bus_messages');
    while ((left.get() as { n: number }).n > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect([await totals(), await usageOf(finished.job.id)]).toEqual(before);
    expect(mode.server.deps.bus.deadLetters()).toEqual([]);
  });

  test('costs less the second time: stages of an earlier job are used and not charged', async () => {
    const again = await runJob(mode.api, request(await uploadBytes(mode.api, 'careless.glb', source)));
    expect(again.job.stages.every(({ cached }) => cached)).toBe(true);
    expect(again.job.outputs.map(({ sha256 }) => sha256)).toEqual(finished.job.outputs.map(({ sha256 }) => sha256));
    const usage = await usageOf(again.job.id);
    expect(
      usage.filter(({ metric }) => metric === 'processing').every(({ quantity, note }) => quantity === 0 && note),
    ).toBe(true);
    expect(usage.filter(({ metric, quantity }) => metric === 'delivered_asset' && quantity === 1)).toHaveLength(2);
  });
});

test('a job that asks for it runs the scoring job, and its manifest is in the receipt', async () => {
  const { job } = await runJob(
    mode.api,
    request(await uploadBytes(mode.api, 's.glb', source), { targets: ['web'], recipe: { ...smallViews, score: true } }),
  );
  const { predicate } = openReceipt(await mode.api.receipt(job.id), [mode.server.deps.signer.publicKeyPem]);
  expect(predicate.scores?.digest.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('a recipe overrides the budget, and the file keeps to it', async () => {
  const recipe = { ...smallViews, convert: { triangles: 1500, lods: [] } };
  const { job } = await runJob(
    mode.api,
    request(await uploadBytes(mode.api, 'r.glb', source), { targets: ['unreal'], recipe }),
  );
  const [model] = job.outputs;
  expect(model?.triangles).toBeLessThanOrEqual(1500);
  expect(model?.triangles).toBeGreaterThanOrEqual(1485);
});

/** Eleven spheres of a material each: one more than the hard limit of `mobile-ar`, which no recipe takes away. */
async function manyMaterials(): Promise<Uint8Array> {
  const document = sphereDocument();
  const [mesh] = document.getRoot().listMeshes();
  const [first] = mesh!.listPrimitives();
  for (let i = 1; i <= 10; i++) {
    const material = document.createMaterial(`paint ${i}`).setBaseColorFactor([i / 10, 0, 0, 1]);
    mesh!.addPrimitive(first!.clone().setMaterial(material));
  }
  return writeGlb(document);
}

test('a target that cannot be met is rejected for nothing while the others are delivered', async () => {
  const wanted = request(await uploadBytes(mode.api, 'many.glb', await manyMaterials()));
  const { job } = await runJob(mode.api, wanted);
  expect(job.results.map(({ target, verdict }) => [target, verdict])).toEqual([
    ['web', 'accepted'],
    ['mobile-ar', 'rejected'],
  ]);
  expect(job.results[1]?.reasons.join()).toContain('11 materials');
  expect([job.status, job.verdict]).toEqual(['rejected', 'rejected']);
  const roles = (wantedTarget: string) =>
    job.outputs.filter(({ target }) => target === wantedTarget).map(({ role }) => role);
  expect([roles('web'), roles('mobile-ar')]).toEqual([
    ['model', 'lod', 'lod', 'report', 'report'],
    ['report', 'report'],
  ]);
  const charged = (await usageOf(job.id)).filter(
    ({ target, amountMicroUsd }) => target === 'mobile-ar' && amountMicroUsd > 0,
  );
  expect(charged).toEqual([]);
});

test('every kind of broken file fails its job with its code, costs one call, and leaves the service up', async () => {
  const ending = async ([name, fileName, bytes, code]: (typeof brokenFiles)[number]): Promise<string[]> => {
    const { job } = await runJob(mode.api, request(await uploadBytes(mode.api, fileName, bytes())));
    const charged = (await usageOf(job.id)).some(
      ({ metric, amountMicroUsd }) => metric !== 'api_call' && amountMicroUsd,
    );
    return [name, code, charged || job.outputs.length > 0 ? 'charged or delivered' : (job.error?.code ?? job.status)];
  };
  // An empty upload is refused before there is a job.
  const left = brokenFiles.filter(([, , bytes]) => bytes().byteLength > 0);
  expect(left.length).toBeGreaterThan(50);
  const endings: string[][] = [];
  const lane = async (): Promise<void> => {
    for (let file = left.pop(); file; file = left.pop()) endings.push(await ending(file));
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  expect(endings.filter(([, wanted, found]) => wanted !== found)).toEqual([]);
  await expect(mode.api.get('/health', z.object({ status: z.literal('ok') }))).resolves.toEqual({ status: 'ok' });
});

test('a cancelled job stops its work and charges nothing more', async () => {
  const big = carelessMesh({ seed: 7, triangles: 300_000 });
  const assetId = await uploadBytes(mode.api, 'long.glb', big);
  const { id } = await mode.api.post('/v1/jobs', request(assetId), Job);
  for await (const event of mode.api.events(id, new AbortController().signal)) {
    if (event.type === 'stage.started') await mode.api.post(`/v1/jobs/${id}:cancel`, {}, Job);
  }
  const job = await mode.api.job(id);
  expect([job.status, job.outputs]).toEqual(['cancelled', []]);
  expect((await usageOf(id)).map(({ metric }) => metric)).toEqual(['api_call']);
});

test('a job that was under way when Atlas stopped goes on when it starts again', async () => {
  const other = tempFolderFor('restart');
  const first = await localMode(other);
  const bytes = carelessMesh({ seed: 8, triangles: 40_000 });
  const { id } = await first.api.post('/v1/jobs', request(await uploadBytes(first.api, 'x.glb', bytes)), Job);
  await first.server.close();
  const second = await localMode(other);
  const { docs } = second.server.deps;
  const read = () => docs.get<Job>(`tenants/${first.tenantId}/jobs/${id}`);
  while (!['delivered', 'failed', 'rejected'].includes((await read())?.status ?? ''))
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await read())?.status).toBe('delivered');
  await second.server.close();
});

const tempFolderFor = (name: string): string => `${home}-${name}`;
