import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DocExists, type DocQuery, type DocStore, increment } from '../../ports/index.ts';

/** Waits until `done` holds: a watch tells of a change soon, not at once. */
async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; !done(); tries++) {
    if (tries > 1000) throw new Error('it did not happen within ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

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
      let other: Promise<void> | undefined;
      await docs.transaction(async (tx) => {
        const before = await tx.get<{ by: string }>('claims/a');
        other ??= docs.delete('claims/a').then(() => docs.create('claims/a', { by: 'second' }));
        // A store that locks lets the other writer wait until this transaction has ended.
        await Promise.race([other, new Promise((resolve) => setTimeout(resolve, 200))]);
        tx.set('claims/a', { by: `${before?.by} and third` });
      });
      await other;
      const after = await docs.get<{ by: string }>('claims/a');
      expect(['second', 'second and third']).toContain(after?.by);
    });

    test('a transaction replaces, merges, deletes and makes what it read', async () => {
      for (const id of ['replaced', 'merged', 'emptied', 'deleted'])
        await docs.set(`things/${id}`, { a: 1, map: { b: 2 } });
      await docs.transaction(async (tx) => {
        for (const id of ['replaced', 'merged', 'emptied', 'deleted', 'made']) await tx.get(`things/${id}`);
        tx.set('things/replaced', { c: [[3]] });
        tx.set('things/merged', { a: undefined, map: { d: 4 }, n: increment(5) }, { merge: true });
        tx.set('things/emptied', {});
        tx.delete('things/deleted');
        tx.set('things/made', { e: 6, f: undefined }, { merge: true });
        tx.create('things/unread', { g: 7 });
      });
      const found = await docs.query('things');
      expect(Object.fromEntries(found.map(({ id, data }) => [id, data]))).toEqual({
        replaced: { c: [[3]] },
        merged: { map: { d: 4 }, n: 5 },
        emptied: {},
        made: { e: 6 },
        unread: { g: 7 },
      });
    });

    test('a transaction that creates what is there fails and writes nothing', async () => {
      await docs.set('things/a', { n: 1 });
      for (const look of [true, false]) {
        const failed = docs.transaction(async (tx) => {
          if (look) await tx.get('things/a');
          tx.set('things/b', { n: 2 });
          tx.create('things/a', { n: 2 });
        });
        await expect(failed).rejects.toMatchObject({ name: 'DocExists', path: 'things/a' });
      }
      expect(await docs.getAll(['things/a', 'things/b'])).toEqual([{ n: 1 }, undefined]);
    });

    test('of two transactions that each read what the other writes, one sees the other', async () => {
      const take = (mine: string, other: string) =>
        docs.transaction(async (tx) => {
          const taken = await tx.get(`claims/${other}`);
          await new Promise(setImmediate);
          if (!taken) tx.set(`claims/${mine}`, { taken: true });
        });
      await Promise.all([take('a', 'b'), take('b', 'a')]);
      const claims = await docs.getAll(['claims/a', 'claims/b']);
      expect(claims.filter(Boolean)).toHaveLength(1);
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

    test('newest first sorts by the field that holds the id, also behind a cursor and of one status', async () => {
      for (const [id, on] of [
        ['a', true],
        ['b', false],
        ['c', true],
      ] as const)
        await docs.set(`things/${id}`, { id, on });
      const ids = async (query: DocQuery) => (await docs.query('things', query)).map(({ id }) => id);
      const newest = { orderBy: 'id', descending: true };
      expect(await ids(newest)).toEqual(['c', 'b', 'a']);
      expect(await ids({ ...newest, startAfter: { value: 'c', id: 'c' }, limit: 1 })).toEqual(['b']);
      expect(await ids({ ...newest, where: [{ field: 'on', op: '==', value: true }] })).toEqual(['c', 'a']);
      await expect(docs.query('things', { descending: true })).rejects.toBeInstanceOf(TypeError);
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

    test.each([
      ['its document', 'things/a', ['things/a']],
      ['the documents of its collection', 'things/', ['things/a', 'things/b']],
    ])('a watcher hears of changes of %s until it stops', async (_, path, expected) => {
      const heard = new Set<string>();
      const stop = docs.watch(path, (changed) => heard.add(changed));
      for (const changed of ['things/a/parts/x', 'things/a', 'things/b', 'others/a']) await docs.set(changed, { n: 1 });
      await until(() => heard.size === expected.length);
      expect([...heard].sort()).toEqual(expected);
      heard.clear();
      stop();
      await docs.set('things/a', { n: 2 });
      await docs.get('things/a');
      expect(heard.size).toBe(0);
    });

    test('a watcher hears of a change that comes later, and of a deletion', async () => {
      let rings = 0;
      await docs.set('things/a', { n: 1 });
      const stop = docs.watch('things/a', () => rings++);
      for (const change of [() => docs.set('things/a', { n: 2 }), () => docs.delete('things/a')]) {
        // It may ring once at its beginning; after that the next ring is the change.
        await docs.get('things/a');
        await new Promise((resolve) => setTimeout(resolve, 300));
        const before = rings;
        await change();
        await until(() => rings > before);
      }
      stop();
    });

    test('lists in lists, empty and odd field names come back as they were written', async () => {
      const data = {
        bounds: [[0, [1, []]], [], [{ rows: [[1], [2]] }]],
        labels: { '': 1, __reserved__: 2, '~tilde': 3, 'with.dot': 4, 'ümlaut `quoted`': 5, '~[]': [6] },
        'top.dot': true,
        __top__: true,
      };
      await docs.set('things/a', data);
      expect(await docs.get('things/a')).toEqual(data);
      await docs.set('things/a', { 'top.dot': false, __top__: undefined }, { merge: true });
      expect(await docs.get('things/a')).toEqual({ bounds: data.bounds, labels: data.labels, 'top.dot': false });
    });

    test('values are kept as JSON keeps them: undefined is left out', async () => {
      await docs.set('things/a', { left: undefined, deep: { left: undefined, list: [undefined, 1] } });
      expect(await docs.get('things/a')).toEqual({ deep: { list: [null, 1] } });
    });

    test('a merge replaces a nested map as a whole', async () => {
      await docs.set('things/a', { map: { x: 1, y: 2 } });
      await docs.set('things/a', { map: { z: 3 } }, { merge: true });
      expect(await docs.get('things/a')).toEqual({ map: { z: 3 } });
    });

    test('a merge of nothing makes the document', async () => {
      await docs.set('things/a', {}, { merge: true });
      expect(await docs.get('things/a')).toEqual({});
    });

    test('a time of expiry is text that queries compare', async () => {
      const at = (day: number) => ({ expiresAt: `2026-11-${day}T10:00:00.000Z` });
      for (const day of [21, 22, 23]) await docs.set(`things/${day}`, at(day));
      const where = [{ field: 'expiresAt', op: '<=' as const, value: at(22).expiresAt }];
      const found = await docs.query('things', { where, orderBy: 'expiresAt' });
      expect(found.map(({ data }) => data)).toEqual([at(21), at(22)]);
    });

    test('a usage batch that comes many times at once is counted once', async () => {
      const writes = [
        { kind: 'create' as const, path: 'usage/a', data: { n: 3 } },
        { kind: 'set' as const, path: 'sums/a', data: { n: increment(3) }, merge: true },
      ];
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => docs.batch(writes)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'DocExists', path: 'usage/a' });
      expect(await docs.get('sums/a')).toEqual({ n: 3 });
    });

    test('a document over one megabyte, or more writes than one commit holds, is refused whole', async () => {
      const large = docs.set('things/a', { text: 'x'.repeat(1024 * 1024) });
      await expect(large).rejects.toMatchObject({ code: 'count_over_limit' });
      const set = (index: number) => ({ kind: 'set' as const, path: `things/${index}`, data: {} });
      await docs.batch(Array.from({ length: 500 }, (_, index) => set(index)));
      const many = docs.batch(Array.from({ length: 501 }, (_, index) => set(1000 + index)));
      await expect(many).rejects.toMatchObject({ code: 'count_over_limit' });
      expect(await docs.query('things', { limit: 501 })).toHaveLength(500);
    });

    test('a field name that is not one is refused', async () => {
      await expect(docs.query('things', { orderBy: "n'); DROP TABLE docs; --" })).rejects.toBeInstanceOf(TypeError);
    });

    test.each(['things', 'things/a/parts', '', '/a/b', 'things//x'])(
      '%j is refused: it is no document path',
      async (path) => {
        await expect(docs.set(path, {})).rejects.toBeInstanceOf(Error);
      },
    );
  });
}
