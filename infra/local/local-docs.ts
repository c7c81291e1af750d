import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite, type SqliteDatabase } from '../../shared/adapters/local/sqlite.ts';
import { sqliteDocStore } from '../../shared/adapters/local/sqlite-doc-store.ts';
import type { Config } from '../../shared/config.ts';
import type { Clock, DocStore } from '../../shared/ports/index.ts';

export const systemClock: Clock = { now: () => new Date() };

/** Opens the local database for one act; works beside a running server, which sees the change at once. */
export async function withLocalDocs<T>(
  config: Config,
  act: (docs: DocStore, db: SqliteDatabase) => Promise<T>,
): Promise<T> {
  mkdirSync(config.home, { recursive: true });
  const db = openSqlite(join(config.home, 'atlas.db'));
  try {
    return await act(sqliteDocStore(db), db);
  } finally {
    db.close();
  }
}
