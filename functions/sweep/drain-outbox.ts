import { describeError } from '../../shared/log.ts';
import { dueEntries, type OutboxEntry, takeEntry } from '../../shared/records/outbox.ts';
import type { IsOver, SweepCounts } from '../../shared/records/sweeps.ts';
import type { Deps } from '../context.ts';

const pageSize = 100;
const atOnce = 8;
/** So many failures in one call mean that something is down: the rest waits for a later call. */
const failuresAtMost = 20;

/**
 * Deals with the due entries of an outbox, eight at a time, until none is left or the time is over. An entry that fails
 * comes again after `holdMs`, and so does one whose sweep dies: nothing keeps the others waiting.
 *
 * @param act - deals with one entry and names what it did, for the counts.
 */
export async function drainOutbox<T extends OutboxEntry>(
  deps: Pick<Deps, 'docs' | 'clock' | 'log'>,
  outbox: { readonly collection: string; readonly holdMs: number; readonly isOver: IsOver },
  act: (entry: T) => Promise<string>,
): Promise<SweepCounts> {
  const { docs, clock, log } = deps;
  const { collection, holdMs, isOver } = outbox;
  const counts: Record<string, number> = {};
  const add = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const one = async (path: string): Promise<void> => {
    try {
      const entry = await takeEntry<T>(docs, clock, path, holdMs);
      if (entry) add(await act(entry));
    } catch (error) {
      add('failed');
      log('ERROR', 'entry of an outbox not dealt with; it stays', { path, error: describeError(error) });
    }
  };
  for (;;) {
    const page = await dueEntries<T>(docs, clock, collection, pageSize);
    for (let at = 0; at < page.length; at += atOnce) {
      if (isOver() || (counts.failed ?? 0) >= failuresAtMost) return { counts, more: true };
      await Promise.all(page.slice(at, at + atOnce).map(({ path }) => one(path)));
    }
    if (page.length < pageSize) return { counts, more: false };
  }
}
