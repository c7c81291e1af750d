import { readLimits } from '../../../shared/records/quotas.ts';
import { LimitsReport } from '../../../shared/schema/index.ts';
import { defineRoute } from '../route.ts';

export const getLimits = defineRoute({
  id: 'getLimits',
  method: 'GET',
  path: '/v1/limits',
  summary: 'The limits of the tenant, and what is used of them.',
  scope: 'usage:read',
  successes: [{ status: 200, description: 'Limits and use.', schema: LimitsReport }],
  async handler({ deps, tenantId, caller }) {
    return { status: 200, json: await readLimits(deps.docs, deps.clock, tenantId, caller.requestsUsed) };
  },
});
