import { revokeApiKey } from '../../../shared/records/api-keys.ts';
import { keyParams } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const revokeKey = defineRoute({
  id: 'revokeKey',
  method: 'DELETE',
  path: '/v1/keys/{keyId}',
  summary: 'End an API key. It stops working within seconds; a key may end itself.',
  scope: 'keys:write',
  params: keyParams,
  successes: [{ status: 204, description: 'The key has ended.' }],
  async handler({ deps, tenantId, caller, params }) {
    await revokeApiKey(deps.docs, params.keyId, deps.clock, { actor: caller.actor, tenantId });
    return { status: 204 };
  },
});
