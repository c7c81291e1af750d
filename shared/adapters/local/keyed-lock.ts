/** Runs `act` when all that was begun earlier under the same key has ended. */
export type KeyedLock = <T>(key: string, act: () => Promise<T>) => Promise<T>;

/** A lock of this process for each key; costs nothing for keys that are not in use. */
export function keyedLock(): KeyedLock {
  const last = new Map<string, Promise<unknown>>();
  return async (key, act) => {
    const before = last.get(key);
    const mine = (async () => {
      await before?.catch(() => undefined);
      return act();
    })();
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
