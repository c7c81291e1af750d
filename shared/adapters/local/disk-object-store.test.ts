import { mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { objectStoreContract } from '../../testing/contracts/object-store-contract.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { type DiskBucket, diskBucket } from './disk-bucket.ts';
import { diskObjectStore } from './disk-object-store.ts';
import { sweepParts } from './part-file.ts';

const folder = tempFolder();
const newRoot = (): string => mkdtempSync(join(folder, 'store-'));
const type = { contentType: 'text/plain' };
const text = async (bucket: DiskBucket, key: string) => (await (await bucket.open(key))?.bytes())?.toString();

objectStoreContract('diskObjectStore', async () => diskObjectStore(diskBucket(newRoot())));

async function write(bucket: DiskBucket, key: string, bytes: string, when = {}) {
  const part = await bucket.part({ md5: true });
  await part.write(Buffer.from(bytes));
  return bucket.commit(part, key, { contentType: 'text/plain', metadata: { who: 'me' } }, when);
}

describe('diskBucket', () => {
  test('finds all attributes again after a restart', async () => {
    const root = newRoot();
    const written = await write(diskBucket(root), 'a/b', 'hello');
    expect(written).toMatchObject({
      ...{ key: 'a/b', sizeBytes: 5, contentType: 'text/plain', metadata: { who: 'me' }, metageneration: 1 },
      ...{ crc32c: 'mnG7TA==', md5: 'XUFAKrxLKna5cZ2REBfFkg==' },
    });
    expect(await diskBucket(root).find('a/b')).toEqual(written);
  });

  test('reads a file that was put there without attributes', async () => {
    const root = newRoot();
    const bucket = diskBucket(root);
    await write(bucket, 'x.glb', '');
    writeFileSync(join(root, 'data', 'old.glb'), 'glTF');
    expect(await bucket.find('old.glb')).toMatchObject({ sizeBytes: 4, contentType: 'model/gltf-binary' });
    expect(await text(bucket, 'old.glb')).toBe('glTF');
  });

  test('keeps attributes that are longer than one read', async () => {
    const bucket = diskBucket(newRoot());
    await write(bucket, 'a', 'hello');
    await bucket.patch('a', () => ({ metadata: { long: 'x'.repeat(8000) } }));
    expect((await bucket.find('a'))?.metadata?.long).toHaveLength(8000);
    expect(await text(bucket, 'a')).toBe('hello');
  });

  test('changes attributes under the same generation, and bytes under a later one', async () => {
    const bucket = diskBucket(newRoot());
    const first = await write(bucket, 'a', 'one');
    const patched = await bucket.patch('a', () => ({ contentType: 'text/html' }));
    const second = await write(bucket, 'a', 'two');
    if (typeof first === 'string' || typeof patched === 'string' || typeof second === 'string') throw new Error('none');
    expect(patched).toEqual({ ...first, contentType: 'text/html', metageneration: 2 });
    expect(BigInt(second.generation) > BigInt(first.generation)).toBe(true);
    expect(await text(bucket, 'a')).toBe('two');
  });

  test('of many overwrites that expect the same generation does exactly one', async () => {
    const bucket = diskBucket(newRoot());
    const first = await write(bucket, 'a', 'first');
    const when = { generation: (first as { generation: string }).generation };
    const outcomes = await Promise.all(['b', 'c', 'd'].map((bytes) => write(bucket, 'a', bytes, when)));
    expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(2);
  });

  test('loses none of many changes at once', async () => {
    const bucket = diskBucket(newRoot());
    await write(bucket, 'a', 'hello');
    const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
    const add = (name: string) => bucket.patch('a', ({ metadata }) => ({ metadata: { ...metadata, [name]: 'x' } }));
    await Promise.all(names.map(add));
    const found = await bucket.find('a');
    expect(Object.keys(found?.metadata ?? {}).sort()).toEqual([...names, 'who'].sort());
    expect(found?.metageneration).toBe(11);
  });

  test('gives a reader the object as it was opened, though it is overwritten and deleted meanwhile', async () => {
    const bucket = diskBucket(newRoot());
    await write(bucket, 'a', 'first');
    const reader = await bucket.open('a');
    await write(bucket, 'a', 'second, and longer');
    await bucket.remove('a');
    expect((await reader?.bytes())?.toString()).toBe('first');
  });

  test.each([
    ['below an object', 'a', 'a/b'],
    ['where a folder is', 'a/b', 'a'],
  ])('refuses a key %s', async (_case, first, second) => {
    const bucket = diskBucket(newRoot());
    await write(bucket, first, 'x');
    await expect(write(bucket, second, 'y')).rejects.toThrow(TypeError);
    expect(await bucket.find(second)).toBeUndefined();
  });

  test('leaves nothing half-written behind, and the bytes first in the file', async () => {
    const root = newRoot();
    const store = diskObjectStore(diskBucket(root));
    await store.put('a', Buffer.from('hello'), type);
    await store.put('a', Buffer.from('other'), type);
    expect(readdirSync(join(root, 'incoming'))).toEqual([]);
    expect(
      readFileSync(join(root, 'data', 'a'))
        .subarray(0, 5)
        .toString(),
    ).toBe('hello');
  });

  test('is swept of parts that a crash left a day ago, not of those that are being written', async () => {
    const bucket = diskBucket(newRoot());
    const [old, fresh] = [await bucket.part(), await bucket.part()];
    utimesSync(old.path, 0, 0);
    await sweepParts(bucket.incoming, new Date());
    expect(readdirSync(bucket.incoming).map((name) => join(bucket.incoming, name))).toEqual([fresh.path]);
    await Promise.all([old.discard(), fresh.discard()]);
  });
});
