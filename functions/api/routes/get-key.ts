import { publicKey, readApiKey } from '../../../shared/records/api-keys.ts';
import { ApiKey } from '../../../shared/schema/index.ts';
import { keyParams } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const getKey = defineRoute({
  id: 'getKey',
  method: 'GET',
  path: '/v1/keys/{keyId}',
  summary: 'Read an API key.',
  scope: 'keys:read',
  params: keyParams,
  successes: [{ status: 200, description: 'The key, without its secret.', schema: ApiKey }],
  async handler({ deps, tenantId, params }) {
    return { status: 200, json: publicKey(await readApiKey(deps.docs, tenantId, params.keyId)) };
  },
});
