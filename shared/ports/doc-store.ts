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

export interface Where {
  readonly field: string;
  readonly op: '==' | '<' | '<=' | '>' | '>=' | 'in';
  readonly value: unknown;
}

export interface DocQuery {
  readonly where?: readonly Where[];
  /** Field to sort by; the document id when absent. Ties go by id. */
  readonly orderBy?: string;
  readonly descending?: boolean;
  readonly limit?: number;
  /** Continue behind this document id (with its order value). */
  readonly startAfter?: { readonly value?: unknown; readonly id: string };
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
  /** @throws DocExists when one of the creates exists; then nothing is written. */
  batch(writes: readonly DocWrite[]): Promise<void>;
  /** Runs `body`, again after a conflict; its writes are applied together when it returns. */
  transaction<T>(body: (tx: DocTransaction) => Promise<T>): Promise<T>;
  query<T = DocData>(collection: string, query?: DocQuery): Promise<Doc<T>[]>;
  /** Calls back after each change of a document below `prefix`; returns the way to stop. */
  watch(prefix: string, onChange: (path: DocPath) => void): () => void;
}

/** A create met a document that is there already. */
export class DocExists extends Error {
  readonly path: DocPath;
  constructor(path: DocPath) {
    super(`document ${path} exists already`);
    this.name = 'DocExists';
    this.path = path;
  }
}
