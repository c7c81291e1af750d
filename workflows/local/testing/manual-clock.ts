import type { Clock } from '../clock.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Goes to the earliest time that something waits for and calls it; false when nothing waits. */
  skip(): boolean;
  /** Goes on by some seconds without calling anything: what the waiting process would find when it comes back. */
  pass(seconds: number): void;
}

export function manualClock(start = Date.UTC(2026, 0, 2, 3, 4, 5)): ManualClock {
  let now = start;
  const waiting = new Set<{ due: number; callback: () => void }>();
  return {
    now: () => now,
    at(due, callback) {
      const entry = { due, callback };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
    skip() {
      const [next] = [...waiting].sort((left, right) => left.due - right.due);
      if (next === undefined) return false;
      waiting.delete(next);
      now = Math.max(now, next.due);
      next.callback();
      return true;
    },
    pass(seconds) {
      now += seconds * 1000;
    },
  };
}
