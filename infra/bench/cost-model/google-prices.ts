/** A list price in US dollars, with its source and the day on which that was read. */
export interface ListPrice {
  readonly usd: number;
  readonly unit: string;
  readonly source: string;
  readonly read: string;
}

const read = '2026-11-24';
const price = (usd: number, unit: string, source: string): ListPrice => ({ usd, unit, source, read });

/**
 * List prices of a first-tier region without free tiers or discounts. Sources are stored copies of public pages, which
 * may be older than the day they were read: check them before a contract rests on them.
 */
export const googlePrices = {
  requestCpuSecond: price(0.000024, 'vCPU-second, request-based', 'https://cloud.google.com/run/pricing'),
  requestMemorySecond: price(0.0000025, 'GiB-second, request-based', 'https://cloud.google.com/run/pricing'),
  request: price(0.4e-6, 'request', 'https://cloud.google.com/run/pricing'),
  jobCpuSecond: price(0.000018, 'vCPU-second, instance-based', 'https://cloud.google.com/run/pricing'),
  jobMemorySecond: price(0.000002, 'GiB-second, instance-based', 'https://cloud.google.com/run/pricing'),
  l4Second: price(0.67 / 3600, 'L4 second, no zonal redundancy', 'third-party reports of $0.67 an hour, 2026-04'),
  internalStep: price(0.01 / 1000, 'internal workflow step', 'https://cloud.google.com/workflows/pricing'),
  externalStep: price(0.025 / 1000, 'external workflow step', 'https://cloud.google.com/workflows/pricing'),
  documentRead: price(0.03e-5, 'document read, regional', 'https://cloud.google.com/firestore/pricing'),
  documentWrite: price(0.09e-5, 'document write, regional', 'https://cloud.google.com/firestore/pricing'),
  message: price(40 / 2 ** 30, 'message of up to 1 KiB', 'https://cloud.google.com/pubsub/pricing: $40 a TiB'),
  classA: price(0.005 / 1000, 'object write', 'https://cloud.google.com/storage/pricing, Standard, regional'),
  classB: price(0.0004 / 1000, 'object read', 'https://cloud.google.com/storage/pricing, Standard, regional'),
  storedGibMonth: price(0.02, 'GiB-month', 'https://cloud.google.com/storage/pricing, Standard, regional'),
  egressGib: price(0.12, 'GiB to the internet', 'https://cloud.google.com/vpc/network-pricing, first TiB'),
  signature: price(0.15e-4, 'elliptic-curve signature', 'https://cloud.google.com/kms/pricing'),
} as const satisfies Record<string, ListPrice>;

export type PriceName = keyof typeof googlePrices;
