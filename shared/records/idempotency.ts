import { AtlasError } from '../errors.ts';
import { derivedId, newId } from '../ids.ts';
import type { Clock, DocStore } from '../ports/index.ts';
import { type IsOver, never, type SweepCounts, walkTenants } from './sweeps.ts';

/** A holder that does not finish within this time is taken for dead. */
const leaseMs = 60_000;
/** Answers are kept a little longer than the promised day. */
const keepMs = 25 * 3_600_000;
/** What the best contract found answers; a request takes milliseconds. */
const retryAfterS = 2;

/** An answer as it is sent, without what belongs to one exchange (request id, date). */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

interface KeyRecord {
  readonly fingerprint: string;
  readonly state: 'running' | 'done';
  /** Ids of what the request makes are built from this, so that a second holder makes the same things. */
  readonly seed: string;
  readonly holder: string;
  readonly leaseUntil: string;
  readonly answer?: StoredAnswer;
  readonly createdAt: string;
  /** Field for the store’s own expiry of documents. */
  readonly expiresAt: string;
}

export interface KeyUse {
  readonly tenantId: string;
  readonly key: string;
  /** Hash of method, path and body. */
  readonly fingerprint: string;
}

/** The right to run a request; `seed` stays the same over all holders of one key. */
export interface Lease {
  readonly path: string;
  readonly holder: string;
  readonly seed: string;
  /** Another held the key before: what the request makes may be there already. */
  readonly repeated: boolean;
}

export type Claim =
  | { readonly kind: 'run'; readonly lease: Lease }
  | { readonly kind: 'done'; readonly seed: string; readonly answer: StoredAnswer };

/** Carries how long a client should wait. */
export class InFlight extends AtlasError {
  readonly retryAfterS = retryAfterS;
}

const recordPath = (tenantId: string, key: string): string =>
  `tenants/${tenantId}/idempotency/${derivedId('idk', key)}`;

/** Turns a failure of the store into the answer that forbids a run. */
const failClosed = (thrown: unknown): never => {
  if (thrown instanceof AtlasError) throw thrown;
  throw new AtlasError('store_unavailable', 'Whether this request ran before cannot be told now.', { cause: thrown });
};

/**
 * Takes the right to run a request under its key, or tells what it answered before.
 *
 * @throws AtlasError idempotency_mismatch (the key came with another request), idempotency_in_flight (as `InFlight`),
 *   store_unavailable (then nothing may run).
 */
export function claimKey(docs: DocStore, clock: Clock, use: KeyUse): Promise<Claim> {
  const path = recordPath(use.tenantId, use.key);
  const holder = newId('hld');
  return docs
    .transaction(async (tx): Promise<Claim> => {
      const now = clock.now();
      const found = await tx.get<KeyRecord>(path);
      const live = found && found.expiresAt > now.toISOString() ? found : undefined;
      if (live && live.fingerprint !== use.fingerprint) {
        throw new AtlasError('idempotency_mismatch', 'This Idempotency-Key was used with another request.', {
          pointer: '/headers/idempotency-key',
        });
      }
      if (live?.answer) return { kind: 'done', seed: live.seed, answer: live.answer };
      // Our own: the commit had arrived, its answer had not, and the store runs this again.
      const ours = live?.holder === holder;
      if (live && !ours && live.leaseUntil > now.toISOString()) {
        throw new InFlight('idempotency_in_flight', 'The first request with this Idempotency-Key is still running.');
      }
      const seed = live?.seed ?? newId('s', now).slice(2);
      const record: KeyRecord = {
        fingerprint: use.fingerprint,
        state: 'running',
        seed,
        holder,
        leaseUntil: new Date(now.getTime() + leaseMs).toISOString(),
        createdAt: live?.createdAt ?? now.toISOString(),
        expiresAt: new Date(now.getTime() + keepMs).toISOString(),
      };
      tx.set(path, { ...record });
      return { kind: 'run', lease: { path, holder, seed, repeated: live !== undefined } };
    })
    .catch(failClosed);
}

/** Changes the record if `lease` still holds it; a holder that came too late changes nothing. */
async function settle(docs: DocStore, lease: Lease, change: Partial<KeyRecord> | 'forget'): Promise<void> {
  await docs.transaction(async (tx) => {
    const record = await tx.get<KeyRecord>(lease.path);
    if (record?.holder !== lease.holder) return;
    if (change === 'forget') tx.delete(lease.path);
    else tx.set(lease.path, { ...record, ...change });
  });
}

/** Keeps the answer: from now on the key only replays it. */
export const finishKey = (docs: DocStore, lease: Lease, answer: StoredAnswer): Promise<void> =>
  settle(docs, lease, { state: 'done', answer });

/** Forgets the key: the request was refused before it had any effect, so a corrected one may use it. */
export const releaseKey = (docs: DocStore, lease: Lease): Promise<void> => settle(docs, lease, 'forget');

/** Ends the lease but keeps the seed: the request failed midway, and the next try must make the same things. */
export const yieldKey = (docs: DocStore, lease: Lease, clock: Clock): Promise<void> =>
  settle(docs, lease, { leaseUntil: clock.now().toISOString() });

const dayMs = 24 * 3_600_000;
const pageSize = 400;

/** Deletes what has expired, once a day: Firestore does so by itself, other stores do not. */
export async function sweepIdempotency(
  stores: { readonly docs: DocStore; readonly clock: Clock },
  isOver: IsOver = never,
): Promise<SweepCounts> {
  const { docs, clock } = stores;
  let deleted = 0;
  const visit = async (tenantId: string): Promise<boolean> => {
    for (;;) {
      const expired = await docs.query(`tenants/${tenantId}/idempotency`, {
        where: [{ field: 'expiresAt', op: '<=', value: clock.now().toISOString() }],
        orderBy: 'expiresAt',
        limit: pageSize,
      });
      await docs.batch(expired.map(({ path }) => ({ kind: 'delete', path })));
      deleted += expired.length;
      if (expired.length < pageSize) return true;
      if (isOver()) return false;
    }
  };
  const { more } = await walkTenants(stores, {
    ...{ sweep: 'idempotency', everyMs: dayMs, isOver },
    visit: ({ id }) => visit(id),
  });
  return { counts: { deleted }, more };
}
