import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiCallEvent, usageEvent } from '../../shared/metering/usage-event.ts';
import { usageWrites } from '../../shared/records/usage.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';

let server: TestServer;
const job = (number: number, day: string) => ({
  id: `job_${String(number).padStart(16, '0')}`,
  createdAt: `${day}T12:00:00.000Z`,
});

beforeAll(async () => {
  server = await testServer();
  const jobs = [job(1, '2026-09-01'), job(2, '2026-11-01'), job(3, '2026-11-23'), job(4, '2026-11-23')];
  for (const one of jobs) {
    const delivered = usageEvent(one, { metric: 'delivered_asset', target: 'web', quantity: 1 });
    await server.deps.docs.batch(usageWrites(server.tenantId, [apiCallEvent(one), delivered]));
  }
});
afterAll(() => server.close());

const jobsOf = (items: { jobId: string }[]): number[] => [...new Set(items.map(({ jobId }) => Number(jobId.slice(4))))];

describe('GET /v1/usage', () => {
  test('sums the last 31 days unless others are named', async () => {
    const { json } = await server.call('GET', '/v1/usage');
    expect([json.from, json.to]).toEqual(['2026-10-24', '2026-11-23']);
    expect(json.items.map(({ day, metric, quantity }: Record<string, unknown>) => [day, metric, quantity])).toEqual([
      ['2026-11-01', 'api_call', 1],
      ['2026-11-01', 'delivered_asset', 1],
      ['2026-11-23', 'api_call', 2],
      ['2026-11-23', 'delivered_asset', 2],
    ]);
    const total = json.items.reduce((sum: number, item: { amountMicroUsd: number }) => sum + item.amountMicroUsd, 0);
    expect(json.totalMicroUsd).toBe(total);
  });

  test('sums one day', async () => {
    const { json } = await server.call('GET', '/v1/usage?from=2026-09-01&to=2026-09-01');
    expect(json.items).toHaveLength(2);
  });
});

describe('GET /v1/usage/events', () => {
  test('lists what the sums are made of, oldest first, page by page', async () => {
    const seen: { jobId: string; at: string }[] = [];
    let next = '';
    do {
      const { json } = await server.call('GET', `/v1/usage/events?limit=2${next}`);
      seen.push(...json.items);
      next = json.nextCursor ? `&cursor=${json.nextCursor}` : '';
    } while (next !== '');
    expect(seen).toHaveLength(6);
    expect(jobsOf(seen).sort()).toEqual([2, 3, 4]);
    expect(seen.map(({ at }) => at)).toEqual(seen.map(({ at }) => at).sort());
  });

  test('lists all events of one job, however old, or those of some days', async () => {
    const old = '/v1/usage/events?jobId=job_0000000000000001';
    expect(jobsOf((await server.call('GET', old)).json.items)).toEqual([1]);
    expect((await server.call('GET', `${old}&from=2026-11-01`)).json.items).toEqual([]);
  });
});
