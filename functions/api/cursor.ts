import { z } from 'zod';
import type { Doc } from '../../shared/ports/index.ts';
import { Timestamp } from '../../shared/schema/index.ts';
import { InvalidRequest } from './invalid-request.ts';

/**
 * Where a page ends: a document id and, where the list is sorted by a time, that time. A cursor holds nothing else and is
 * only ever used inside the caller’s own collection, so one that was altered can at most skip or repeat the caller’s own
 * items; its form is checked so that it cannot reach the store as anything but an id and a time.
 */
const Position = z.strictObject({
  id: z.string().regex(/^[0-9a-z]{2,8}_[0-9a-z]{16,40}$/),
  at: Timestamp.optional(),
});

/** The place in a list, as the store takes it. */
interface StartAfter {
  readonly id: string;
  readonly value?: string;
}

/** Query fields of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Items on one page, 1 to 100.'),
  cursor: z.string().max(400).optional().describe('`nextCursor` of the page before.'),
};

export const encodeCursor = ({ id, value }: StartAfter): string =>
  Buffer.from(JSON.stringify({ id, ...(value === undefined ? {} : { at: value }) })).toString('base64url');

/**
 * The place that a cursor names in a list that is sorted by id, or by a time.
 *
 * @throws AtlasError invalid_request, also for a cursor of a list that is sorted otherwise
 */
export function decodeCursor(cursor: string | undefined, sortedBy: 'id' | 'time' = 'id'): { startAfter?: StartAfter } {
  if (cursor === undefined) return {};
  try {
    const { id, at } = Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if ((at !== undefined) === (sortedBy === 'time')) {
      return { startAfter: { id, ...(at === undefined ? {} : { value: at }) } };
    }
  } catch {
    // Falls through to the refusal.
  }
  throw new InvalidRequest([{ pointer: '/query/cursor', message: 'is not a cursor of this list' }]);
}

/**
 * One page out of `limit` + 1 documents: the extra one only tells that there is more.
 *
 * @param orderBy - field that the list is sorted by; the id when absent.
 */
export function pageOf<T, U>(found: readonly Doc<T>[], limit: number, shown: (data: T) => U, orderBy?: keyof T) {
  const docs = found.slice(0, limit);
  const last = docs.at(-1);
  const items = docs.map(({ data }) => shown(data));
  if (!last || found.length <= limit) return { items };
  const value = orderBy === undefined ? {} : { value: String(last.data[orderBy]) };
  return { items, nextCursor: encodeCursor({ id: last.id, ...value }) };
}
