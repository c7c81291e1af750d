import { derivedId } from '../ids.ts';
import type { Metric, UsageEvent } from '../schema/index.ts';
import { priceBookAt } from './price-book-at.ts';

/** Bytes of the source file that one unit of processing covers: known before any work, so a quote is exact. */
const bytesPerUnit = 16 * 1024 * 1024;

/** Units of processing that one stage of a job with this source file costs: each started 16 MiB. */
export const processingUnits = (sourceSizeBytes: number): number => Math.ceil(sourceSizeBytes / bytesPerUnit);

/** The job that an act belongs to; when it was accepted decides price and day. */
export interface BilledJob {
  readonly id: string;
  readonly createdAt: string;
}

/** Something billable that happened to a job. */
export interface Act {
  readonly metric: Metric;
  /** 0 for work that is shown but not charged; then `note` says why. */
  readonly quantity: number;
  readonly stage?: string;
  /** Version of the engine that did the stage. */
  readonly version?: string;
  readonly target?: string;
  /** Which try of the target, where it is not the one that counts. */
  readonly round?: number;
  readonly note?: string;
}

/**
 * The usage event of an act. Its id comes from job, metric, stage, target, version and, for a try that does not count, its
 * number alone, so the same act has the same id whoever reports it and however often.
 */
export function usageEvent(job: BilledJob, act: Act): UsageEvent {
  const book = priceBookAt(job.createdAt);
  const unitPriceMicroUsd = book.prices[act.metric];
  const round = act.round === undefined ? [] : [`round ${act.round}`];
  return {
    id: derivedId('use', job.id, act.metric, act.stage ?? '', act.target ?? '', act.version ?? '', ...round),
    metric: act.metric,
    quantity: act.quantity,
    unitPriceMicroUsd,
    amountMicroUsd: act.quantity * unitPriceMicroUsd,
    priceBook: book.version,
    jobId: job.id,
    ...(act.stage === undefined ? {} : { stage: act.stage }),
    ...(act.target === undefined ? {} : { target: act.target }),
    at: job.createdAt,
    ...(act.note === undefined ? {} : { note: act.note }),
  };
}

/** The event of the accepted request itself; written with the job. */
export const apiCallEvent = (job: BilledJob): UsageEvent => usageEvent(job, { metric: 'api_call', quantity: 1 });
