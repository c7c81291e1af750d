import type { PriceBook } from '../schema/index.ts';
import { priceBook202611 } from './price-book-2026-11.ts';

/** All books, oldest first. */
export const priceBooks: readonly [PriceBook, ...PriceBook[]] = [priceBook202611];

/**
 * The book that a job accepted at this time is charged by: the newest whose first day (UTC) has come. The first book
 * also covers what was before it.
 */
export function priceBookAt(acceptedAt: string, books: readonly [PriceBook, ...PriceBook[]] = priceBooks): PriceBook {
  const day = acceptedAt.slice(0, 10);
  return books.findLast((book) => book.validFrom <= day) ?? books[0];
}
