import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { changeJob, readJob } from '../../shared/records/jobs.ts';
import { stagePath } from '../../shared/records/stages.ts';
import { type JobDocument, scopePresets } from '../../shared/schema/index.ts';
import { type CallAnswer, type TestServer, testServer } from '../../shared/testing/api-server.ts';
import { finishedStages } from '../../shared/testing/finished-stages.ts';

let server: TestServer;
let job: JobDocument;
beforeEach(async () => {
  server = await testServer();
  job = await waitingJob();
});
afterEach(() => server.close());

/** A job whose gate has left `web` to a person, as the settle stage leaves it. */
async function waitingJob(): Promise<JobDocument> {
  const { docs, clock, objects } = server.deps;
  const source = { kind: 'asset', assetId: await server.upload() };
  const { json } = await server.call('POST', '/v1/jobs', { json: { source, targets: ['web'] } });
  const ids = { tenantId: server.tenantId, jobId: json.id };
  const { records, input } = finishedStages(await readJob(docs, ids.tenantId, ids.jobId), { web: 'needs_review' });
  for (const record of records) await docs.set(stagePath(ids.tenantId, record.stageKey), { ...record });
  const type = { contentType: 'model/gltf-binary' };
  for (const name of ['model-web', 'lod1-web', 'report-web', 'page-web']) {
    await objects.put(`made/${name}`, Buffer.from(name), type);
  }
  const dueAt = new Date(clock.now().getTime() + 86_400_000).toISOString();
  return changeJob(docs, clock, ids, () => ({
    job: { status: 'needs_review', verdict: 'needs_review', review: { targets: ['web'], dueAt }, settleInput: input },
    events: [{ type: 'job.needs_review' }],
  }));
}

const review = (json: unknown, more: { key?: string; headers?: Record<string, string> } = {}) =>
  server.call('POST', `/v1/jobs/${job.id}/review`, { json, ...more });
const show = (more: { key?: string } = {}) => server.call('GET', `/v1/jobs/${job.id}/review`, more);
const approve = { decision: 'approve', reason: 'The leaves belong to it.' };
const messages = () =>
  server.published.filter(({ topic }) => topic === 'atlas-settle').map(({ data }) => JSON.parse(data));
const codeOf = ({ status, json }: CallAnswer) => [status, json.code];
const keyOf = async (preset: keyof typeof scopePresets) =>
  (
    await createApiKey(
      server.deps.docs,
      { name: preset, tenantId: server.tenantId, scopes: scopePresets[preset] },
      server.deps.clock,
    )
  ).key;

describe('a job that waits for a review', () => {
  test('is listed with its reasons and its time', async () => {
    const { json } = await server.call('GET', '/v1/jobs?status=needs_review');
    expect(json.items).toMatchObject([{ id: job.id, status: 'needs_review', review: job.review }]);
    for (const hidden of ['settleInput', 'plans']) expect(json.items[0]).not.toHaveProperty(hidden);
  });

  test('shows its files and its evidence by signed URLs, though nothing of it is an asset yet', async () => {
    const { status, json } = await show();
    expect(status).toBe(200);
    expect(json.targets.map(({ target }: { target: string }) => target)).toEqual(['web']);
    const names = json.targets[0].files.map(({ name, kind }: { name: string; kind: string }) => [name, kind]);
    expect(names).toEqual([
      ['model', 'model'],
      ['lod1', 'lod'],
      ['report', 'report'],
      ['report-page', 'report'],
    ]);
    const model = await fetch(json.targets[0].files[0].url);
    expect([model.status, await model.text()]).toEqual([200, 'model-web']);
    const assets = await server.deps.docs.query(`tenants/${server.tenantId}/assets`);
    expect(assets.map(({ data }) => data.kind)).toEqual(['upload']);
  });

  test('cannot be cancelled into nothing: it is to be decided', async () => {
    expect((await server.call('POST', `/v1/jobs/${job.id}:cancel`)).json.status).toBe('needs_review');
  });
});

describe('POST …/review', () => {
  test('decides, tells who and why, and has it carried out', async () => {
    const { status, json } = await review(approve);
    expect([status, json.status]).toEqual([200, 'needs_review']);
    const [key] = (await server.call('GET', '/v1/keys')).json.items;
    expect(json.review.decided).toEqual({ ...approve, by: key.id, at: '2026-11-23T10:00:00.000Z' });
    expect(messages()).toEqual([{ tenantId: server.tenantId, jobId: job.id, review: true }]);
    const acts = (await server.call('GET', '/v1/audit')).json.items;
    expect(acts).toContainEqual(expect.objectContaining({ action: 'job.approved', subject: job.id }));
  });

  test('answers the second with 409 and what was decided', async () => {
    const answers = await Promise.all([
      review(approve),
      review({ decision: 'refuse', reason: 'They do not.' }, { key: await keyOf('review') }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const late = await review(approve);
    expect(codeOf(late)).toEqual([409, 'conflict']);
    expect(late.json.detail).toMatch(/was (approved|refused) at 2026-11-23T10:00:00.000Z by key_\w+: The/);
    expect(messages()).toHaveLength(1);
  });

  test('under an Idempotency-Key is answered alike again', async () => {
    const headers = { 'idempotency-key': 'decide 1' };
    const first = await review(approve, { headers });
    const again = await review(approve, { headers });
    expect([again.status, again.json]).toEqual([200, first.json]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  test('shows no evidence any more once it is decided', async () => {
    await review({ decision: 'refuse', reason: 'They do not.' });
    const { json } = await show();
    expect([json.targets, json.review.decided.decision]).toEqual([[], 'refuse']);
  });

  test('counts although its message cannot be published', async () => {
    Object.assign(server.deps.bus, { publish: () => Promise.reject(new Error('bus down')) });
    expect((await review(approve)).status).toBe(200);
    expect(server.logged.join()).toContain('decision not passed on');
    expect((await readJob(server.deps.docs, server.tenantId, job.id)).review?.decided?.decision).toBe('approve');
  });

  test('takes control characters out of the reason and keeps its lines', async () => {
    const reason = ' \u001b[31mfine\u0000\u202e \r\nsecond\tline\u0007 ';
    const { json } = await review({ decision: 'approve', reason });
    expect(json.review.decided.reason).toBe('[31mfine \nsecond line');
  });

  test.each<[string, unknown, string]>([
    ['no reason', { decision: 'approve' }, '/reason'],
    ['a reason of nothing', { decision: 'approve', reason: ' \u0000\u0000\u0000 ok' }, '/reason'],
    ['a reason too long', { decision: 'approve', reason: 'x'.repeat(2001) }, '/reason'],
    ['another decision', { decision: 'maybe', reason: 'Who knows.' }, '/decision'],
  ])('refuses %s', async (_case, body, pointer) => {
    expect(await review(body)).toMatchObject({ status: 400, json: { code: 'invalid_request', pointer } });
    expect((await readJob(server.deps.docs, server.tenantId, job.id)).review?.decided).toBeUndefined();
  });

  test('needs its scope, which a build does not have and a reviewer does', async () => {
    const [build, reviewer] = [await keyOf('produce'), await keyOf('review')];
    for (const answer of [await review(approve, { key: build }), await show({ key: build })]) {
      expect(codeOf(answer)).toEqual([403, 'forbidden']);
    }
    expect((await show({ key: reviewer })).status).toBe(200);
    expect((await review(approve, { key: reviewer })).status).toBe(200);
    expect((await server.call('POST', '/v1/jobs', { key: reviewer, json: {} })).status).toBe(403);
  });

  test('is a conflict for a job with nothing to decide', async () => {
    const source = { kind: 'asset', assetId: await server.upload() };
    const { json } = await server.call('POST', '/v1/jobs', { json: { source, targets: ['web'] } });
    const answer = await server.call('POST', `/v1/jobs/${json.id}/review`, { json: approve });
    expect(codeOf(answer)).toEqual([409, 'conflict']);
    expect(codeOf(await server.call('GET', `/v1/jobs/${json.id}/review`))).toEqual([404, 'not_found']);
  });
});

describe('the events of a reviewed job', () => {
  const stream = async () => (await server.call('GET', `/v1/jobs/${job.id}/events`)).text.match(/^event: .*$/gm);

  test('end with the question while it is open, and with the outcome afterwards', async () => {
    expect(await stream()).toEqual(['event: job.created', 'event: job.needs_review']);
    const ids = { tenantId: server.tenantId, jobId: job.id };
    await changeJob(server.deps.docs, server.deps.clock, ids, () => ({
      job: { status: 'delivered' },
      events: [{ type: 'job.delivered' }],
    }));
    expect((await stream())?.at(-1)).toBe('event: job.delivered');
  });
});
