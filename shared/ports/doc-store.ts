/** JSON that a document can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type DocData = { [key: string]: unknown };

/** A document path: `collection/id[/collection/id…]`. */
export type DocPath = string;

/** Adds to a number field where the store keeps it, without reading it first. */
export interface Increment {
  readonly $increment: number;
}
export const increment = (by: number): Increment => ({ $increment: by });

/** Whether a field’s value is to be added, not set. */
export const isIncrement = (value: unknown): value is Increment =>
  typeof value === 'object' && value !== null && typeof (value as Increment).$increment === 'number';

export interface Where {
  readonly field: string;
  readonly op: '==' | '<' | '<=' | '>' | '>=' | 'in';
  readonly value: unknown;
}

export interface DocQuery {
  readonly where?: readonly Where[];
  /**
   * Field to sort by; when absent, the field that is compared with `<`, `<=`, `>` or `>=`, else the document’s id. Ties go by
   * id. A field `id` holds the document’s own id: whoever sorts by it keeps it there in every document of the collection.
   */
  readonly orderBy?: string;
  /** Only with a field to sort by: Firestore reads ids upwards only. */
  readonly descending?: boolean;
  readonly limit?: number;
  /** Continue behind this document id (with its order value). */
  readonly startAfter?: { readonly value?: unknown; readonly id: string };
}

/** The field that a query sorts by, undefined for the id. As in Firestore, what is compared is also the order. */
export function sortFieldOf({ orderBy, where = [], descending }: DocQuery): string | undefined {
  const field = orderBy ?? where.find(({ op }) => op !== '==' && op !== 'in')?.field;
  if (field === undefined && descending) throw new TypeError('a descending query names the field that it sorts by');
  return field;
}

export interface Doc<T = DocData> {
  readonly id: string;
  readonly path: DocPath;
  readonly data: T;
}

export type DocWrite =
  | { readonly kind: 'create'; readonly path: DocPath; readonly data: DocData }
  | { readonly kind: 'set'; readonly path: DocPath; readonly data: DocData; readonly merge?: boolean }
  | { readonly kind: 'delete'; readonly path: DocPath };

/** Reads and writes of one transaction; all reads come before the first write. */
export interface DocTransaction {
  get<T = DocData>(path: DocPath): Promise<T | undefined>;
  /** Several documents in one round trip, in the order of their paths. */
  getAll<T = DocData>(paths: readonly DocPath[]): Promise<(T | undefined)[]>;
  create(path: DocPath, data: DocData): void;
  /** Replaces the document, or merges top-level fields; `undefined` removes a field in a merge. */
  set(path: DocPath, data: DocData, options?: { merge?: boolean }): void;
  delete(path: DocPath): void;
}

/**
 * Documents, as Firestore keeps them: paths, merges, transactions, queries with a cursor.
 *
 * Guarantees that every adapter proves in one contract suite: a transaction is serialisable; `batch` is all or nothing;
 * `create` of an existing path fails with `already_exists`; a document that was read is never changed by a later write.
 */
export interface DocStore {
  get<T = DocData>(path: DocPath): Promise<T | undefined>;
  getAll<T = DocData>(paths: readonly DocPath[]): Promise<(T | undefined)[]>;
  /** @throws DocExists when the document is there already. */
  create(path: DocPath, data: DocData): Promise<void>;
  set(path: DocPath, data: DocData, options?: { merge?: boolean }): Promise<void>;
  delete(path: DocPath): Promise<void>;
  /**
   * @throws DocExists when one of the creates exists; then nothing is written.
   * @throws AtlasError count_over_limit for more writes or bytes than one commit may hold
   */
  batch(writes: readonly DocWrite[]): Promise<void>;
  /** Runs `body`, again after a conflict; its writes are applied together when it returns. */
  transaction<T>(body: (tx: DocTransaction) => Promise<T>): Promise<T>;
  query<T = DocData>(collection: string, query?: DocQuery): Promise<Doc<T>[]>;
  /**
   * Calls back after each change of the document at `path`, or, when it ends with a slash, of a document directly in that
   * collection; returns the way to stop. Also calls back once soon after the beginning, for documents that are there
   * already: who only looks when he is called misses nothing.
   */
  watch(path: string, onChange: (path: DocPath) => void): () => void;
}

/** The most that one commit may hold, in every adapter: what Firestore’s clients and API take for sure. */
export const commitLimits = { writes: 500, bytes: 10 * 1024 * 1024, documentBytes: 1024 * 1024 } as const;

/** A create met a document that is there already. */
export class DocExists extends Error {
  readonly path: DocPath;
  constructor(path: DocPath) {
    super(`document ${path} exists already`);
    this.name = 'DocExists';
    this.path = path;
  }
}
