import { checkPolicy } from '../../../shared/profiles/check-policy.ts';
import { setPolicy } from '../../../shared/records/policies.ts';
import { Policy, PolicyRequest } from '../../../shared/schema/index.ts';
import { defineRoute } from '../route.ts';
import { publicPolicy } from './get-policy.ts';

export const putPolicy = defineRoute({
  id: 'putPolicy',
  method: 'PUT',
  path: '/v1/policy',
  summary:
    'Replace the policy of the tenant. It counts for jobs that are accepted from now on; empty `checks` clear it.',
  scope: 'policy:write',
  body: PolicyRequest,
  bodyExample: {
    checks: {
      floaters: { action: 'block' },
      baked_light: { action: 'review', limit: 0.5 },
      uv_seams: { action: 'off' },
    },
    targets: { 'roblox-mesh': { limit_triangles_per_mesh: { action: 'block', limit: 10_000 } } },
    reviewDays: 7,
  },
  successes: [{ status: 200, description: 'The policy as it now stands.', schema: Policy }],
  errors: ['not_found', 'unknown_target'],
  async handler({ deps, tenantId, caller, body }) {
    checkPolicy(body);
    const policy = await setPolicy(deps.docs, deps.clock, tenantId, body, caller.actor);
    return { status: 200, json: publicPolicy(policy) };
  },
});
