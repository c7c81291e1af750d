import { AtlasError } from '../../../shared/errors.ts';
import { DocExists } from '../../../shared/ports/index.ts';
import { createApiKey, publicKey, readApiKey } from '../../../shared/records/api-keys.ts';
import { ApiKey, ApiKeyRequest } from '../../../shared/schema/index.ts';
import { InvalidRequest } from '../invalid-request.ts';
import { type Caller, defineRoute } from '../route.ts';

/** A key makes no key that may do more than itself, or that outlives it. */
function checkWithin(request: ApiKeyRequest, caller: Caller, now: Date): void {
  const beyond = request.scopes.findIndex((scope) => !caller.scopes.includes(scope));
  if (beyond >= 0) {
    throw new AtlasError('forbidden', `Your key lacks the scope ${request.scopes[beyond]}, so it cannot give it.`, {
      pointer: '/scopes',
    });
  }
  const { expiresAt } = request;
  if (expiresAt !== undefined && expiresAt <= now.toISOString()) {
    throw new InvalidRequest([{ pointer: '/expiresAt', message: 'is in the past' }]);
  }
  if (caller.expiresAt !== undefined && (expiresAt ?? '~') > caller.expiresAt) {
    throw new AtlasError('forbidden', `Your key ends at ${caller.expiresAt}; a key that it makes cannot end later.`, {
      pointer: '/expiresAt',
    });
  }
}

export const createKey = defineRoute({
  id: 'createKey',
  method: 'POST',
  path: '/v1/keys',
  summary: 'Make an API key. The answer holds it, once: a repeat of the request shows the key without its secret.',
  scope: 'keys:write',
  body: ApiKeyRequest,
  bodyExample: { name: 'nightly build', scopes: ['assets:write', 'jobs:write', 'jobs:read', 'assets:read'] },
  idempotency: 'again',
  successes: [{ status: 201, description: 'The key is made.', schema: ApiKey }],
  errors: ['conflict'],
  async handler({ deps, tenantId, caller, body, newId }) {
    checkWithin(body, caller, deps.clock.now());
    const keyId = newId('key');
    const shown = await createApiKey(deps.docs, { ...body, tenantId, keyId }, deps.clock, caller.actor).then(
      ({ key, document }) => ({ ...publicKey(document), key }),
      async (error: unknown) => {
        if (error instanceof DocExists) return publicKey(await readApiKey(deps.docs, tenantId, keyId));
        throw error;
      },
    );
    return { status: 201, headers: { location: `/v1/keys/${keyId}` }, json: shown };
  },
});
