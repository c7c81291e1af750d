import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite } from '../../shared/adapters/local/sqlite.ts';
import { sqliteDocStore } from '../../shared/adapters/local/sqlite-doc-store.ts';
import type { Config } from '../../shared/config.ts';
import type { DocStore } from '../../shared/ports/index.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '../../shared/records/api-keys.ts';
import type { ApiKeyDocument } from '../../shared/schema/index.ts';

const clock = { now: () => new Date() };

/** Opens the local documents for one act; works beside a running server, which sees the change at once. */
async function withDocs<T>(config: Config, act: (docs: DocStore) => Promise<T>): Promise<T> {
  mkdirSync(config.home, { recursive: true });
  const db = openSqlite(join(config.home, 'atlas.db'));
  try {
    return await act(sqliteDocStore(db));
  } finally {
    db.close();
  }
}

/** Makes a key; the answer is the only place where it can be read. */
export function createLocalKey(
  config: Config,
  { name, tenant }: { name: string; tenant?: string },
): Promise<{ key: string; keyId: string; tenantId: string }> {
  return withDocs(config, (docs) => createApiKey(docs, { name, ...(tenant ? { tenantId: tenant } : {}) }, clock));
}

export const listLocalKeys = (config: Config): Promise<ApiKeyDocument[]> => withDocs(config, listApiKeys);

export const revokeLocalKey = (config: Config, keyId: string): Promise<void> =>
  withDocs(config, (docs) => revokeApiKey(docs, keyId, clock));
