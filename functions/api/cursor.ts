import { z } from 'zod';
import type { Doc } from '../../shared/ports/index.ts';
import { InvalidRequest } from './invalid-request.ts';

/** Where a page ends: a document id and, where the list is sorted by another field, its value. */
const Position = z.strictObject({ id: z.string().min(1).max(128), value: z.string().max(64).optional() });
type Position = { id: string; value?: string };

/** Query fields of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Items on one page, 1 to 100.'),
  cursor: z.string().max(400).optional().describe('`nextCursor` of the page before.'),
};

export const encodeCursor = (position: Position): string => Buffer.from(JSON.stringify(position)).toString('base64url');

/** @throws AtlasError invalid_request */
export function decodeCursor(cursor: string | undefined): { startAfter?: Position } {
  if (cursor === undefined) return {};
  try {
    const { id, value } = Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { startAfter: { id, ...(value === undefined ? {} : { value }) } };
  } catch {
    throw new InvalidRequest([{ pointer: '/query/cursor', message: 'is not a cursor of this list' }]);
  }
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
