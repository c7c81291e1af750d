import { type DocData, type DocWrite, increment, isIncrement } from '../ports/index.ts';

/** A field that is set to `before` and then to `after`, as one value. */
function mergeValue(before: unknown, after: unknown): unknown {
  if (!isIncrement(after)) return after;
  if (isIncrement(before)) return increment(before.$increment + after.$increment);
  // As in the stores: what is no number counts as 0.
  return (typeof before === 'number' ? before : 0) + after.$increment;
}

const mergeData = (before: DocData, after: DocData): DocData => ({
  ...before,
  ...Object.fromEntries(
    Object.entries(after).map(([field, value]) => [field, field in before ? mergeValue(before[field], value) : value]),
  ),
});

/**
 * Writes of several acts for one commit: what they merge into the same document becomes one write, increments added up.
 * Order and everything else stays.
 */
export function mergeWrites(writes: readonly DocWrite[]): DocWrite[] {
  const merged: DocWrite[] = [];
  const places = new Map<string, number>();
  for (const write of writes) {
    const place = places.get(write.path);
    const before = place === undefined ? undefined : merged[place];
    const joins = write.kind === 'set' && write.merge && before?.kind === 'set' && before.merge;
    if (place !== undefined && joins) merged[place] = { ...before, data: mergeData(before.data, write.data) };
    else places.set(write.path, merged.push(write) - 1);
  }
  return merged;
}
