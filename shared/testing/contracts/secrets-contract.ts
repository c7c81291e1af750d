import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Secrets } from '../../ports/index.ts';

/** Secrets under test, and how an operator adds a version to one. */
export interface SecretsPlace {
  /** A reader that has read nothing yet, as a new process has. */
  readonly open: () => Secrets;
  readonly add: (name: string, bytes: Uint8Array) => Promise<void>;
}

/** What every Secrets promises. `make` gives a place whose secrets `one` and `other` have a first version each. */
export function secretsContract(name: string, make: () => Promise<SecretsPlace>): void {
  describe(`${name} keeps secrets`, () => {
    let place: SecretsPlace;
    let secrets: Secrets;
    beforeEach(async () => {
      place = await make();
      secrets = place.open();
    });

    test('the newest version is the same each time, for every reader', async () => {
      const [first, second] = await Promise.all([secrets.latest('one'), secrets.latest('one')]);
      expect(first.version).toBe('1');
      expect(first.bytes.byteLength).toBeGreaterThanOrEqual(32);
      expect(second).toEqual(first);
      expect(await place.open().latest('one')).toEqual(first);
      expect(await secrets.version('one', '1')).toEqual(first);
    });

    test('secrets of different names differ', async () => {
      const [one, other] = [await secrets.latest('one'), await secrets.latest('other')];
      expect(Buffer.from(one.bytes).equals(Buffer.from(other.bytes))).toBe(false);
    });

    test('a rotation adds a version; the one before it stays readable', async () => {
      const before = await secrets.latest('one');
      await place.add('one', Buffer.alloc(32, 9));
      for (let more = 0; more < 10; more++) await place.add('one', Buffer.alloc(32, more));
      const fresh = place.open();
      expect(await fresh.latest('one')).toEqual({ version: '12', bytes: Buffer.alloc(32, 9) });
      expect(await fresh.version('one', '1')).toEqual(before);
      expect((await fresh.version('one', '2')).bytes).toEqual(Buffer.alloc(32, 9));
      expect((await fresh.latest('other')).version).toBe('1');
    });

    test.each(['2', '99', '0', '01', 'latest', '', '1/../2', '../1'])('there is no version %j', async (version) => {
      await secrets.latest('one');
      await expect(secrets.version('one', version)).rejects.toMatchObject({ code: 'not_found' });
    });
  });
}
