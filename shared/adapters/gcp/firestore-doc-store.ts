import { setTimeout as sleep } from 'node:timers/promises';
import type { Query } from '@google-cloud/firestore';
import { AtlasError } from '../../errors.ts';
import {
  type Doc,
  DocExists,
  type DocPath,
  type DocQuery,
  type DocStore,
  type DocTransaction,
  type DocWrite,
  sortFieldOf,
} from '../../ports/index.ts';
import { applyWrites, checkSize, documentAt, failure, type Loaded, readSnapshot } from './firestore-commit.ts';
import { decodeDocument, encodeOperand } from './firestore-fields.ts';
import { optimistic } from './firestore-optimistic.ts';
import { within } from './google-error.ts';
import { sdkOnce } from './sdk-once.ts';

export interface FirestoreOptions {
  readonly project: string;
  /** `(default)` when absent. */
  readonly databaseId?: string;
  /** `host:port` of Google’s emulator; no credentials are sent there. */
  readonly emulatorHost?: string;
  /** How long one call may take; a transaction may take three times as long. */
  readonly timeoutMs?: number;
  /** Hears when a watch ended for good; its watcher is called once more, so that it looks by itself. */
  readonly onWatchEnded?: (error: Error) => void;
}

export interface FirestoreDocStore extends DocStore {
  close(): Promise<void>;
}

/** A transaction that loses this often is contended beyond reason. */
const transactionAttempts = 20;
/**
 * A watch opens a stream of its own, which costs more than a read. Most who watch have what they wait for before this
 * time has passed; those who have not are told then of what is there.
 */
const watchAfterMs = 200;
/** The most values that Firestore compares in one `in`. */
const inValuesAtMost = 30;

async function load(options: FirestoreOptions): Promise<Loaded> {
  const sdk = await import('@google-cloud/firestore');
  const { project: projectId, databaseId, emulatorHost } = options;
  const client = new sdk.Firestore({
    projectId,
    ...(databaseId ? { databaseId } : {}),
    ...(emulatorHost ? { host: emulatorHost, ssl: false } : {}),
  });
  return { sdk, client };
}

function nativeQuery({ sdk, client }: Loaded, collection: string, query: DocQuery): Query {
  const field = (name: string): string => {
    if (!/^[A-Za-z][A-Za-z0-9_.]*$/.test(name)) throw new TypeError(`not a field name: ${name}`);
    return name;
  };
  const id = sdk.FieldPath.documentId();
  const direction = query.descending ? 'desc' : 'asc';
  let native: Query = client.collection(collection);
  for (const { field: name, op, value } of query.where ?? []) {
    if (op === 'in') {
      const values = value as readonly unknown[];
      if (values.length > inValuesAtMost) throw new TypeError(`more than ${inValuesAtMost} values to compare with`);
      native = native.where(
        field(name),
        'in',
        values.map((item) => encodeOperand(sdk, name, item)),
      );
    } else native = native.where(field(name), op, encodeOperand(sdk, name, value));
  }
  const sortField = sortFieldOf(query);
  if (sortField) native = native.orderBy(field(sortField), direction);
  native = native.orderBy(id, direction);
  if (query.startAfter) {
    const { value, id: last } = query.startAfter;
    native = sortField ? native.startAfter(encodeOperand(sdk, sortField, value), last) : native.startAfter(last);
  }
  return query.limit === undefined ? native : native.limit(query.limit);
}

/** One run of a transaction; `missing` hears of paths that were read and not there. */
async function runTransaction<T>(
  loaded: Loaded,
  body: (tx: DocTransaction) => Promise<T>,
  seen: { missing: Set<DocPath>; writes: DocWrite[] },
): Promise<T> {
  const { sdk, client } = loaded;
  return client.runTransaction(
    async (native) => {
      const writes: DocWrite[] = [];
      seen.missing.clear();
      seen.writes = writes;
      const look = async <D>(paths: readonly DocPath[]): Promise<(D | undefined)[]> => {
        if (writes.length > 0) throw new TypeError('a transaction reads before it writes');
        if (paths.length === 0) return [];
        const found = await native.getAll(...paths.map((path) => documentAt(client, path)));
        return found.map((snapshot, index) => {
          if (!snapshot.exists) seen.missing.add(paths[index] as DocPath);
          return readSnapshot<D>(sdk, snapshot);
        });
      };
      const result = await body({
        get: async <D>(path: DocPath) => (await look<D>([path]))[0],
        getAll: look,
        create: (path, data) => writes.push({ kind: 'create', path, data }),
        set: (path, data, options) => writes.push({ kind: 'set', path, data, merge: options?.merge === true }),
        delete: (path) => writes.push({ kind: 'delete', path }),
      });
      checkSize(writes);
      applyWrites(loaded, native, writes);
      return result;
    },
    { maxAttempts: transactionAttempts },
  );
}

/** Runs that lost, before the transaction takes locks. */
const optimisticAttempts = 8;
/** Waits between such runs grow up to this, each by chance, so that losers do not meet again. */
const longestWaitMs = 400;

async function locking<T>(loaded: Loaded, body: (tx: DocTransaction) => Promise<T>): Promise<T> {
  const seen = { missing: new Set<DocPath>(), writes: [] as DocWrite[] };
  for (let tries = 1; ; tries++) {
    try {
      return await runTransaction(loaded, body, seen);
    } catch (thrown) {
      const error = failure(thrown, seen.writes);
      // It was read as missing and made by another before our commit: a conflict, not a duplicate.
      const overtaken = error instanceof DocExists && seen.missing.has(error.path);
      if (!overtaken || tries === transactionAttempts) throw error;
    }
  }
}

async function transaction<T>(loaded: Loaded, body: (tx: DocTransaction) => Promise<T>): Promise<T> {
  for (let tries = 0; tries < optimisticAttempts; tries++) {
    const outcome = await optimistic(loaded, body).catch((thrown: unknown) => {
      throw failure(thrown);
    });
    if (outcome.kind === 'done') return outcome.result;
    if (outcome.kind === 'unfit') break;
    await sleep(Math.random() * Math.min(longestWaitMs, 20 * 2 ** tries));
  }
  return locking(loaded, body);
}

/** Once its caller was told that it failed, a transaction that still waits for the store commits nothing any more. */
async function unlessGivenUp<T>(
  timeoutMs: number,
  loaded: Loaded,
  body: (tx: DocTransaction) => Promise<T>,
): Promise<T> {
  let givenUp = false;
  const guarded = async (tx: DocTransaction): Promise<T> => {
    const result = await body(tx);
    if (givenUp) throw new AtlasError('store_unavailable', 'The transaction was given up before its commit.');
    return result;
  };
  try {
    return await within(timeoutMs, 'Firestore', transaction(loaded, guarded));
  } finally {
    givenUp = true;
  }
}

/** Listens from now on; the first snapshot tells of what is there already. */
function listen({ client }: Loaded, path: string, onChange: (path: DocPath) => void, onEnd: (error: Error) => void) {
  if (!path.endsWith('/')) {
    let before = false;
    return documentAt(client, path).onSnapshot(({ exists }) => {
      if (exists || before) onChange(path);
      before = exists;
    }, onEnd);
  }
  return client.collection(path.slice(0, -1)).onSnapshot((snapshot) => {
    for (const { doc } of snapshot.docChanges()) onChange(doc.ref.path);
  }, onEnd);
}

/** The store’s `watch`. */
function watchOf(loaded: () => Promise<Loaded>, options: FirestoreOptions): DocStore['watch'] {
  return (path, onChange) => {
    let stopped = false;
    let stop = (): void => undefined;
    const heard = (changed: DocPath): void => {
      if (!stopped) onChange(changed);
    };
    const ended = (error: Error): void => {
      options.onWatchEnded?.(error);
      heard(path);
    };
    const begin = setTimeout(() => {
      loaded().then((all) => {
        if (!stopped) stop = listen(all, path, heard, ended);
      }, ended);
    }, watchAfterMs);
    return () => {
      stopped = true;
      clearTimeout(begin);
      stop();
    };
  };
}

/**
 * Documents in Firestore (native mode). The client is loaded when it is first used. What Firestore does not take as it
 * is, lists in lists and some field names, is kept in another shape and read back as it was written.
 */
export function firestoreDocStore(options: FirestoreOptions): FirestoreDocStore {
  const loaded = sdkOnce(() => load(options));
  const timeoutMs = options.timeoutMs ?? 20_000;
  const call = <T>(made: Promise<T>, writes: readonly DocWrite[] = []): Promise<T> =>
    within(timeoutMs, 'Firestore', made).catch((thrown: unknown) => {
      throw failure(thrown, writes);
    });

  const commit = async (writes: readonly DocWrite[]): Promise<void> => {
    const { client, sdk } = await loaded();
    checkSize(writes);
    const batch = client.batch();
    applyWrites({ client, sdk }, batch, writes);
    await call(batch.commit(), writes);
  };

  return {
    async get<T>(path: DocPath) {
      const { sdk, client } = await loaded();
      return readSnapshot<T>(sdk, await call(documentAt(client, path).get()));
    },
    async getAll<T>(paths: readonly DocPath[]) {
      if (paths.length === 0) return [];
      const { sdk, client } = await loaded();
      const found = await call(client.getAll(...paths.map((path) => documentAt(client, path))));
      return found.map((snapshot) => readSnapshot<T>(sdk, snapshot));
    },
    create: (path, data) => commit([{ kind: 'create', path, data }]),
    set: (path, data, setOptions) => commit([{ kind: 'set', path, data, merge: setOptions?.merge === true }]),
    delete: (path) => commit([{ kind: 'delete', path }]),
    batch: commit,
    transaction: async (body) => unlessGivenUp(3 * timeoutMs, await loaded(), body),
    async query<T>(collection: string, query: DocQuery = {}) {
      const all = await loaded();
      const { docs } = await call(nativeQuery(all, collection, query).get());
      return docs.map(
        (snapshot): Doc<T> => ({
          id: snapshot.id,
          path: snapshot.ref.path,
          data: decodeDocument<T>(all.sdk, snapshot.data()),
        }),
      );
    },
    watch: watchOf(loaded, options),
    close: () => loaded.ifLoaded(({ client }) => client.terminate()),
  };
}
