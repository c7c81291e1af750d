import { publicKey, rotateApiKey } from '../../../shared/records/api-keys.ts';
import { ApiKey, KeyRotation } from '../../../shared/schema/index.ts';
import { keyParams } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const rotateKey = defineRoute({
  id: 'rotateKey',
  method: 'POST',
  path: '/v1/keys/{keyId}:rotate',
  summary: 'Give a key a new secret; the old one works for a while. The answer holds the new key, once.',
  scope: 'keys:write',
  params: keyParams,
  body: KeyRotation,
  bodyExample: { graceSeconds: 86_400 },
  idempotency: 'again',
  successes: [{ status: 200, description: 'The key with its new secret.', schema: ApiKey }],
  errors: ['conflict'],
  async handler({ deps, tenantId, caller, params, body, newId }) {
    const { key, document } = await rotateApiKey(deps.docs, params.keyId, deps.clock, {
      graceMs: body.graceSeconds * 1000,
      actor: caller.actor,
      tenantId,
      within: caller.scopes,
      rotationId: newId('rot'),
    });
    return { status: 200, json: { ...publicKey(document), ...(key === undefined ? {} : { key }) } };
  },
});
