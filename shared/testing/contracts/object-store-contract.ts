import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from '../../ports/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const type = { contentType: 'application/octet-stream' };

/** What every ObjectStore promises. `make` gives an empty store. */
export function objectStoreContract(name: string, make: () => Promise<ObjectStore>): void {
  describe(`${name} keeps objects`, () => {
    let objects: ObjectStore;
    beforeEach(async () => {
      objects = await make();
    });

    test('bytes come back as they were put', async () => {
      expect(await objects.put('a/b.bin', bytes('hello'), type)).toBe(true);
      expect(Buffer.from(await objects.get('a/b.bin')).toString()).toBe('hello');
      expect(await objects.head('a/b.bin')).toMatchObject({ key: 'a/b.bin', sizeBytes: 5 });
    });

    test.each(['model/gltf-binary', 'application/json', 'application/octet-stream'])(
      'the content type %s comes back, whatever the name',
      async (contentType) => {
        await objects.put('a.txt', bytes('x'), { contentType });
        expect(await objects.head('a.txt')).toEqual({ key: 'a.txt', sizeBytes: 1, contentType });
        expect(await objects.list('a')).toEqual([{ key: 'a.txt', sizeBytes: 1, contentType }]);
      },
    );

    test('an object without bytes is an object', async () => {
      expect(await objects.put('a', bytes(''), type)).toBe(true);
      expect([(await objects.get('a')).length, (await objects.head('a'))?.sizeBytes]).toEqual([0, 0]);
      const parts: Buffer[] = [];
      for await (const part of await objects.stream('a')) parts.push(part as Buffer);
      expect(Buffer.concat(parts).length).toBe(0);
    });

    test('an object is written once: a second put leaves the first bytes', async () => {
      await objects.put('a', bytes('first'), type);
      expect(await objects.put('a', bytes('second'), type)).toBe(false);
      expect(Buffer.from(await objects.get('a')).toString()).toBe('first');
    });

    test('of many puts at once exactly one creates', async () => {
      const created = await Promise.all(Array.from({ length: 10 }, (_, i) => objects.put('a', bytes(`${i}`), type)));
      expect(created.filter(Boolean)).toHaveLength(1);
    });

    test('what is not there is not found', async () => {
      await expect(objects.get('none')).rejects.toMatchObject({ code: 'not_found' });
      await expect(objects.stream('none')).rejects.toMatchObject({ code: 'not_found' });
      expect(await objects.head('none')).toBeUndefined();
    });

    test('a range is read by its first and last byte', async () => {
      await objects.put('a', bytes('0123456789'), type);
      const parts: Buffer[] = [];
      for await (const part of await objects.stream('a', { start: 2, end: 4 })) parts.push(part as Buffer);
      expect(Buffer.concat(parts).toString()).toBe('234');
    });

    test('a list holds what begins with the prefix, sorted', async () => {
      for (const key of ['t/b', 't/a/x', 'u/a', 't/a.glb']) await objects.put(key, bytes(key), type);
      expect((await objects.list('t/a')).map(({ key }) => key).sort()).toEqual(['t/a.glb', 't/a/x']);
    });

    test('delete removes, also twice', async () => {
      await objects.put('a', bytes('x'), type);
      await objects.delete('a');
      await objects.delete('a');
      expect(await objects.head('a')).toBeUndefined();
    });

    test.each(['../x', 'a/../../x', '/etc/passwd', 'a//b', '', 'a/./b', 'a\\b', 'a\0b'])(
      'the key %j is refused',
      async (key) => {
        await expect(objects.put(key, bytes('x'), type)).rejects.toBeInstanceOf(TypeError);
      },
    );
  });
}
