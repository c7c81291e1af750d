import { type Doc, type DocStore, type DocWrite, increment, type Where } from '../ports/index.ts';
import type { UsageEvent, UsageTotal } from '../schema/index.ts';
import { mergeWrites } from './merge-writes.ts';
import { shardOf } from './shards.ts';

const usageCollection = (tenantId: string): string => `tenants/${tenantId}/usage`;
const daysCollection = (tenantId: string): string => `tenants/${tenantId}/usageDays`;

/**
 * The writes that count usage events: each event is created, and the sums of its day grow by it. Put them into the
 * commit of the act itself. A commit that brings one of the events a second time fails with `DocExists` as a whole, so
 * the sums cannot grow twice. A sum is spread over shards, by job: many jobs that end at once do not wait for one document.
 */
export function usageWrites(tenantId: string, events: UsageEvent | readonly UsageEvent[]): DocWrite[] {
  const list: readonly UsageEvent[] = 'id' in events ? [events] : events;
  return mergeWrites(
    list.flatMap((event): DocWrite[] => {
      const { id, at, metric, quantity, amountMicroUsd, jobId } = event;
      const day = at.slice(0, 10);
      return [
        { kind: 'create', path: `${usageCollection(tenantId)}/${id}`, data: { ...event } },
        {
          kind: 'set',
          merge: true,
          path: `${daysCollection(tenantId)}/${day}_${metric}_${shardOf(jobId)}`,
          data: {
            ...{ day, metric, quantity: increment(quantity), amountMicroUsd: increment(amountMicroUsd) },
            events: increment(1),
          },
        },
      ];
    }),
  );
}

/** The writes for what a settled job is charged, besides the `api_call` that was counted when it was accepted. */
export const settleUsageWrites = (tenantId: string, events: readonly UsageEvent[]): DocWrite[] =>
  usageWrites(
    tenantId,
    events.filter(({ metric }) => metric !== 'api_call'),
  );

/** Sums for each day (UTC) and metric, both days included, oldest first. */
export async function readUsageTotals(
  docs: DocStore,
  tenantId: string,
  range: { from: string; to: string },
): Promise<UsageTotal[]> {
  const found = await docs.query<UsageTotal>(daysCollection(tenantId), {
    where: [
      { field: 'day', op: '>=', value: range.from },
      { field: 'day', op: '<=', value: range.to },
    ],
    orderBy: 'day',
  });
  const totals = new Map<string, UsageTotal>();
  for (const { data } of found) {
    const key = `${data.day} ${data.metric}`;
    const before = totals.get(key);
    totals.set(key, {
      ...{ day: data.day, metric: data.metric },
      quantity: (before?.quantity ?? 0) + data.quantity,
      amountMicroUsd: (before?.amountMicroUsd ?? 0) + data.amountMicroUsd,
      events: (before?.events ?? 0) + data.events,
    });
  }
  return [...totals.values()];
}

/** Which events: of a range of days, both included, or of one job. */
export interface UsageEventQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly jobId?: string | undefined;
  readonly limit: number;
  readonly startAfter?: { readonly value?: unknown; readonly id: string };
}

/** Usage events, oldest first, `limit` from behind `startAfter`. */
export function listUsageEvents(docs: DocStore, tenantId: string, query: UsageEventQuery): Promise<Doc<UsageEvent>[]> {
  const where: Where[] = [];
  if (query.jobId !== undefined) where.push({ field: 'jobId', op: '==', value: query.jobId });
  if (query.from !== undefined) where.push({ field: 'at', op: '>=', value: query.from });
  // Every time of the last day begins with the day, and '~' sorts behind each character of a timestamp.
  if (query.to !== undefined) where.push({ field: 'at', op: '<=', value: `${query.to}~` });
  return docs.query<UsageEvent>(usageCollection(tenantId), {
    where,
    orderBy: 'at',
    limit: query.limit,
    ...(query.startAfter ? { startAfter: query.startAfter } : {}),
  });
}
