import { AtlasError } from '../../errors.ts';
import {
  commitLimits,
  type Doc,
  type DocData,
  DocExists,
  type DocPath,
  type DocQuery,
  type DocStore,
  type DocTransaction,
  type DocWrite,
  isIncrement,
  sortFieldOf,
} from '../../ports/index.ts';
import { committerOf, type SqliteDatabase } from './sqlite.ts';

/** A transaction that loses this often is contended beyond reason. */
const transactionAttempts = 20;

interface Row {
  readonly path: string;
  readonly id: string;
  readonly data: string;
  readonly version: number;
}

class Conflict extends Error {}

function splitPath(path: DocPath): { collection: string; id: string } {
  const cut = path.lastIndexOf('/');
  const segments = path.split('/');
  if (cut < 1 || segments.length % 2 !== 0 || segments.some((segment) => segment === '')) {
    throw new TypeError(`not a document path: ${path}`);
  }
  return { collection: path.slice(0, cut), id: path.slice(cut + 1) };
}

/** The document after a write: increments added up, fields set to undefined removed. */
function resolve(before: DocData | undefined, data: DocData): DocData {
  const next: DocData = { ...before };
  for (const [field, value] of Object.entries(data)) {
    if (value === undefined) delete next[field];
    else if (isIncrement(value)) next[field] = Number(before?.[field] ?? 0) + value.$increment;
    else next[field] = value;
  }
  return next;
}

const jsonPath = (field: string): string => {
  if (!/^[A-Za-z][A-Za-z0-9_.]*$/.test(field)) throw new TypeError(`not a field name: ${field}`);
  return `json_extract(data, '$.${field}')`;
};

const sqlValue = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

function querySql(collection: string, query: DocQuery): { sql: string; values: unknown[] } {
  const values: unknown[] = [collection];
  const terms = ['collection = ?'];
  for (const { field, op, value } of query.where ?? []) {
    if (op === 'in') {
      const list = value as readonly unknown[];
      terms.push(`${jsonPath(field)} IN (${list.map(() => '?').join(', ')})`);
      values.push(...list.map(sqlValue));
    } else {
      terms.push(`${jsonPath(field)} ${op === '==' ? '=' : op} ?`);
      values.push(sqlValue(value));
    }
  }
  const direction = query.descending ? 'DESC' : 'ASC';
  const sortField = sortFieldOf(query);
  // A field `id` is the document’s own, which the table has in an index.
  const key = sortField && sortField !== 'id' ? jsonPath(sortField) : undefined;
  if (query.startAfter) {
    const compare = query.descending ? '<' : '>';
    if (key) {
      terms.push(`(${key}, id) ${compare} (?, ?)`);
      values.push(sqlValue(query.startAfter.value), query.startAfter.id);
    } else {
      terms.push(`id ${compare} ?`);
      values.push(query.startAfter.id);
    }
  }
  const order = key ? `${key} ${direction}, id ${direction}` : `id ${direction}`;
  const limit = query.limit === undefined ? '' : ' LIMIT ?';
  if (query.limit !== undefined) values.push(query.limit);
  return {
    sql: `SELECT path, id, data, version FROM docs WHERE ${terms.join(' AND ')} ORDER BY ${order}${limit}`,
    values,
  };
}

/**
 * Documents in one SQLite table. Transactions are optimistic: reads note the version that they saw, and the commit,
 * which is part of one synchronous SQLite transaction, starts over when one of them has changed.
 */
export function sqliteDocStore(db: SqliteDatabase): DocStore {
  db.exec(`CREATE TABLE IF NOT EXISTS docs (
    path TEXT PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, version INTEGER NOT NULL
  ) WITHOUT ROWID; CREATE INDEX IF NOT EXISTS docs_by_collection ON docs (collection, id);`);
  const select = db.prepare('SELECT path, id, data, version FROM docs WHERE path = ?');
  // A new document begins at a random version: one that was deleted and made again is never taken for the old one.
  const upsert = db.prepare(`INSERT INTO docs (path, collection, id, data, version)
    VALUES (?, ?, ?, ?, 1 + abs(random() >> 12))
    ON CONFLICT (path) DO UPDATE SET data = excluded.data, version = docs.version + 1`);
  const watched = db.prepare("SELECT path FROM docs WHERE path = ?1 OR (?1 LIKE '%/' AND collection = ?2)");
  const remove = db.prepare('DELETE FROM docs WHERE path = ?');
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  const committer = committerOf(db);
  const watchers = new Set<{ path: string; onChange: (path: DocPath) => void }>();

  const read = (path: DocPath): Row | undefined => select.get(path) as Row | undefined;

  /** Refuses what `apply` could not write, before anything is written. */
  const check = (changes: readonly DocWrite[], seen?: ReadonlyMap<DocPath, number>): void => {
    for (const [path, version] of seen ?? []) {
      if ((read(path)?.version ?? 0) !== version) throw new Conflict();
    }
    let bytes = 0;
    for (const change of changes) {
      splitPath(change.path);
      if (change.kind === 'create' && read(change.path)) throw new DocExists(change.path);
      const size = change.kind === 'delete' ? 0 : JSON.stringify(change.data).length;
      bytes += size;
      if (size > commitLimits.documentBytes) {
        throw new AtlasError(
          'count_over_limit',
          `Document ${change.path} would be larger than ${commitLimits.documentBytes} bytes.`,
        );
      }
    }
    if (changes.length > commitLimits.writes || bytes > commitLimits.bytes) {
      throw new AtlasError(
        'count_over_limit',
        `${changes.length} writes of ${bytes} bytes are too much for one commit.`,
      );
    }
  };

  const apply = (change: DocWrite): void => {
    if (change.kind === 'delete') {
      remove.run(change.path);
      return;
    }
    const { collection, id } = splitPath(change.path);
    const before = change.kind === 'set' && change.merge ? read(change.path) : undefined;
    const data = resolve(before && JSON.parse(before.data), change.data);
    upsert.run(change.path, collection, id, JSON.stringify(data));
  };

  const notify = (changes: readonly DocWrite[]): void => {
    if (watchers.size === 0) return;
    for (const { path } of changes) {
      const collection = path.slice(0, path.lastIndexOf('/') + 1);
      for (const watcher of watchers) if ([path, collection].includes(watcher.path)) watcher.onChange(path);
    }
  };

  const commit = async (changes: readonly DocWrite[], seen?: ReadonlyMap<DocPath, number>): Promise<void> => {
    await committer({ check: () => check(changes, seen), apply: () => changes.forEach(apply) });
    setImmediate(notify, changes);
  };

  const attempt = async <T>(body: (tx: DocTransaction) => Promise<T>): Promise<T> => {
    const seen = new Map<DocPath, number>();
    const changes: DocWrite[] = [];
    const look = <D>(path: DocPath): D | undefined => {
      if (changes.length > 0) throw new TypeError('a transaction reads before it writes');
      const row = read(path);
      seen.set(path, row?.version ?? 0);
      return row && (JSON.parse(row.data) as D);
    };
    const result = await body({
      get: async <D>(path: DocPath) => look<D>(path),
      getAll: async <D>(paths: readonly DocPath[]) => paths.map((path) => look<D>(path)),
      create: (path, data) => changes.push({ kind: 'create', path, data }),
      set: (path, data, options) => changes.push({ kind: 'set', path, data, merge: options?.merge === true }),
      delete: (path) => changes.push({ kind: 'delete', path }),
    });
    await commit(changes, seen);
    return result;
  };

  return {
    async get<T>(path: DocPath) {
      const row = read(path);
      return row && (JSON.parse(row.data) as T);
    },
    async getAll<T>(paths: readonly DocPath[]) {
      return paths.map((path) => {
        const row = read(path);
        return row && (JSON.parse(row.data) as T);
      });
    },
    create: async (path, data) => commit([{ kind: 'create', path, data }]),
    set: async (path, data, options) => commit([{ kind: 'set', path, data, merge: options?.merge === true }]),
    delete: async (path) => commit([{ kind: 'delete', path }]),
    batch: async (writes) => commit(writes),
    async transaction(body) {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(body);
        } catch (error) {
          if (!(error instanceof Conflict) || tries === transactionAttempts) throw error;
        }
      }
    },
    async query<T>(collection: string, query: DocQuery = {}) {
      const { sql, values } = querySql(collection, query);
      let statement = statements.get(sql);
      if (!statement) {
        statement = db.prepare(sql);
        statements.set(sql, statement);
      }
      return (statement.all(...values) as Row[]).map(
        (row): Doc<T> => ({ id: row.id, path: row.path, data: JSON.parse(row.data) as T }),
      );
    },
    watch(path, onChange) {
      const watcher = { path, onChange };
      watchers.add(watcher);
      setImmediate(() => {
        if (!watchers.has(watcher)) return;
        for (const found of watched.all(path, path.slice(0, -1))) onChange((found as Row).path);
      });
      return () => {
        watchers.delete(watcher);
      };
    },
  };
}
