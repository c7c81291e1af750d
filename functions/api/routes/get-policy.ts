import { heldRules } from '../../../shared/profiles/apply-policy.ts';
import { readPolicy } from '../../../shared/records/policies.ts';
import { defaultReviewDays, Policy, type PolicyDocument } from '../../../shared/schema/index.ts';
import { defineRoute } from '../route.ts';

/** A policy as the API shows it; that of a tenant without one is empty. */
export const publicPolicy = (policy: PolicyDocument | undefined): Policy => ({
  checks: {},
  ...policy,
  reviewDays: policy?.reviewDays ?? defaultReviewDays,
  held: policy ? heldRules(policy) : [],
});

export const getPolicy = defineRoute({
  id: 'getPolicy',
  method: 'GET',
  path: '/v1/policy',
  summary: 'Read the policy of the tenant: which findings of the gate block, wait for a review, warn or are off.',
  scope: 'policy:read',
  successes: [{ status: 200, description: 'The policy, and where it does not reach.', schema: Policy }],
  async handler({ deps, tenantId }) {
    return { status: 200, json: publicPolicy(await readPolicy(deps.docs, tenantId)) };
  },
});
