import { AtlasError } from '../../shared/errors.ts';
import { describeError } from '../../shared/log.ts';
import { refusalCounter } from '../../shared/records/audit.ts';
import { type KeyHolder, keyAuthenticator, Refused } from '../../shared/records/authenticate.ts';
import { QuotaExceeded } from '../../shared/records/quotas.ts';
import type { ProblemExtras } from '../http-function.ts';
import { requestBuckets } from './request-bucket.ts';
import type { ApiDeps, Caller, Route } from './route.ts';

/** The challenge that RFC 9110 asks for with every 401. */
class Unauthenticated extends AtlasError implements ProblemExtras {
  readonly headers = { 'www-authenticate': 'Bearer realm="atlas"' };
}

/** The key is good, but not for this; RFC 6750, section 3.1. */
class InsufficientScope extends AtlasError implements ProblemExtras {
  readonly headers: Record<string, string>;
  constructor(scope: string) {
    super('forbidden', `The API key lacks the scope ${scope}.`);
    this.headers = { 'www-authenticate': `Bearer realm="atlas", error="insufficient_scope", scope="${scope}"` };
  }
}

export interface Admission {
  /** Empty on open routes. */
  readonly tenantId: string;
  readonly caller: Caller;
}

const nobody: Admission = {
  tenantId: '',
  caller: { actor: { kind: 'key', keyId: '', requestId: '' }, scopes: [], requestsUsed: 0 },
};

/**
 * Decides whether a request may be made: its key is good, its tenant has requests left in this minute, and the key has the
 * scope that the route names. `facts` are for the log line of the request.
 */
export function callerAdmission(
  deps: ApiDeps,
): (route: Route, header: string | undefined, requestId: string, facts: Record<string, unknown>) => Promise<Admission> {
  const authenticate = keyAuthenticator(deps.docs, deps.clock);
  const buckets = requestBuckets(deps.clock);
  const countRefusal = refusalCounter(deps.docs, deps.clock);

  const holder = async (header: string | undefined): Promise<KeyHolder> => {
    try {
      return await authenticate(header);
    } catch (error) {
      if (!(error instanceof AtlasError)) {
        throw new AtlasError('store_unavailable', 'The key cannot be checked now.', { cause: error });
      }
      if (error instanceof Refused && error.tenantId !== undefined) {
        await countRefusal(error.tenantId).catch((thrown: unknown) =>
          deps.log('WARNING', 'refusal not counted', { error: describeError(thrown) }),
        );
      }
      throw error.code === 'unauthenticated' ? new Unauthenticated(error.code, error.message) : error;
    }
  };

  return async (route, header, requestId, facts) => {
    if (route.open) return nobody;
    const { tenantId, keyId, scopes, expiresAt, limits } = await holder(header);
    Object.assign(facts, { tenantId, keyId });
    const waitS = buckets.take(tenantId, limits.requestsPerMinute);
    if (waitS > 0) {
      throw new QuotaExceeded('quota_requests', `${limits.requestsPerMinute} requests a minute are allowed.`, waitS);
    }
    // A route without a scope would be open to every key: it is open to none.
    if (route.scope === undefined || !scopes.includes(route.scope)) throw new InsufficientScope(route.scope ?? 'none');
    const actor = { kind: 'key' as const, keyId, requestId };
    const requestsUsed = buckets.used(tenantId, limits.requestsPerMinute);
    return { tenantId, caller: { actor, scopes, requestsUsed, ...(expiresAt === undefined ? {} : { expiresAt }) } };
  };
}
