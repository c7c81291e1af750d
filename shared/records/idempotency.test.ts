import { beforeEach, describe, expect, test } from '@jest/globals';
import { openSqlite } from '../adapters/local/sqlite.ts';
import { sqliteDocStore } from '../adapters/local/sqlite-doc-store.ts';
import type { DocStore } from '../ports/index.ts';
import {
  type Claim,
  claimKey,
  finishKey,
  InFlight,
  type Lease,
  releaseKey,
  sweepIdempotency,
  yieldKey,
} from './idempotency.ts';

let docs: DocStore;
let nowMs: number;
const clock = { now: () => new Date(nowMs) };
const use = { tenantId: 'ten_0123456789abcdef', key: 'order 7', fingerprint: 'aa' };
const answer = { status: 201, headers: { location: '/v1/jobs/x' }, body: '{"id":"x"}' };

beforeEach(() => {
  docs = sqliteDocStore(openSqlite(':memory:'));
  nowMs = Date.parse('2026-11-23T10:00:00.000Z');
});

const leaseOf = (claim: Claim): Lease => {
  if (claim.kind !== 'run') throw new Error('the key was used before');
  return claim.lease;
};
const claim = async (change: Partial<typeof use> = {}) => leaseOf(await claimKey(docs, clock, { ...use, ...change }));

describe('an idempotency key', () => {
  test('lets the first request run and holds back the second', async () => {
    await claim();
    const second = claimKey(docs, clock, use);
    await expect(second).rejects.toBeInstanceOf(InFlight);
    await expect(second).rejects.toMatchObject({ code: 'idempotency_in_flight', retryAfterS: 2 });
  });

  test('gives the answer again once there is one', async () => {
    const lease = await claim();
    await finishKey(docs, lease, answer);
    await expect(claimKey(docs, clock, use)).resolves.toEqual({ kind: 'done', seed: lease.seed, answer });
  });

  test.each(['running', 'done'])('refuses another request while the first is %s', async (state) => {
    const lease = await claim();
    if (state === 'done') await finishKey(docs, lease, answer);
    await expect(claimKey(docs, clock, { ...use, fingerprint: 'bb' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
      pointer: '/headers/idempotency-key',
    });
  });

  test('of one tenant is nothing to another', async () => {
    const mine = await claim();
    const theirs = await claim({ tenantId: 'ten_fedcba9876543210' });
    expect(theirs.seed).not.toBe(mine.seed);
  });

  test('is taken over with the same seed when its holder is silent for a minute', async () => {
    const dead = await claim();
    nowMs += 59_999;
    await expect(claimKey(docs, clock, use)).rejects.toMatchObject({ code: 'idempotency_in_flight' });
    nowMs += 1;
    const next = await claim();
    expect(next.seed).toBe(dead.seed);
    expect(next.holder).not.toBe(dead.holder);
  });

  test('does not stand in the way of its own holder, when the store runs a claim again whose commit had arrived', async () => {
    const twice: typeof docs = {
      ...docs,
      async transaction(body) {
        await docs.transaction(body);
        return docs.transaction(body);
      },
    };
    const claimed = await claimKey(twice, clock, use);
    if (claimed.kind !== 'run') throw new Error('the first claim does not run');
    await finishKey(docs, claimed.lease, answer);
    await expect(claimKey(docs, clock, use)).resolves.toMatchObject({ kind: 'done', answer });
  });

  test('is not changed any more by a holder that lost it', async () => {
    const late = await claim();
    nowMs += 60_000;
    const next = await claim();
    await releaseKey(docs, late);
    await finishKey(docs, late, { ...answer, body: 'late' });
    await finishKey(docs, next, answer);
    await expect(claimKey(docs, clock, use)).resolves.toMatchObject({ kind: 'done', answer });
  });

  test('is free for a corrected request after a refusal', async () => {
    const refused = await claim();
    await releaseKey(docs, refused);
    const corrected = await claim({ fingerprint: 'bb' });
    expect(corrected.seed).not.toBe(refused.seed);
  });

  test('keeps its seed and its request when a run failed midway', async () => {
    const failed = await claim();
    await yieldKey(docs, failed, clock);
    await expect(claimKey(docs, clock, { ...use, fingerprint: 'bb' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
    expect((await claim()).seed).toBe(failed.seed);
  });

  test('is remembered for a day and forgotten after', async () => {
    await finishKey(docs, await claim(), answer);
    nowMs += 24 * 3_600_000;
    await expect(claimKey(docs, clock, use)).resolves.toMatchObject({ kind: 'done' });
    nowMs += 3_600_000;
    await expect(claimKey(docs, clock, { ...use, fingerprint: 'bb' })).resolves.toMatchObject({ kind: 'run' });
  });

  test('lets exactly one of many simultaneous requests run', async () => {
    const claims = await Promise.allSettled(Array.from({ length: 20 }, () => claimKey(docs, clock, use)));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('lets nothing run while the store is down', async () => {
    const down: DocStore = { ...docs, transaction: () => Promise.reject(new Error('connection refused')) };
    await expect(claimKey(down, clock, use)).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  test('is swept away after its time', async () => {
    await docs.set(`tenants/${use.tenantId}`, { id: use.tenantId });
    await finishKey(docs, await claim(), answer);
    expect(await sweepIdempotency({ docs, clock })).toEqual({ counts: { deleted: 0 }, more: false });
    nowMs += 26 * 3_600_000;
    expect(await sweepIdempotency({ docs, clock })).toEqual({ counts: { deleted: 1 }, more: false });
    expect(await docs.query(`tenants/${use.tenantId}/idempotency`)).toEqual([]);
  });
});
