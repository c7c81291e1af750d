import type { Clock, Doc, DocStore } from '../ports/index.ts';

/** What every entry of an outbox has, beside what it is about. */
export interface OutboxEntry {
  /** From when on a sweep looks after it; until then somebody is believed to do so. */
  readonly dueAt: string;
}

/** The time that lies `ms` after `from`, as an entry holds it. */
export const dueAfter = (from: Date, ms: number): string => new Date(from.getTime() + ms).toISOString();

/** Entries that are due, the longest waiting first. When none is, this costs one read. */
export const dueEntries = <T extends OutboxEntry>(
  docs: DocStore,
  clock: Clock,
  collection: string,
  limit: number,
): Promise<Doc<T>[]> =>
  docs.query<T>(collection, {
    where: [{ field: 'dueAt', op: '<=', value: clock.now().toISOString() }],
    orderBy: 'dueAt',
    limit,
  });

/** Moves an entry to a later time; one that is gone stays gone. `undefined` in `change` removes a field. */
export function postponeEntry<T extends OutboxEntry>(
  docs: DocStore,
  clock: Clock,
  path: string,
  afterMs: number,
  change: { readonly [field in keyof T]?: T[field] | undefined } = {},
): Promise<void> {
  return docs.transaction(async (tx) => {
    if (!(await tx.get(path))) return;
    tx.set(path, { ...change, dueAt: dueAfter(clock.now(), afterMs) }, { merge: true });
  });
}

/**
 * Takes a due entry for `holdMs`: of several sweeps at once one gets it. Whoever takes it and dies leaves it to a later
 * sweep. Undefined when it is gone or another has it.
 */
export function takeEntry<T extends OutboxEntry>(
  docs: DocStore,
  clock: Clock,
  path: string,
  holdMs: number,
): Promise<T | undefined> {
  return docs.transaction(async (tx) => {
    const entry = await tx.get<T>(path);
    const now = clock.now();
    if (!entry || entry.dueAt > now.toISOString()) return undefined;
    const dueAt = dueAfter(now, holdMs);
    tx.set(path, { dueAt }, { merge: true });
    return { ...entry, dueAt };
  });
}
