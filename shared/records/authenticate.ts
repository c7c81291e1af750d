import { timingSafeEqual } from 'node:crypto';
import { AtlasError } from '../errors.ts';
import type { Clock, DocStore } from '../ports/index.ts';
import {
  type ApiKeyDocument,
  type Scope,
  type TenantDocument,
  type TenantLimits,
  tenantLimits,
} from '../schema/index.ts';
import { keyPath, scopesOf } from './api-keys.ts';
import { readKey } from './key-secret.ts';
import { tenantPath } from './tenants.ts';

/** Who a request speaks for, and what that allows. */
export interface KeyHolder {
  readonly tenantId: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt?: string;
  readonly limits: TenantLimits;
}

/** A request that named a key and was refused; `tenantId` is whose key it named, when there is such a key. */
export class Refused extends AtlasError {
  readonly tenantId: string | undefined;
  constructor(message: string, tenantId?: string) {
    super('unauthenticated', message);
    this.tenantId = tenantId;
  }
}

/** A key and its tenant, as the store has them. */
interface Known {
  readonly key: ApiKeyDocument;
  readonly tenant: TenantDocument | undefined;
}

const noKey = 'The request has no valid API key.';

const equal = (held: string | undefined, given: Buffer): boolean => {
  const bytes = Buffer.from(held ?? '', 'hex');
  return bytes.length === given.length && timingSafeEqual(bytes, given);
};

async function readKnown(docs: DocStore, keyId: string): Promise<Known | undefined> {
  const key = await docs.get<ApiKeyDocument>(keyPath(keyId));
  return key && { key, tenant: await docs.get<TenantDocument>(tenantPath(key.tenantId)) };
}

async function holderOf(
  header: string | undefined,
  clock: Clock,
  read: (keyId: string) => Promise<Known | undefined>,
): Promise<KeyHolder> {
  const given = readKey(/^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? '');
  if (!given) throw new Refused(noKey);
  const known = await read(given.keyId);
  if (!known) throw new Refused(noKey);
  const { key, tenant } = known;
  const now = clock.now().toISOString();
  const old = key.previous && key.previous.validUntil > now ? key.previous.hash : undefined;
  if (!equal(key.hash, given.hash) && !equal(old, given.hash)) throw new Refused(noKey, key.tenantId);
  if (key.revokedAt || tenant?.deletingAt) throw new Refused(noKey, key.tenantId);
  // Only who holds the secret gets to read this.
  if (key.expiresAt !== undefined && key.expiresAt <= now) throw new Refused('The API key has expired.', key.tenantId);
  return {
    tenantId: key.tenantId,
    keyId: key.id,
    scopes: scopesOf(key),
    ...(key.expiresAt === undefined ? {} : { expiresAt: key.expiresAt }),
    limits: tenantLimits(tenant),
  };
}

/** Who an Authorization header speaks for, read from the store each time. @throws AtlasError unauthenticated */
export function authenticate(docs: DocStore, header: string | undefined, clock: Clock): Promise<KeyHolder> {
  return holderOf(header, clock, (keyId) => readKnown(docs, keyId));
}

/** How long a key and its tenant’s limits are taken as read; a revoked key stops working within this time. */
const cacheMs = 3_000;
const cacheEntries = 10_000;

/** Notes the day on which a key was used; a key that is gone meanwhile stays gone. */
async function noteUse(docs: DocStore, keyId: string, day: string): Promise<void> {
  await docs.transaction(async (tx) => {
    const key = await tx.get<ApiKeyDocument>(keyPath(keyId));
    if (key && (key.lastUsedDay ?? '') < day) tx.set(keyPath(keyId), { ...key, lastUsedDay: day });
  });
}

/**
 * `authenticate` with a short memory: a busy client costs two reads in three seconds, and one write a day, the day that
 * its key was last used.
 */
export function keyAuthenticator(docs: DocStore, clock: Clock): (header: string | undefined) => Promise<KeyHolder> {
  const cache = new Map<string, { known: Known; untilMs: number }>();
  const noted = new Map<string, string>();
  const read = async (keyId: string): Promise<Known | undefined> => {
    const nowMs = clock.now().getTime();
    const held = cache.get(keyId);
    if (held && held.untilMs > nowMs) return held.known;
    const known = await readKnown(docs, keyId);
    cache.delete(keyId);
    if (cache.size >= cacheEntries) cache.clear();
    if (known) cache.set(keyId, { known, untilMs: nowMs + cacheMs });
    return known;
  };
  return async (header) => {
    const holder = await holderOf(header, clock, read);
    const day = clock.now().toISOString().slice(0, 10);
    if (noted.get(holder.keyId) !== day) {
      if (noted.size >= cacheEntries) noted.clear();
      noted.set(holder.keyId, day);
      // The next instance, or the next day, notes it again: a request is not refused for this.
      await noteUse(docs, holder.keyId, day).catch(() => noted.delete(holder.keyId));
    }
    return holder;
  };
}
