import type { Clock } from '../../shared/ports/index.ts';

/** Tenants that are remembered; a full bucket is worth no memory. */
const bucketsAtMost = 10_000;

export interface RequestBuckets {
  /** Takes one request from the tenant’s minute; returns 0, or how many seconds to wait for the next. */
  take(tenantId: string, perMinute: number): number;
  /** Requests that the bucket still counts. */
  used(tenantId: string, perMinute: number): number;
}

/**
 * A token bucket a tenant, in the memory of this instance: it fills evenly and holds one minute’s requests. With n
 * instances a tenant may make up to n times as many; the load balancer’s rule stands before all of them. What is worth
 * money (jobs, bytes, spend) is counted in the store, see `shared/records/quotas.ts`.
 */
export function requestBuckets(clock: Clock): RequestBuckets {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const filled = (tenantId: string, perMinute: number): { tokens: number; atMs: number } => {
    const nowMs = clock.now().getTime();
    const held = buckets.get(tenantId);
    if (!held) return { tokens: perMinute, atMs: nowMs };
    const gained = (Math.max(0, nowMs - held.atMs) * perMinute) / 60_000;
    return { tokens: Math.min(perMinute, held.tokens + gained), atMs: nowMs };
  };
  return {
    take(tenantId, perMinute) {
      const bucket = filled(tenantId, perMinute);
      const waitS = bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) * 60) / perMinute);
      if (waitS === 0) bucket.tokens -= 1;
      if (buckets.size >= bucketsAtMost && !buckets.has(tenantId)) buckets.clear();
      buckets.set(tenantId, bucket);
      return waitS;
    },
    used: (tenantId, perMinute) => Math.ceil(perMinute - filled(tenantId, perMinute).tokens),
  };
}
