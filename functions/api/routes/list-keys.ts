import { listApiKeys, publicKey } from '../../../shared/records/api-keys.ts';
import { KeyList } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const listKeys = defineRoute({
  id: 'listKeys',
  method: 'GET',
  path: '/v1/keys',
  summary: 'List the API keys, also those that have ended.',
  scope: 'keys:read',
  successes: [{ status: 200, description: 'All keys, oldest first, without their secrets.', schema: KeyList }],
  async handler({ deps, tenantId }) {
    return { status: 200, json: { items: (await listApiKeys(deps.docs, tenantId)).map(publicKey) } };
  },
});
