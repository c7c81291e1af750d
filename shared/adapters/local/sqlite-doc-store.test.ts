import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { docStoreContract } from '../../testing/contracts/doc-store-contract.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { openSqlite } from './sqlite.ts';
import { sqliteDocStore } from './sqlite-doc-store.ts';

const folder = tempFolder();

docStoreContract('sqliteDocStore', async () => sqliteDocStore(openSqlite(':memory:')));

test('documents survive the process: another connection reads them', async () => {
  const path = join(folder, 'one.db');
  await sqliteDocStore(openSqlite(path)).set('things/a', { n: 1 });
  expect(await sqliteDocStore(openSqlite(path)).get('things/a')).toEqual({ n: 1 });
});

test('transactions of two connections on one file lose no update', async () => {
  const path = join(folder, 'two.db');
  const stores = [sqliteDocStore(openSqlite(path)), sqliteDocStore(openSqlite(path))];
  const add = (store: (typeof stores)[number]) =>
    store.transaction(async (tx) => {
      const before = await tx.get<{ n: number }>('sums/a');
      await new Promise(setImmediate);
      tx.set('sums/a', { n: (before?.n ?? 0) + 1 });
    });
  await Promise.all(stores.flatMap((store) => Array.from({ length: 8 }, () => add(store))));
  expect(await stores[0]?.get('sums/a')).toEqual({ n: 16 });
});
