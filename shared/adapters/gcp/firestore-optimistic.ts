import type { DocumentSnapshot, WriteBatch } from '@google-cloud/firestore';
import { type DocData, DocExists, type DocPath, type DocTransaction, type DocWrite } from '../../ports/index.ts';
import { applyWrites, checkSize, documentAt, failure, type Loaded, readSnapshot } from './firestore-commit.ts';
import { encodeDocument } from './firestore-fields.ts';
import { grpcStatus, grpcStatusOf } from './google-error.ts';

/** What became of one optimistic run of a transaction. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly result: T }
  /** Another changed what was read: run the body again. */
  | { readonly kind: 'conflict' }
  /** It reads a document that it does not write, or writes one twice: only a locking transaction can do that. */
  | { readonly kind: 'unfit' };

type Reads = ReadonlyMap<DocPath, DocumentSnapshot>;

const conflicts: readonly (number | undefined)[] = [
  grpcStatus.notFound,
  grpcStatus.failedPrecondition,
  grpcStatus.aborted,
];

/** Whether all that was read is still as it was read. */
async function stillCurrent({ client }: Loaded, reads: Reads): Promise<boolean> {
  if (reads.size === 0) return true;
  const now = await client.getAll(...[...reads.keys()].map((path) => documentAt(client, path)));
  return [...reads.values()].every((before, index) => {
    const after = now[index];
    if (!before.exists || !before.updateTime) return after?.exists === false;
    return after?.updateTime?.isEqual(before.updateTime) === true;
  });
}

/** Replaces or merges a document that must still be the one that was read. */
function writeOver(loaded: Loaded, batch: WriteBatch, before: DocumentSnapshot, data: DocData, merge: boolean): void {
  const { sdk } = loaded;
  const { fields } = encodeDocument(sdk, data, merge);
  if (!merge) {
    for (const key of Object.keys(before.data() ?? {})) if (!(key in fields)) fields[key] = sdk.FieldValue.delete();
  }
  const [first, ...rest] = Object.entries(fields).map(([key, value]) => [new sdk.FieldPath(key), value] as const);
  if (!first || !before.updateTime) return;
  batch.update(before.ref, first[0], first[1], ...rest.flat(), { lastUpdateTime: before.updateTime });
}

/** Puts the writes into a batch, each with the state that was read as its precondition; false when that cannot be. */
function fill(loaded: Loaded, batch: WriteBatch, reads: Reads, writes: readonly DocWrite[]): boolean {
  const written = new Set<DocPath>();
  for (const write of writes) {
    if (written.has(write.path)) return false;
    written.add(write.path);
    const before = reads.get(write.path);
    if (!before) applyWrites(loaded, batch, [write]);
    else if (!before.exists) {
      if (write.kind === 'delete') return false;
      const data = Object.fromEntries(Object.entries(write.data).filter(([, value]) => value !== undefined));
      batch.create(before.ref, encodeDocument(loaded.sdk, data, false).fields);
    } else if (write.kind === 'delete') {
      if (!before.updateTime) return false;
      batch.delete(before.ref, { lastUpdateTime: before.updateTime });
    } else {
      if (write.kind === 'create') throw new DocExists(write.path);
      const nothing =
        Object.keys(write.data).length === 0 && (write.merge || Object.keys(before.data() ?? {}).length === 0);
      if (nothing) return false;
      writeOver(loaded, batch, before, write.data, write.merge === true);
    }
  }
  return [...reads.keys()].every((path) => written.has(path));
}

/**
 * Runs a transaction without locks: what was read is the precondition of what is written, in one commit. Locks of the
 * real transactions make those who lose wait for seconds; a lost precondition is known at once.
 */
export async function optimistic<T>(loaded: Loaded, body: (tx: DocTransaction) => Promise<T>): Promise<Outcome<T>> {
  const { sdk, client } = loaded;
  const reads = new Map<DocPath, DocumentSnapshot>();
  const writes: DocWrite[] = [];
  const look = async (paths: readonly DocPath[]): Promise<void> => {
    if (writes.length > 0) throw new TypeError('a transaction reads before it writes');
    const unread = [...new Set(paths)].filter((path) => !reads.has(path));
    if (unread.length === 0) return;
    const found = await client.getAll(...unread.map((path) => documentAt(client, path)));
    for (const [index, path] of unread.entries()) reads.set(path, found[index] as DocumentSnapshot);
  };
  const read = <D>(path: DocPath): D | undefined => readSnapshot<D>(sdk, reads.get(path) as DocumentSnapshot);
  const result = await body({
    async get<D>(path: DocPath) {
      await look([path]);
      return read<D>(path);
    },
    async getAll<D>(paths: readonly DocPath[]) {
      await look(paths);
      return paths.map((path) => read<D>(path));
    },
    create: (path, data) => writes.push({ kind: 'create', path, data }),
    set: (path, data, options) => writes.push({ kind: 'set', path, data, merge: options?.merge === true }),
    delete: (path) => writes.push({ kind: 'delete', path }),
  });
  if (writes.length === 0) {
    const seenTogether = reads.size < 2 || (await stillCurrent(loaded, reads));
    return seenTogether ? { kind: 'done', result } : { kind: 'conflict' };
  }
  checkSize(writes);
  const batch = client.batch();
  if (!fill(loaded, batch, reads, writes)) return { kind: 'unfit' };
  try {
    await batch.commit();
    return { kind: 'done', result };
  } catch (thrown) {
    if (conflicts.includes(grpcStatusOf(thrown))) return { kind: 'conflict' };
    const error = failure(thrown, writes);
    // A create may have failed because what led to it was overtaken.
    if (error instanceof DocExists && !(await stillCurrent(loaded, reads))) return { kind: 'conflict' };
    throw error;
  }
}
