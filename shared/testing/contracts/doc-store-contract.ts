import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DocExists, type DocStore, increment } from '../../ports/index.ts';

/** What every DocStore promises. `make` gives an empty store. */
export function docStoreContract(name: string, make: () => Promise<DocStore>): void {
  describe(`${name} keeps documents`, () => {
    let docs: DocStore;
    beforeEach(async () => {
      docs = await make();
    });

    test('an unknown path reads as undefined', async () => {
      expect(await docs.get('things/none')).toBeUndefined();
    });

    test('what was set is read back, nested values included', async () => {
      const data = { text: 'ä', list: [1, { deep: null }], flag: false };
      await docs.set('things/a', data);
      expect(await docs.get('things/a')).toEqual(data);
    });

    test('a document that was read does not change with a later write', async () => {
      await docs.set('things/a', { list: [1] });
      const read = await docs.get<{ list: number[] }>('things/a');
      await docs.set('things/a', { list: [2] });
      expect(read).toEqual({ list: [1] });
    });

    test('create refuses a path that is taken and leaves it as it is', async () => {
      await docs.create('things/a', { by: 'first' });
      await expect(docs.create('things/a', { by: 'second' })).rejects.toBeInstanceOf(DocExists);
      expect(await docs.get('things/a')).toEqual({ by: 'first' });
    });

    test('merge changes the named fields, removes undefined ones and keeps the rest', async () => {
      await docs.set('things/a', { keep: 1, change: 1, drop: 1 });
      await docs.set('things/a', { change: 2, drop: undefined }, { merge: true });
      expect(await docs.get('things/a')).toEqual({ keep: 1, change: 2 });
    });

    test('increments add up, also from nothing', async () => {
      for (const by of [2, 3, -1]) await docs.set('sums/a', { total: increment(by) }, { merge: true });
      expect(await docs.get('sums/a')).toEqual({ total: 4 });
    });

    test('delete removes a document and does not mind when there is none', async () => {
      await docs.set('things/a', { x: 1 });
      await docs.delete('things/a');
      await docs.delete('things/a');
      expect(await docs.get('things/a')).toBeUndefined();
    });

    test('a batch is written whole', async () => {
      await docs.batch([
        { kind: 'create', path: 'things/a', data: { n: 1 } },
        { kind: 'set', path: 'sums/a', data: { n: increment(1) }, merge: true },
      ]);
      expect(await docs.getAll(['things/a', 'sums/a', 'things/b'])).toEqual([{ n: 1 }, { n: 1 }, undefined]);
    });

    test('a batch with a create that exists writes nothing', async () => {
      await docs.set('things/a', { n: 1 });
      const batch = docs.batch([
        { kind: 'set', path: 'sums/a', data: { n: increment(1) }, merge: true },
        { kind: 'create', path: 'things/a', data: { n: 2 } },
      ]);
      await expect(batch).rejects.toBeInstanceOf(DocExists);
      expect(await docs.getAll(['sums/a', 'things/a'])).toEqual([undefined, { n: 1 }]);
    });

    test('twenty transactions on one document lose no update', async () => {
      await docs.set('sums/a', { n: 0 });
      await Promise.all(
        Array.from({ length: 20 }, () =>
          docs.transaction(async (tx) => {
            const before = await tx.get<{ n: number }>('sums/a');
            await new Promise(setImmediate);
            tx.set('sums/a', { n: (before?.n ?? 0) + 1 });
          }),
        ),
      );
      expect(await docs.get('sums/a')).toEqual({ n: 20 });
    });

    test('of two transactions that create the same document one finds it', async () => {
      const claim = (by: string) =>
        docs.transaction(async (tx) => {
          const before = await tx.get<{ by: string }>('claims/a');
          await new Promise(setImmediate);
          if (before) return before.by;
          tx.create('claims/a', { by });
          return by;
        });
      const [one, two] = await Promise.all([claim('one'), claim('two')]);
      expect(one).toBe(two);
    });

    test('a transaction does not take a document that was made anew for the one that it read', async () => {
      await docs.set('claims/a', { by: 'first' });
      const seen: (string | undefined)[] = [];
      await docs.transaction(async (tx) => {
        seen.push((await tx.get<{ by: string }>('claims/a'))?.by);
        if (seen.length === 1) {
          await docs.delete('claims/a');
          await docs.create('claims/a', { by: 'second' });
        }
        tx.set('claims/a', { by: `${seen.at(-1)} and third` });
      });
      expect(seen).toEqual(['first', 'second']);
      expect(await docs.get('claims/a')).toEqual({ by: 'second and third' });
    });

    test('a transaction whose body throws writes nothing', async () => {
      const failed = docs.transaction(async (tx) => {
        tx.set('things/a', { n: 1 });
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await docs.get('things/a')).toBeUndefined();
    });

    test('a transaction that reads after it wrote is refused', async () => {
      const wrong = docs.transaction(async (tx) => {
        tx.set('things/a', { n: 1 });
        await tx.get('things/a');
      });
      await expect(wrong).rejects.toBeInstanceOf(Error);
    });

    test('a collection lists only its own documents, by id', async () => {
      await docs.set('things/b', { n: 2 });
      await docs.set('things/a', { n: 1 });
      await docs.set('things/a/parts/x', { n: 3 });
      await docs.set('thingsToo/a', { n: 4 });
      expect((await docs.query('things')).map(({ id, path, data }) => [id, path, data])).toEqual([
        ['a', 'things/a', { n: 1 }],
        ['b', 'things/b', { n: 2 }],
      ]);
    });

    test.each([
      ['==', 2, ['b']],
      ['<', 2, ['a']],
      ['<=', 2, ['a', 'b']],
      ['>', 2, ['c']],
      ['>=', 2, ['b', 'c']],
      ['in', [1, 3], ['a', 'c']],
    ] as const)('a query filters with %s', async (op, value, ids) => {
      for (const [id, n] of [
        ['a', 1],
        ['b', 2],
        ['c', 3],
        ['d', undefined],
      ] as const)
        await docs.set(`things/${id}`, { n });
      const found = await docs.query('things', { where: [{ field: 'n', op, value }] });
      expect(found.map(({ id }) => id)).toEqual(ids);
    });

    test('a query filters by booleans and strings together', async () => {
      await docs.set('things/a', { on: true, kind: 'x' });
      await docs.set('things/b', { on: false, kind: 'x' });
      const where = [
        { field: 'on', op: '==' as const, value: true },
        { field: 'kind', op: '==' as const, value: 'x' },
      ];
      expect((await docs.query('things', { where })).map(({ id }) => id)).toEqual(['a']);
    });

    test('pages by cursor visit every document once, in order', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 }),
          fc.integer({ min: 1, max: 7 }),
          fc.boolean(),
          async (values, limit, descending) => {
            const store = await make();
            for (const [index, n] of values.entries())
              await store.set(`things/${String(index).padStart(2, '0')}`, { n });
            const seen: { n: number; id: string }[] = [];
            for (;;) {
              const last = seen.at(-1);
              const page = await store.query<{ n: number }>('things', {
                orderBy: 'n',
                descending,
                limit,
                ...(last ? { startAfter: { value: last.n, id: last.id } } : {}),
              });
              if (page.length === 0) break;
              seen.push(...page.map(({ id, data }) => ({ id, n: data.n })));
            }
            const sign = descending ? -1 : 1;
            const sorted = values
              .map((n, index) => ({ n, id: String(index).padStart(2, '0') }))
              .sort((a, b) => sign * (a.n - b.n || (a.id < b.id ? -1 : 1)));
            expect(seen.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
          },
        ),
        { numRuns: 25, seed: 7 },
      );
    });

    test('a watcher hears of changes below its prefix until it stops', async () => {
      const heard: string[] = [];
      const stop = docs.watch('things/a', (path) => heard.push(path));
      await docs.set('things/a/parts/x', { n: 1 });
      await docs.set('things/b', { n: 1 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      stop();
      await docs.set('things/a', { n: 2 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(heard).toEqual(['things/a/parts/x']);
    });

    test.each(['things', 'things/a/parts', '', '/a/b', 'things//x'])(
      '%j is refused: it is no document path',
      async (path) => {
        await expect(docs.set(path, {})).rejects.toBeInstanceOf(Error);
      },
    );
  });
}
