import { z } from 'zod';
import { JobId, MicroUsd, ProfileId, Timestamp } from './ids.ts';

export const Metric = z
  .enum(['api_call', 'generation', 'delivered_asset', 'processing'])
  .describe(
    'api_call: one accepted job request; generation: one candidate; delivered_asset: one target delivered; processing: one stage of work, for each started 16 MiB of the source file.',
  );
export type Metric = z.infer<typeof Metric>;

export const UsageEvent = z
  .strictObject({
    id: z.string().describe('Derived from job, stage, target and version: the same act has the same id.'),
    metric: Metric,
    quantity: z.int().min(0),
    unitPriceMicroUsd: MicroUsd,
    amountMicroUsd: MicroUsd,
    priceBook: z.string().describe('Version of the price book.'),
    jobId: JobId,
    stage: z.string().optional(),
    target: ProfileId.optional(),
    at: Timestamp.describe('When the job was accepted: the time that decides the price and the day.'),
    note: z.string().optional(),
  })
  .describe('One billable act, written once.');
export type UsageEvent = z.infer<typeof UsageEvent>;

export const PriceBook = z.strictObject({
  version: z.string(),
  validFrom: z.iso.date(),
  currency: z.literal('USD'),
  prices: z.record(Metric, MicroUsd),
});
export type PriceBook = z.infer<typeof PriceBook>;

export const UsageTotal = z.strictObject({
  day: z.iso.date(),
  metric: Metric,
  quantity: z.int(),
  amountMicroUsd: z.int(),
  events: z.int(),
});
export type UsageTotal = z.infer<typeof UsageTotal>;

export const QuoteLine = z.strictObject({
  metric: Metric,
  quantity: z.int(),
  unitPriceMicroUsd: MicroUsd,
  amountMicroUsd: MicroUsd,
});
export const Quote = z
  .strictObject({ priceBook: z.string(), lines: z.array(QuoteLine), maxMicroUsd: MicroUsd })
  .describe('The most that a job can cost, before any work.');
export type Quote = z.infer<typeof Quote>;
