import { createRequire } from 'node:module';

/** The part of the node:sqlite API that Atlas uses; `@photostructure/sqlite` offers the same on Node 20. */
export interface SqliteStatement {
  run(...values: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

const require = createRequire(import.meta.url);

function databaseClass(): new (path: string) => SqliteDatabase {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const builtIn = major > 22 || (major === 22 && minor >= 13);
  return require(builtIn ? 'node:sqlite' : '@photostructure/sqlite').DatabaseSync;
}

/**
 * Opens a database file with a write-ahead log. A committed transaction survives the death of the process; the last
 * ones before a power cut may be lost together (synchronous = NORMAL), never half of one.
 */
export function openSqlite(path: string): SqliteDatabase {
  const db = new (databaseClass())(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
  return db;
}

/** Runs `body` in one immediate transaction. */
export function inTransaction<T>(db: SqliteDatabase, body: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = body();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
