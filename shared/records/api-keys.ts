import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AtlasError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Clock, DocStore } from '../ports/index.ts';
import type { ApiKeyDocument } from '../schema/index.ts';

const keyPath = (keyId: string): string => `apiKeys/${keyId}`;
const tenantPath = (tenantId: string): string => `tenants/${tenantId}`;

/** Who a request speaks for. */
export interface KeyHolder {
  readonly tenantId: string;
  readonly keyId: string;
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Base 62 of fixed length: a double click selects all of a key. */
function base62(bytes: Uint8Array, length: number): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let at = 0; at < length; at++) {
    text = digits[Number(number % 62n)] + text;
    number /= 62n;
  }
  return text;
}

/** Six characters that tell a mistyped or cut key from a real one without asking the store. */
function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return base62(bytes, 6);
}

const keyPattern = /^atl_([0-9a-z]{26})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** The id in a key and the hash of its secret; undefined when the text is not a key. */
function readKey(text: string): { keyId: string; hash: Buffer } | undefined {
  const match = keyPattern.exec(text);
  if (!match || checksum(text.slice(0, -6)) !== match[3]) return undefined;
  return {
    keyId: `key_${match[1]}`,
    hash: createHash('sha256')
      .update(match[2] ?? '')
      .digest(),
  };
}

/**
 * Makes an API key of 32 random bytes for a tenant, or for a new tenant. The key is returned here and never again: only
 * its SHA-256 is kept, which is enough for a secret that nobody can guess.
 */
export async function createApiKey(
  docs: DocStore,
  request: { tenantId?: string; name: string },
  clock: Clock,
): Promise<{ key: string; keyId: string; tenantId: string }> {
  const now = clock.now();
  const tenantId = request.tenantId ?? newId('ten', now);
  const keyId = newId('key', now);
  const secret = base62(randomBytes(32), 43);
  const start = `atl_${keyId.slice('key_'.length)}_${secret}`;
  const document: ApiKeyDocument = {
    id: keyId,
    tenantId,
    name: request.name,
    hash: createHash('sha256').update(secret).digest('hex'),
    lastFour: secret.slice(-4),
    createdAt: now.toISOString(),
  };
  await docs.batch([
    { kind: 'set', merge: true, path: tenantPath(tenantId), data: { id: tenantId } },
    { kind: 'create', path: keyPath(keyId), data: document },
  ]);
  return { key: `${start}${checksum(start)}`, keyId, tenantId };
}

/** Ends a key; a second time changes nothing. @throws AtlasError not_found */
export async function revokeApiKey(docs: DocStore, keyId: string, clock: Clock): Promise<void> {
  await docs.transaction(async (tx) => {
    const key = await tx.get<ApiKeyDocument>(keyPath(keyId));
    if (!key) throw new AtlasError('not_found', `There is no API key ${keyId}.`);
    if (!key.revokedAt) tx.set(keyPath(keyId), { ...key, revokedAt: clock.now().toISOString() });
  });
}

/** The keys of one tenant, or all, oldest first. */
export async function listApiKeys(docs: DocStore, tenantId?: string): Promise<ApiKeyDocument[]> {
  const where = tenantId === undefined ? [] : [{ field: 'tenantId', op: '==' as const, value: tenantId }];
  return (await docs.query<ApiKeyDocument>('apiKeys', { where })).map((doc) => doc.data);
}

const refusal = (): AtlasError => new AtlasError('unauthenticated', 'The request has no valid API key.');

async function holderOf(header: string | undefined, read: (keyId: string) => Promise<ApiKeyDocument | undefined>) {
  const key = readKey(/^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? '');
  if (!key) throw refusal();
  const document = await read(key.keyId);
  const held = Buffer.from(document?.hash ?? '', 'hex');
  if (!document || held.length !== key.hash.length || !timingSafeEqual(held, key.hash)) throw refusal();
  if (document.revokedAt) throw refusal();
  return { tenantId: document.tenantId, keyId: document.id };
}

/** Who an Authorization header speaks for, read from the store each time. @throws AtlasError unauthenticated */
export function authenticate(docs: DocStore, header: string | undefined): Promise<KeyHolder> {
  return holderOf(header, (keyId) => docs.get<ApiKeyDocument>(keyPath(keyId)));
}

/** How long a key is taken as read; a revoked key stops working within this time. */
const cacheMs = 3_000;
const cacheEntries = 10_000;

/** `authenticate` with a short memory: a busy client costs one read in three seconds. */
export function keyAuthenticator(docs: DocStore, clock: Clock): (header: string | undefined) => Promise<KeyHolder> {
  const cache = new Map<string, { document: ApiKeyDocument; untilMs: number }>();
  return (header) =>
    holderOf(header, async (keyId) => {
      const nowMs = clock.now().getTime();
      const held = cache.get(keyId);
      if (held && held.untilMs > nowMs) return held.document;
      const document = await docs.get<ApiKeyDocument>(keyPath(keyId));
      cache.delete(keyId);
      if (cache.size >= cacheEntries) cache.clear();
      if (document) cache.set(keyId, { document, untilMs: nowMs + cacheMs });
      return document;
    });
}
