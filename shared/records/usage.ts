import { type Doc, type DocStore, type DocWrite, increment, type Where } from '../ports/index.ts';
import type { UsageEvent, UsageTotal } from '../schema/index.ts';

const usageCollection = (tenantId: string): string => `tenants/${tenantId}/usage`;
const daysCollection = (tenantId: string): string => `tenants/${tenantId}/usageDays`;

/**
 * The writes that count usage events: each event is created, and the sums of its day grow by it. Put them into the
 * commit of the act itself. A commit that brings one of the events a second time fails with `DocExists` as a whole, so
 * the sums cannot grow twice.
 */
export function usageWrites(tenantId: string, events: UsageEvent | readonly UsageEvent[]): DocWrite[] {
  const list: readonly UsageEvent[] = 'id' in events ? [events] : events;
  const sums = new Map<string, UsageTotal>();
  for (const event of list) {
    const day = event.at.slice(0, 10);
    const key = `${day}_${event.metric}`;
    const sum = sums.get(key) ?? { day, metric: event.metric, quantity: 0, amountMicroUsd: 0, events: 0 };
    sum.quantity += event.quantity;
    sum.amountMicroUsd += event.amountMicroUsd;
    sum.events += 1;
    sums.set(key, sum);
  }
  return [
    ...list.map(
      (event): DocWrite => ({ kind: 'create', path: `${usageCollection(tenantId)}/${event.id}`, data: { ...event } }),
    ),
    ...[...sums].map(
      ([key, { day, metric, quantity, amountMicroUsd, events: count }]): DocWrite => ({
        kind: 'set',
        merge: true,
        path: `${daysCollection(tenantId)}/${key}`,
        data: {
          day,
          metric,
          quantity: increment(quantity),
          amountMicroUsd: increment(amountMicroUsd),
          events: increment(count),
        },
      }),
    ),
  ];
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
  return found.map((doc) => doc.data);
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
