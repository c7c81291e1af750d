import type { PriceBook } from '../schema/index.ts';

/**
 * Prices from November 2026. What others asked then: mesh decimation with a quality check 0.08 USD, GLB optimisation
 * 0.20 USD, one hosted TRELLIS.2 generation 0.0256 USD. One delivered target of a usual raw mesh (30 MB) comes to about
 * 0.07 USD here. A book is never edited: new prices are a new book.
 */
export const priceBook202611: PriceBook = {
  version: '2026-11',
  validFrom: '2026-11-01',
  currency: 'USD',
  prices: { api_call: 500, generation: 40_000, delivered_asset: 60_000, processing: 1_000 },
};
