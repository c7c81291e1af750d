import { z } from 'zod';
import { readUsageTotals } from '../../../shared/records/usage.ts';
import { UsageSummary } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';
import { rangeQuery, usageRange } from '../usage-range.ts';

export const getUsage = defineRoute({
  id: 'getUsage',
  method: 'GET',
  path: '/v1/usage',
  summary: 'Sum usage for each day (UTC) and metric.',
  scope: 'usage:read',
  query: z.strictObject(rangeQuery),
  successes: [{ status: 200, description: 'The sums, oldest day first.', schema: UsageSummary }],
  async handler({ deps, tenantId, query }) {
    const range = usageRange(query, deps.clock.now());
    const items = await readUsageTotals(deps.docs, tenantId, range);
    const totalMicroUsd = items.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0);
    return { status: 200, json: { ...range, items, totalMicroUsd } };
  },
});
