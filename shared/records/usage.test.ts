import { beforeEach, describe, expect, test } from '@jest/globals';
import { openSqlite } from '../adapters/local/sqlite.ts';
import { sqliteDocStore } from '../adapters/local/sqlite-doc-store.ts';
import { apiCallEvent, usageEvent } from '../metering/usage-event.ts';
import { DocExists, type DocStore } from '../ports/index.ts';
import { UsageTotal } from '../schema/index.ts';
import { listUsageEvents, readUsageTotals, settleUsageWrites, usageWrites } from './usage.ts';

const tenantId = 'ten_0123456789abcdef';
const range = { from: '2026-11-01', to: '2026-11-30' };
let docs: DocStore;

beforeEach(() => {
  docs = sqliteDocStore(openSqlite(':memory:'));
});

const job = (number: number, createdAt = '2026-11-23T10:00:00.000Z') => ({
  id: `job_${String(number).padStart(16, '0')}`,
  createdAt,
});

describe('usage', () => {
  test('is summed for each day and metric', async () => {
    await docs.batch(usageWrites(tenantId, apiCallEvent(job(1))));
    await docs.batch(usageWrites(tenantId, apiCallEvent(job(2))));
    await docs.batch(usageWrites(tenantId, apiCallEvent(job(3, '2026-11-24T00:00:00.000Z'))));
    const unit = apiCallEvent(job(1)).unitPriceMicroUsd;
    expect((await readUsageTotals(docs, tenantId, range)).map((total) => UsageTotal.parse(total))).toEqual([
      { day: '2026-11-23', metric: 'api_call', quantity: 2, amountMicroUsd: 2 * unit, events: 2 },
      { day: '2026-11-24', metric: 'api_call', quantity: 1, amountMicroUsd: unit, events: 1 },
    ]);
  });

  test('is not counted again when a commit comes twice', async () => {
    const events = ['web', 'unreal'].map((target) =>
      usageEvent(job(1), { metric: 'delivered_asset', quantity: 1, target }),
    );
    await docs.batch(usageWrites(tenantId, events));
    const once = await readUsageTotals(docs, tenantId, range);
    await expect(docs.batch(usageWrites(tenantId, events))).rejects.toBeInstanceOf(DocExists);
    const more = [...events.slice(1), usageEvent(job(1), { metric: 'delivered_asset', quantity: 1, target: 'mobile' })];
    await expect(docs.batch(usageWrites(tenantId, more))).rejects.toBeInstanceOf(DocExists);
    expect(await readUsageTotals(docs, tenantId, range)).toEqual(once);
    expect(once[0]).toMatchObject({ quantity: 2, events: 2 });
  });

  test('of several events touches each sum once in a commit', () => {
    const events = ['web', 'unreal'].map((target) =>
      usageEvent(job(1), { metric: 'delivered_asset', quantity: 1, target }),
    );
    const paths = usageWrites(tenantId, events).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test('of a settled job leaves out the call, which was counted when the job was accepted', async () => {
    const delivered = usageEvent(job(1), { metric: 'delivered_asset', quantity: 1, target: 'web' });
    await docs.batch(usageWrites(tenantId, apiCallEvent(job(1))));
    await docs.batch(settleUsageWrites(tenantId, [apiCallEvent(job(1)), delivered]));
    const totals = await readUsageTotals(docs, tenantId, range);
    expect(totals.map(({ metric, quantity }) => [metric, quantity])).toEqual([
      ['api_call', 1],
      ['delivered_asset', 1],
    ]);
  });

  test('shows both days at the ends of a range and nothing beyond', async () => {
    const days = [
      '2026-11-22T23:59:59.999Z',
      '2026-11-23T00:00:00.000Z',
      '2026-11-24T23:59:59.999Z',
      '2026-11-25T00:00:00.000Z',
    ];
    for (const [index, at] of days.entries()) await docs.batch(usageWrites(tenantId, apiCallEvent(job(index, at))));
    const asked = { from: '2026-11-23', to: '2026-11-24' };
    const totals = await readUsageTotals(docs, tenantId, asked);
    expect(totals.map(({ day }) => day)).toEqual(['2026-11-23', '2026-11-24']);
    const events = await listUsageEvents(docs, tenantId, { ...asked, limit: 10 });
    expect(events.map(({ data }) => data.at)).toEqual(days.slice(1, 3));
  });

  test('of one tenant is not that of another', async () => {
    await docs.batch(usageWrites(tenantId, apiCallEvent(job(1))));
    expect(await readUsageTotals(docs, 'ten_fedcba9876543210', range)).toEqual([]);
  });
});
