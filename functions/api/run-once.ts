import { AtlasError } from '../../shared/errors.ts';
import { canonicalJson, newId, sha256Hex } from '../../shared/ids.ts';
import { describeError } from '../../shared/log.ts';
import { claimKey, finishKey, type Lease, releaseKey, yieldKey } from '../../shared/records/idempotency.ts';
import { InvalidRequest } from './invalid-request.ts';
import type { Answer, ApiDeps, Route } from './route.ts';

/** @throws AtlasError invalid_request */
export function idempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^[\x20-\x7e]{1,255}$/.test(header)) return header;
  throw new InvalidRequest([
    { pointer: '/headers/idempotency-key', message: 'must be 1 to 255 printable ASCII characters' },
  ]);
}

export interface OnceRequest {
  readonly route: Route;
  readonly tenantId: string;
  readonly key: string;
  readonly path: string;
  readonly body: unknown;
}

/** How a request is run: with which ids, and whether it may have run before. */
export interface Run {
  newId(prefix: string): string;
  readonly repeated: boolean;
  /** True when it has been answered. */
  readonly answered: boolean;
}

/** An id that a second holder of the same key makes again. The seed begins with a time, so the ids sort by it. */
const seededId =
  (seed: string) =>
  (prefix: string): string =>
    `${prefix}_${seed}`;

/** What becomes of the key when the request has failed. */
async function giveBack(deps: ApiDeps, lease: Lease, thrown: unknown): Promise<void> {
  const refused = thrown instanceof AtlasError && !thrown.retryable;
  try {
    if (refused) await releaseKey(deps.docs, lease);
    else await yieldKey(deps.docs, lease, deps.clock);
  } catch (error) {
    // The lease runs out by itself, and the seed keeps the next try from making anything twice.
    deps.log('WARNING', 'idempotency key not given back', { error: describeError(error) });
  }
}

async function keep(deps: ApiDeps, lease: Lease, { route }: OnceRequest, answer: Answer): Promise<void> {
  const body = route.idempotency === 'again' || answer.json === undefined ? '' : JSON.stringify(answer.json);
  try {
    await finishKey(deps.docs, lease, { status: answer.status, headers: { ...answer.headers }, body });
  } catch (error) {
    // The work is done and must be answered. A repeat takes over after the lease and finds what this one made.
    deps.log('WARNING', 'idempotent answer not kept', { error: describeError(error) });
  }
}

/**
 * Runs a request at most once under its Idempotency-Key.
 *
 * - The first request runs. While it does, the same request is answered with 409 `idempotency_in_flight`.
 * - Once it has succeeded, the same request is answered with the first answer and `Idempotent-Replayed: true`.
 * - Another method, path or body under the key is 409 `idempotency_mismatch`.
 * - A request that was refused (any error that a retry cannot mend) had no effect: the key is free again, also for a
 *   corrected body. A request that failed midway keeps its key: the next try continues with the same ids.
 * - When the store cannot tell, the answer is 503 and nothing runs.
 */
export async function runOnce(
  deps: ApiDeps,
  request: OnceRequest,
  run: (how: Run) => Promise<Answer>,
): Promise<Answer> {
  const { route, tenantId, key, path, body } = request;
  const fingerprint = sha256Hex(`${route.method} ${path}\n${canonicalJson(body)}`);
  const claim = await claimKey(deps.docs, deps.clock, { tenantId, key, fingerprint });
  if (claim.kind === 'done') {
    const { status, headers, body: text } = claim.answer;
    const replayed = { 'idempotent-replayed': 'true' };
    if (route.idempotency === 'again') {
      const answer = await run({ newId: seededId(claim.seed), repeated: true, answered: true });
      return { ...answer, headers: { ...answer.headers, ...replayed } };
    }
    return { status, headers: { ...headers, ...replayed }, ...(text === '' ? {} : { json: JSON.parse(text) }) };
  }
  try {
    const answer = await run({ newId: seededId(claim.lease.seed), repeated: claim.lease.repeated, answered: false });
    await keep(deps, claim.lease, request, answer);
    return answer;
  } catch (thrown) {
    await giveBack(deps, claim.lease, thrown);
    throw thrown;
  }
}

/** Ids of a request without a key are new each time. */
export const freshId =
  (deps: ApiDeps) =>
  (prefix: string): string =>
    newId(prefix, deps.clock.now());
