import { AtlasError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Clock, DocStore, DocTransaction } from '../ports/index.ts';
import { type ApiKey, type ApiKeyDocument, type Scope, scopePresets } from '../schema/index.ts';
import { applyWrites } from './apply-writes.ts';
import { type Actor, auditWrite, operator } from './audit.ts';
import { newSecret } from './key-secret.ts';
import { tenantDeletionPath, tenantPath } from './tenants.ts';

export const keyPath = (keyId: string): string => `apiKeys/${keyId}`;

/** What a key may do; one from before scopes may do everything. */
export const scopesOf = ({ scopes }: ApiKeyDocument): readonly Scope[] => scopes ?? scopePresets.full;

/** What the customer sees of a key. */
export function publicKey({ tenantId: _t, hash: _h, rotationId: _r, previous, ...shown }: ApiKeyDocument): ApiKey {
  return {
    ...shown,
    scopes: [...(shown.scopes ?? scopePresets.full)],
    ...(previous ? { previousValidUntil: previous.validUntil } : {}),
  };
}

export interface NewKey {
  /** A new tenant when absent. */
  readonly tenantId?: string;
  readonly name: string;
  /** Everything when absent. */
  readonly scopes?: readonly Scope[] | undefined;
  readonly expiresAt?: string | undefined;
  /** Id to give it, so that a repeated request finds the key that it made. */
  readonly keyId?: string;
}

/**
 * Makes an API key for a tenant, or for a new tenant. The key is returned here and never again: only a hash is kept.
 *
 * @throws AtlasError conflict when the tenant was deleted; DocExists when `keyId` is taken
 */
export async function createApiKey(
  docs: DocStore,
  request: NewKey,
  clock: Clock,
  actor: Actor = operator,
): Promise<{ key: string; keyId: string; tenantId: string; document: ApiKeyDocument }> {
  const now = clock.now();
  const tenantId = request.tenantId ?? newId('ten', now);
  const keyId = request.keyId ?? newId('key', now);
  const { key, kept } = newSecret(keyId);
  const scopes = [...(request.scopes ?? scopePresets.full)];
  const document: ApiKeyDocument = {
    id: keyId,
    tenantId,
    name: request.name,
    ...kept,
    createdAt: now.toISOString(),
    scopes,
    ...(request.expiresAt === undefined ? {} : { expiresAt: request.expiresAt }),
  };
  await docs.transaction(async (tx) => {
    if (await tx.get(tenantDeletionPath(tenantId))) {
      throw new AtlasError('conflict', `Tenant ${tenantId} was deleted.`);
    }
    tx.set(tenantPath(tenantId), { id: tenantId }, { merge: true });
    tx.create(keyPath(keyId), document);
    const detail = { name: request.name, scopes };
    applyWrites(tx, [auditWrite(tenantId, clock, actor, { action: 'key.created', subject: keyId, detail })]);
  });
  return { key, keyId, tenantId, document };
}

/** A key of this tenant, or of any when none is named. @throws AtlasError not_found */
async function heldKey(tx: DocTransaction, keyId: string, tenantId: string | undefined): Promise<ApiKeyDocument> {
  const key = await tx.get<ApiKeyDocument>(keyPath(keyId));
  if (!key || (tenantId !== undefined && key.tenantId !== tenantId)) {
    throw new AtlasError('not_found', `There is no API key ${keyId}.`);
  }
  return key;
}

/** Ends a key; a second time changes nothing. @throws AtlasError not_found */
export async function revokeApiKey(
  docs: DocStore,
  keyId: string,
  clock: Clock,
  by: { actor: Actor; tenantId?: string } = { actor: operator },
): Promise<void> {
  await docs.transaction(async (tx) => {
    const key = await heldKey(tx, keyId, by.tenantId);
    if (key.revokedAt) return;
    tx.set(keyPath(keyId), { ...key, revokedAt: clock.now().toISOString() });
    applyWrites(tx, [auditWrite(key.tenantId, clock, by.actor, { action: 'key.revoked', subject: keyId })]);
  });
}

export interface Rotation {
  /** How long the secret of now goes on working. */
  readonly graceMs: number;
  readonly actor: Actor;
  /** Only a key of this tenant. */
  readonly tenantId?: string;
  /** Only a key that may do no more than these: whoever rotates a key holds it afterwards. */
  readonly within?: readonly Scope[];
  /** Names the request: repeated with the same id it changes nothing and shows no secret. */
  readonly rotationId?: string;
}

/**
 * Gives a key a new secret; the old one works for the grace period, the one before it no longer.
 *
 * @returns the new key, or none when this very rotation was done before.
 * @throws AtlasError not_found, forbidden, conflict (the key has ended)
 */
export async function rotateApiKey(
  docs: DocStore,
  keyId: string,
  clock: Clock,
  { graceMs, actor, tenantId, within, rotationId }: Rotation,
): Promise<{ key?: string; document: ApiKeyDocument }> {
  const { key, kept } = newSecret(keyId);
  return docs.transaction(async (tx) => {
    const before = await heldKey(tx, keyId, tenantId);
    const beyond = within && scopesOf(before).find((scope) => !within.includes(scope));
    if (beyond) throw new AtlasError('forbidden', `Key ${keyId} has the scope ${beyond}, which yours lacks.`);
    if (rotationId !== undefined && before.rotationId === rotationId) return { document: before };
    const now = clock.now();
    if (before.revokedAt || (before.expiresAt !== undefined && before.expiresAt <= now.toISOString())) {
      throw new AtlasError('conflict', `Key ${keyId} has ended; make a new one.`);
    }
    const document: ApiKeyDocument = {
      ...before,
      ...kept,
      rotatedAt: now.toISOString(),
      previous: { hash: before.hash, validUntil: new Date(now.getTime() + graceMs).toISOString() },
      ...(rotationId === undefined ? {} : { rotationId }),
    };
    tx.set(keyPath(keyId), document);
    const detail = { graceSeconds: Math.round(graceMs / 1000) };
    applyWrites(tx, [auditWrite(before.tenantId, clock, actor, { action: 'key.rotated', subject: keyId, detail })]);
    return { key, document };
  });
}

/** A key of a tenant. @throws AtlasError not_found, also for a key of another tenant */
export async function readApiKey(docs: DocStore, tenantId: string, keyId: string): Promise<ApiKeyDocument> {
  const key = await docs.get<ApiKeyDocument>(keyPath(keyId));
  if (key?.tenantId !== tenantId) throw new AtlasError('not_found', `There is no API key ${keyId}.`);
  return key;
}

/** The keys of one tenant, or all, oldest first. */
export async function listApiKeys(docs: DocStore, tenantId?: string): Promise<ApiKeyDocument[]> {
  const where = tenantId === undefined ? [] : [{ field: 'tenantId', op: '==' as const, value: tenantId }];
  return (await docs.query<ApiKeyDocument>('apiKeys', { where })).map((doc) => doc.data);
}
