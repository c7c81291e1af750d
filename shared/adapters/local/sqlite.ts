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
function inTransaction<T>(db: SqliteDatabase, body: () => T): T {
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

/**
 * A piece of writing: `check` may throw and must not write; `apply` writes and must not fail for a reason that `check`
 * could have seen.
 */
export interface Commit {
  readonly check?: () => void;
  readonly apply: () => void;
}

/** Commits a piece of writing; resolves when it is durable. */
export type Committer = (commit: Commit) => Promise<void>;

const committers = new WeakMap<SqliteDatabase, Committer>();

/**
 * The committer of a database: what is asked for in one turn of the event loop is written in one SQLite transaction, in
 * the order of asking. A commit costs more than what is in it, so under load this halves the cost of every write.
 */
export function committerOf(db: SqliteDatabase): Committer {
  const known = committers.get(db);
  if (known) return known;
  interface Waiting extends Commit {
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    const settle: (() => void)[] = [];
    try {
      inTransaction(db, () => {
        for (const { check, apply, resolve, reject } of batch) {
          try {
            check?.();
          } catch (error) {
            settle.push(() => reject(error));
            continue;
          }
          apply();
          settle.push(resolve);
        }
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const tell of settle) tell();
  };
  const committer: Committer = (commit) =>
    new Promise((resolve, reject) => {
      waiting.push({ ...commit, resolve, reject });
      if (waiting.length === 1) setImmediate(flush);
    });
  committers.set(db, committer);
  return committer;
}
