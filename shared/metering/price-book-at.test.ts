import { describe, expect, test } from '@jest/globals';
import { PriceBook } from '../schema/index.ts';
import { priceBookAt, priceBooks } from './price-book-at.ts';

const book = (version: string, validFrom: string): PriceBook => ({
  version,
  validFrom,
  currency: 'USD',
  prices: { api_call: 1, generation: 1, delivered_asset: 1, processing: 1 },
});
const books = [book('first', '2026-11-01'), book('second', '2027-02-01')] as const;

describe('the price book of a job', () => {
  test.each([
    ['on its first day', '2026-11-01T00:00:00.000Z', 'first'],
    ['until the last moment before the next', '2027-01-31T23:59:59.999Z', 'first'],
    ['from the first moment of the next', '2027-02-01T00:00:00.000Z', 'second'],
    ['long after', '2030-01-01T00:00:00.000Z', 'second'],
    ['before any book, by the first', '2020-01-01T00:00:00.000Z', 'first'],
  ])('is right %s', (_case, at, version) => {
    expect(priceBookAt(at, books).version).toBe(version);
  });

  test('is valid by the schema, and the books stand in the order of their days', () => {
    for (const one of priceBooks) PriceBook.parse(one);
    const days = priceBooks.map(({ validFrom }) => validFrom);
    expect(days).toEqual([...days].sort());
  });
});
