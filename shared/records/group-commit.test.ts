import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openSqlite } from '../adapters/local/sqlite.ts';
import { sqliteDocStore } from '../adapters/local/sqlite-doc-store.ts';
import { DocExists, type DocStore, type DocWrite, increment } from '../ports/index.ts';
import { groupCommit } from './group-commit.ts';
import { mergeWrites } from './merge-writes.ts';

let docs: DocStore;
let groups: number[];
beforeEach(() => {
  docs = sqliteDocStore(openSqlite(':memory:'));
  groups = [];
});

/** Makes a document for each item, and counts them in one that all share. */
const makeAll = (weight = 2) =>
  groupCommit<string, string>({
    async commit(store, ids) {
      groups.push(ids.length);
      await store.batch([
        ...ids.map((id): DocWrite => ({ kind: 'create', path: `things/${id}`, data: { id } })),
        { kind: 'set', merge: true, path: 'sums/things', data: { n: increment(ids.length) } },
      ]);
      return ids.map((id) => `made ${id}`);
    },
    weight: () => weight,
  });
const ids = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);
const sum = async () => (await docs.get<{ n: number }>('sums/things'))?.n;

describe('a group commit', () => {
  test('takes the first alone and those that gather meanwhile together, each with its own outcome', async () => {
    const make = makeAll();
    const outcomes = await Promise.all(ids(40).map((id) => make(docs, 'k', id)));
    expect(outcomes).toEqual(ids(40).map((id) => `made ${id}`));
    expect(groups).toEqual([1, 39]);
    expect(await sum()).toBe(40);
  });

  test('holds no more than one commit may', async () => {
    const make = makeAll(100);
    await Promise.all(ids(9).map((id) => make(docs, 'k', id)));
    expect(groups).toEqual([1, 4, 4]);
    groups = [];
    await Promise.all(ids(3).map((id) => makeAll(10_000)(docs, 'k', `big-${id}`)));
    expect(groups).toEqual([1, 1, 1]);
  });

  test('of another key does not wait', async () => {
    const order: string[] = [];
    const act = groupCommit<Promise<void>, void>({
      async commit(_docs, [first]) {
        await first;
        return [undefined];
      },
      weight: () => 1,
    });
    let release = (): void => undefined;
    const slow = act(docs, 'slow', new Promise((resolve) => (release = resolve))).then(() => order.push('slow'));
    await act(docs, 'fast', Promise.resolve()).then(() => order.push('fast'));
    release();
    await slow;
    expect(order).toEqual(['fast', 'slow']);
  });

  test('that one spoils is tried one by one: only that one fails', async () => {
    await docs.create('things/t3', {});
    const make = makeAll();
    const settled = await Promise.allSettled(ids(6).map((id) => make(docs, 'k', id)));
    expect(settled.map(({ status }) => status)).toEqual(ids(6).map((id) => (id === 't3' ? 'rejected' : 'fulfilled')));
    expect((settled[3] as PromiseRejectedResult).reason).toBeInstanceOf(DocExists);
    expect(await sum()).toBe(5);
  });

  test('that the store refuses fails for all of it, and the next goes on', async () => {
    const failing: DocStore = { ...docs, batch: () => Promise.reject(new Error('down')) };
    const make = makeAll();
    const settled = await Promise.allSettled(ids(5).map((id) => make(failing, 'k', id)));
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
    expect(groups).toEqual([1, 4]);
    expect(await make(failing, 'k', 'later').catch(({ message }: Error) => message)).toBe('down');
    expect(await make(docs, 'k', 'later')).toBe('made later');
  });
});

test('merged writes leave the same documents as the writes one after another', async () => {
  const path = fc.constantFrom('a/1', 'a/2', 'a/3');
  const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }).map(increment));
  const merge = fc.record({
    kind: fc.constant('set' as const),
    merge: fc.constant(true),
    path,
    data: fc.dictionary(fc.constantFrom('x', 'y'), value),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(merge, { maxLength: 12 }), async (writes) => {
      const [plain, merged] = [sqliteDocStore(openSqlite(':memory:')), sqliteDocStore(openSqlite(':memory:'))];
      for (const write of writes) await plain.batch([write]);
      const together = mergeWrites(writes);
      expect(new Set(together.map((write) => write.path)).size).toBe(together.length);
      await merged.batch(together);
      expect(await merged.query('a')).toEqual(await plain.query('a'));
    }),
    { numRuns: 200, seed: 11 },
  );
});
