import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tempFolder } from '../../testing/temp-folder.ts';
import { onceFolder } from './once-folder.ts';

const folder = tempFolder();
const json = { contentType: 'application/json' };

test('of many writers of a file one wins, and its bytes stay', async () => {
  const place = await onceFolder(join(folder, 'race'));
  const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(10_000));
  const won = await Promise.all(texts.map((text) => place.put('a.json', Buffer.from(text), json)));
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(readFileSync(join(folder, 'race', 'a.json'), 'utf8')).toBe(texts[won.indexOf(true)]);
  expect(readdirSync(join(folder, 'race', '.parts'))).toEqual([]);
  expect(await place.head('a.json')).toMatchObject({ key: 'a.json' });
  expect(await place.head('b.json')).toBeUndefined();
});

test('what a killed writer left is never seen as a file, and removed after an hour', async () => {
  const parts = join(folder, 'left', '.parts');
  mkdirSync(parts, { recursive: true });
  for (const name of ['old', 'new']) writeFileSync(join(parts, name), '{"half":');
  utimesSync(join(parts, 'old'), new Date(0), new Date(0));
  const place = await onceFolder(join(folder, 'left'));
  expect(await place.head('new')).toBeUndefined();
  expect(existsSync(join(parts, 'old'))).toBe(false);
  expect(existsSync(join(parts, 'new'))).toBe(true);
});

test.each(['../a', 'a/b', '.parts', '', 'a\0'])('%j is no file of it', async (name) => {
  const place = await onceFolder(join(folder, 'names'));
  await expect(place.put(name, new Uint8Array(1), json)).rejects.toMatchObject({ code: 'invalid_request' });
  await expect(place.head(name)).rejects.toMatchObject({ code: 'invalid_request' });
});
