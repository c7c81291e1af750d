import { z } from 'zod';
import { listUsageEvents } from '../../../shared/records/usage.ts';
import { JobId } from '../../../shared/schema/index.ts';
import { UsageEventPage } from '../api-schemas.ts';
import { decodeCursor, pageOf, pageQuery } from '../cursor.ts';
import { defineRoute } from '../route.ts';
import { rangeQuery, usageRange } from '../usage-range.ts';

export const listUsageEventsRoute = defineRoute({
  id: 'listUsageEvents',
  method: 'GET',
  path: '/v1/usage/events',
  summary: 'List single usage events, oldest first: what the sums are made of.',
  scope: 'usage:read',
  query: z.strictObject({
    ...rangeQuery,
    ...pageQuery,
    jobId: JobId.optional().describe('Only events of this job; then of all days unless some are named.'),
  }),
  successes: [{ status: 200, description: 'One page of events.', schema: UsageEventPage }],
  async handler({ deps, tenantId, query }) {
    const { jobId, from, to } = query;
    const allDays = jobId !== undefined && from === undefined && to === undefined;
    const found = await listUsageEvents(deps.docs, tenantId, {
      ...(allDays ? {} : usageRange({ from, to }, deps.clock.now())),
      jobId,
      limit: query.limit + 1,
      ...decodeCursor(query.cursor, 'time'),
    });
    return { status: 200, json: pageOf(found, query.limit, (event) => event, 'at') };
  },
});
