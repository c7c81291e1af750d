import type { Config } from '../../shared/config.ts';
import { createApiKey, listApiKeys, type NewKey, revokeApiKey, rotateApiKey } from '../../shared/records/api-keys.ts';
import { operator } from '../../shared/records/audit.ts';
import type { ApiKeyDocument } from '../../shared/schema/index.ts';
import { systemClock, withStores } from './operator-stores.ts';

/** Makes a key; the answer is the only place where it can be read. */
export function createKey(config: Config, request: NewKey): Promise<{ key: string; keyId: string; tenantId: string }> {
  return withStores(config, async ({ docs }) => {
    const { key, keyId, tenantId } = await createApiKey(docs, request, systemClock);
    return { key, keyId, tenantId };
  });
}

export const listKeys = (config: Config): Promise<ApiKeyDocument[]> =>
  withStores(config, ({ docs }) => listApiKeys(docs));

export const revokeKey = (config: Config, keyId: string): Promise<void> =>
  withStores(config, ({ docs }) => revokeApiKey(docs, keyId, systemClock));

/** Gives a key a new secret, shown here only; the old one works until `previousValidUntil`. */
export function rotateKey(
  config: Config,
  keyId: string,
  graceMs: number,
): Promise<{ key: string | undefined; keyId: string; previousValidUntil: string | undefined }> {
  return withStores(config, async ({ docs }) => {
    const { key, document } = await rotateApiKey(docs, keyId, systemClock, { graceMs, actor: operator });
    return { key, keyId, previousValidUntil: document.previous?.validUntil };
  });
}
