import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { webhookDeliveries, webhookOutboxPath, webhookPath } from '../../shared/records/webhooks.ts';
import { type StagePlace, stagePlace } from '../../shared/testing/stage-place.ts';
import { runSweeps, sweepFunction, sweepNames } from './sweep.ts';
import { sweepWebhooks } from './sweep-webhooks.ts';

let place: StagePlace;
beforeEach(() => {
  place = stagePlace();
});
afterEach(() => place.close());

/** Calls the function as the Functions Framework would. */
async function call(body: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = { status: 0, json: {} };
  const res = {
    status(status: number) {
      answer.status = status;
      return res;
    },
    json: (json: Record<string, unknown>) => void Object.assign(answer, { json }),
  };
  await sweepFunction(place.deps)({ body } as never, res as never);
  return answer;
}

/** Plans a delivery, as a job that ends does. */
async function planDelivery(): Promise<{ deliveryId: string }> {
  await place.deps.docs.set(webhookPath(place.tenantId, 'whk_1'), { events: ['job.delivered'] });
  const event = { type: 'job.delivered', jobId: 'job_1', data: {} as never } as const;
  const writes = await webhookDeliveries(place.deps.docs, place.clock, place.tenantId, event);
  await place.deps.docs.batch(writes);
  const [{ id: deliveryId = '' } = {}] = await place.deps.docs.query('webhookOutbox');
  return { deliveryId };
}

describe('the function', () => {
  test('runs what is named and answers with the counts of each', async () => {
    await planDelivery();
    place.clock.advance(61_000);
    const answer = await call({ sweeps: ['jobs', 'webhooks'] });
    expect(answer).toEqual({
      status: 200,
      json: {
        sweeps: {
          jobs: { ms: expect.any(Number), counts: {}, more: false },
          webhooks: { ms: expect.any(Number), counts: { published: 1 }, more: false },
        },
      },
    });
    expect(place.logged.filter((line) => line.includes('"sweep":"webhooks"'))).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no sweep', { sweeps: [] }],
    ['an unknown sweep', { sweeps: ['everything'] }],
    ['an unknown field', { sweeps: ['jobs'], tenantId: 'ten_0123456789abcdef' }],
    ['more than there are', { sweeps: Array.from({ length: 6 }, () => 'jobs') }],
  ])('refuses a body that holds %s', async (_case, body) => {
    expect(await call(body)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  });

  test('answers 500 when a sweep fails, runs the others all the same, and tells no inner names', async () => {
    const { query } = place.deps.docs;
    Object.assign(place.deps.docs, {
      query: (collection: string, ...rest: never[]) =>
        collection === 'jobOutbox'
          ? Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3'))
          : query(collection, ...rest),
    });
    const answer = await call({ sweeps: [...sweepNames] });
    expect(answer).toMatchObject({
      status: 500,
      json: { sweeps: { jobs: { error: 'internal' }, webhooks: { counts: {} }, deletions: {}, idempotency: {} } },
    });
    expect(JSON.stringify(answer)).not.toContain('10.1.2.3');
  });

  test('answers 500 when an entry fails, although its sweep went on', async () => {
    await planDelivery();
    place.clock.advance(61_000);
    Object.assign(place.deps.bus, { publish: () => Promise.reject(new Error('no bus')) });
    expect(await call({ sweeps: ['webhooks'] })).toMatchObject({
      status: 500,
      json: { sweeps: { webhooks: { counts: { failed: 1 } } } },
    });
  });
});

describe('the sweep of webhooks', () => {
  test('publishes what nobody has tried within a minute, again ten minutes later, and stops when it was tried', async () => {
    const { deliveryId } = await planDelivery();
    expect((await sweepWebhooks(place.deps)).counts).toEqual({});
    place.clock.advance(61_000);
    expect((await sweepWebhooks(place.deps)).counts).toEqual({ published: 1 });
    expect(place.published).toEqual([
      { topic: 'atlas-webhook', data: JSON.stringify({ tenantId: place.tenantId, webhookId: 'whk_1', deliveryId }) },
    ]);
    expect((await sweepWebhooks(place.deps)).counts).toEqual({});
    place.clock.advance(11 * 60_000);
    expect((await sweepWebhooks(place.deps)).counts).toEqual({ published: 1 });
    await place.deps.docs.delete(webhookOutboxPath(deliveryId));
    place.clock.advance(11 * 60_000);
    expect((await sweepWebhooks(place.deps)).counts).toEqual({});
  });

  test('publishes once when two run at once', async () => {
    await planDelivery();
    place.clock.advance(61_000);
    await Promise.all([sweepWebhooks(place.deps), sweepWebhooks(place.deps)]);
    expect(place.published).toHaveLength(1);
  });
});

test('all sweeps together do nothing, and tell of nothing above DEBUG, when there is nothing', async () => {
  const { sweeps, isTroubled } = await runSweeps(place.deps, sweepNames, 10_000);
  expect(isTroubled).toBe(false);
  expect(Object.keys(sweeps)).toEqual([...sweepNames]);
  expect(place.logged.filter((line) => !line.startsWith('DEBUG'))).toEqual([]);
});
