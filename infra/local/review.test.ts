import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256Hex } from '../../shared/ids.ts';
import { openReceipt } from '../../shared/receipt/dsse.ts';
import { GateReport, Job, Policy, ReviewCase } from '../../shared/schema/index.ts';
import { type LocalMode, localMode, runJob, uploadBytes } from '../../shared/testing/local-mode.ts';
import { smallGlb } from '../../shared/testing/small-glb.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const home = tempFolder();
let mode: LocalMode;
beforeAll(async () => {
  mode = await localMode(home);
});
afterAll(() => mode.server.close());

/** One draw call is one too many under it. */
const limit = 0;
const setPolicy = (action: string) =>
  mode.api.put('/v1/policy', { checks: { limit_draw_calls: { action, limit } } }, Policy);
const request = async () => ({
  source: { kind: 'asset', assetId: await uploadBytes(mode.api, 'crate.glb', smallGlb()) },
  targets: ['web'],
  recipe: { gate: { viewSizePx: 64 }, backOff: { rounds: 0 } },
});
const run = async () => runJob(mode.api, await request());
const caseOf = (job: Job) => mode.api.get(`/v1/jobs/${job.id}/review`, ReviewCase);
const contentOf = async (found: ReviewCase, name: string) => {
  const file = found.targets[0]!.files.find((one) => one.name === name)!;
  const bytes = Buffer.from(await (await fetch(file.url)).arrayBuffer());
  expect([sha256Hex(bytes), bytes.byteLength]).toEqual([file.sha256, file.sizeBytes]);
  return bytes;
};
/** Decides, and waits until that has been carried out. */
async function decide(job: Job, decision: string): Promise<Job> {
  await mode.api.post(`/v1/jobs/${job.id}/review`, { decision, reason: `we ${decision} it` }, Job);
  for (;;) {
    const now = await mode.api.job(job.id);
    if (now.status !== 'needs_review') return now;
    await sleep(20);
  }
}
const receiptOf = async ({ id }: Job) =>
  openReceipt(await mode.api.receipt(id), [mode.server.deps.signer.publicKeyPem]).predicate;

describe('a job under a policy that asks for a review', () => {
  let policy: Policy;
  let job: Job;
  beforeAll(async () => {
    policy = await setPolicy('review');
    ({ job } = await run());
  });

  test('waits, and says for what', () => {
    expect(job).toMatchObject({ status: 'needs_review', verdict: 'needs_review' });
    expect(job.results[0]?.reasons).toEqual([expect.stringMatching(/draw calls/)]);
    expect(job.outputs.map(({ role }) => role)).toEqual(['report', 'report']);
  });

  test('shows the reviewer report, page, pictures and the model itself', async () => {
    const found = await caseOf(job);
    const report = GateReport.parse(JSON.parse((await contentOf(found, 'report')).toString()));
    expect(report).toMatchObject({ verdict: 'needs_review', policy: { of: mode.tenantId } });
    expect(report.findings.filter(({ review }) => review)).toMatchObject([
      { code: 'limit_draw_calls', severity: 'warning', source: `policy of ${mode.tenantId}`, limit },
    ]);
    const page = (await contentOf(found, 'report-page')).toString();
    for (const words of [
      'A person must look',
      `policy of <code>${mode.tenantId}</code>`,
      'A person has to decide on it.',
    ]) {
      expect(page).toContain(words);
    }
    expect((await contentOf(found, 'model')).subarray(0, 4).toString()).toBe('glTF');
    expect(found.targets[0]!.files.filter(({ kind }) => kind === 'picture')).toHaveLength(report.pictures?.length ?? 0);
  });

  test('is delivered and charged when it is approved; the receipt names policy and decision', async () => {
    const before = job.chargedMicroUsd ?? 0;
    const done = await decide(job, 'approve');
    expect([done.status, done.verdict]).toEqual(['delivered', 'accepted']);
    expect(done.chargedMicroUsd).toBeGreaterThan(before);
    const model = done.outputs.find(({ role }) => role === 'model')!;
    expect(sha256Hex(await mode.api.download(model.assetId))).toBe(model.sha256);
    const receipt = await receiptOf(done);
    expect(receipt).toMatchObject({
      policySha256: policy.sha256,
      review: { decision: 'approve', reason: 'we approve it' },
    });
    expect(receipt.totalMicroUsd).toBe(done.chargedMicroUsd);
    expect(receipt.stages.find(({ stage }) => stage === 'gate')?.parameters).toMatchObject({
      backOff: { plan: { policy: { of: mode.tenantId, checks: policy.checks } } },
    });
  });

  test('is rejected and not charged for when it is refused', async () => {
    const { job: second } = await run();
    const done = await decide(second, 'refuse');
    expect([done.status, done.chargedMicroUsd]).toEqual(['rejected', second.chargedMicroUsd]);
    expect(await receiptOf(done)).toMatchObject({ review: { decision: 'refuse', reason: 'we refuse it' } });
  });
});

describe('another policy', () => {
  const gateOf = ({ stages }: Job) => stages.find(({ name }) => name === 'gate')?.cached;

  test('is judged anew, on files that are in the cache; the same one is not', async () => {
    await setPolicy('review');
    await run();
    expect(gateOf((await run()).job)).toBe(true);
    await setPolicy('block');
    const { job } = await run();
    expect([job.status, gateOf(job)]).toEqual(['rejected', false]);
    expect(job.stages.filter(({ name }) => name !== 'gate').every(({ cached }) => cached)).toBe(true);
    await setPolicy('off');
    expect((await run()).job.status).toBe('delivered');
  });

  test('does not reach a job that was accepted before', async () => {
    await setPolicy('block');
    const created = await mode.api.post('/v1/jobs', await request(), Job);
    await setPolicy('off');
    for await (const _event of mode.api.events(created.id, new AbortController().signal));
    expect((await mode.api.job(created.id)).status).toBe('rejected');
  });
});
