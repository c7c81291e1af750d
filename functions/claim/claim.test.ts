import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventsPath, readJob } from '../../shared/records/jobs.ts';
import type { JobEvent } from '../../shared/schema/index.ts';
import { type StagePlace, stagePlace } from '../../shared/testing/stage-place.ts';
import { claimFunction } from './claim.ts';

let place: StagePlace;
let ids: { tenantId: string; jobId: string };
beforeEach(async () => {
  place = stagePlace();
  const job = await place.job(1, { status: 'queued' });
  const { executionId: _executionId, ...unowned } = job;
  await place.deps.docs.set(`tenants/${place.tenantId}/jobs/${job.id}`, unowned);
  ids = { tenantId: place.tenantId, jobId: job.id };
});
afterEach(() => place.close());

/** Calls the function as the Functions Framework would. */
async function claim(body: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = { status: 200, json: {} };
  const res = {
    status: (status: number) => Object.assign(res, { _: Object.assign(answer, { status }) }),
    json: (json: Record<string, unknown>) => void Object.assign(answer, { json }),
  };
  await claimFunction(place.deps)({ body } as never, res as never);
  return answer;
}
const eventsOf = async () =>
  (await place.deps.docs.query<JobEvent>(eventsPath(ids.tenantId, ids.jobId))).map(({ data }) => data.type);

describe('a claim', () => {
  test('binds the job to the execution that asks first, and starts it once', async () => {
    expect(await claim({ ...ids, executionId: 'one' })).toEqual({
      status: 200,
      json: { owned: true, targets: ['web'], score: false },
    });
    expect(await claim({ ...ids, executionId: 'one' })).toMatchObject({ json: { owned: true } });
    expect(await claim({ ...ids, executionId: 'two' })).toMatchObject({ json: { owned: false } });
    expect(await readJob(place.deps.docs, ids.tenantId, ids.jobId)).toMatchObject({
      status: 'running',
      executionId: 'one',
    });
    expect(await eventsOf()).toEqual(['job.created', 'job.started']);
  });

  test('continues the trace of its job, in a span that tells how it went', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    expect(await claim({ ...ids, executionId: 'one', traceparent })).toMatchObject({ json: { owned: true } });
    expect(await claim({ ...ids, executionId: 'one', traceparent: '' })).toMatchObject({ json: { owned: true } });
    await claim({ ...ids, jobId: 'job_0000000000000000', executionId: 'one', traceparent });
    const [first, older, missing] = place.kept.spans;
    expect(first).toMatchObject({
      ...{ name: 'POST /claim', kind: 'server', traceId, parentSpanId: '00f067aa0ba902b7', error: undefined },
      attributes: { 'http.response.status_code': 200, 'atlas.claim.owned': true, 'atlas.job.id': ids.jobId },
    });
    expect([older?.parentSpanId, missing?.error?.type]).toEqual([undefined, 'not_found']);
  });

  test('goes to exactly one of many executions that ask at once', async () => {
    const asked = Array.from({ length: 12 }, (_, index) => claim({ ...ids, executionId: `e${index}` }));
    const owners = (await Promise.all(asked)).filter(({ json }) => json.owned);
    expect(owners).toHaveLength(1);
    expect(await eventsOf()).toEqual(['job.created', 'job.started']);
  });

  test.each(['cancelled', 'failed', 'delivered'])('of a job that is %s goes to nobody', async (status) => {
    await claim({ ...ids, executionId: 'one' });
    await place.deps.docs.set(`tenants/${ids.tenantId}/jobs/${ids.jobId}`, { status }, { merge: true });
    for (const executionId of ['one', 'two']) {
      expect(await claim({ ...ids, executionId })).toMatchObject({ status: 200, json: { owned: false } });
    }
    expect(await readJob(place.deps.docs, ids.tenantId, ids.jobId)).toMatchObject({ status });
  });

  test('of a job of another tenant finds nothing', async () => {
    const answer = await claim({ ...ids, tenantId: 'ten_fedcba9876543210', executionId: 'one' });
    expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no execution', {}],
    ['an id that climbs', { tenantId: '../ten', jobId: 'job_0123456789abcdef', executionId: 'one' }],
    [
      'an unknown field',
      { tenantId: 'ten_0123456789abcdef', jobId: 'job_0123456789abcdef', executionId: 'x', role: 1 },
    ],
  ])('that holds %s is refused for good, so that the workflow does not try again', async (_case, body) => {
    expect(await claim(body)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  });

  test('while the store is down is an error that the workflow tries again after', async () => {
    Object.assign(place.deps.docs, { transaction: () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3')) });
    const answer = await claim({ ...ids, executionId: 'one' });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain('10.1.2.3');
  });
});
