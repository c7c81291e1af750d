import { commitLimits, DocExists, type DocStore } from '../ports/index.ts';

/** The most documents that a group writes; the counters come on top. */
const writesAtMost = Math.floor(commitLimits.writes * 0.8);
export const groupItemsAtMost = 50;

interface Waiting<I, O> {
  readonly item: I;
  resolve(outcome: O): void;
  reject(error: unknown): void;
}

interface GroupOptions<I, O> {
  /** Commits the items together and gives the outcome of each, in their order. */
  commit(docs: DocStore, items: readonly I[]): Promise<O[]>;
  /** How many documents an item writes. */
  weight(item: I): number;
}

/**
 * Lets acts that change the same document share a commit: while one is on its way the next ones gather, and go together
 * (group commit; Gray and Reuter, Transaction Processing, 1993, section 9.4.6). A busy document then costs one write for
 * each round trip of a process, however many acts there are.
 *
 * An item that is there already (`DocExists`) spoils the commit for all: then each of the group is committed alone.
 */
export function groupCommit<I, O>({ commit, weight }: GroupOptions<I, O>) {
  const queues = new WeakMap<DocStore, Map<string, Waiting<I, O>[]>>();

  const take = (queue: Waiting<I, O>[]): Waiting<I, O>[] => {
    let writes = 0;
    let count = 0;
    for (const { item } of queue) {
      writes += weight(item);
      if (count > 0 && (writes > writesAtMost || count >= groupItemsAtMost)) break;
      count += 1;
    }
    return queue.splice(0, count);
  };

  const commitGroup = async (docs: DocStore, group: readonly Waiting<I, O>[]): Promise<void> => {
    try {
      const outcomes = await commit(
        docs,
        group.map(({ item }) => item),
      );
      for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] as O);
    } catch (error) {
      if (error instanceof DocExists && group.length > 1) {
        for (const one of group) await commitGroup(docs, [one]);
      } else for (const { reject } of group) reject(error);
    }
  };

  const drain = async (docs: DocStore, key: string, waiting: Map<string, Waiting<I, O>[]>): Promise<void> => {
    const queue = waiting.get(key) ?? [];
    while (queue.length > 0) await commitGroup(docs, take(queue));
    waiting.delete(key);
  };

  /** @param key - items of one key share a document, and so a commit. */
  return (docs: DocStore, key: string, item: I): Promise<O> =>
    new Promise<O>((resolve, reject) => {
      const waiting = queues.get(docs) ?? new Map<string, Waiting<I, O>[]>();
      queues.set(docs, waiting);
      const queue = waiting.get(key);
      if (queue) {
        queue.push({ item, resolve, reject });
        return;
      }
      waiting.set(key, [{ item, resolve, reject }]);
      void drain(docs, key, waiting);
    });
}
