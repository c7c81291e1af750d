import type { JobRequest, Metric, Quote, StageName } from '../schema/index.ts';
import { priceBookAt } from './price-book-at.ts';
import { processingUnits } from './usage-event.ts';

/** Stages whose work grows with the file, once a job and once a target; the others (gate, settle) are free. */
const billedOnce = ['dispatch'] as const satisfies readonly StageName[];
const billedPerTarget = ['refine', 'convert'] as const satisfies readonly StageName[];

/** Kinds of source that a generator has to make first. */
const generatedKinds: readonly string[] = ['prompt', 'image'];

/**
 * The most that a job can cost: every target delivered and nothing shared with earlier jobs.
 *
 * @param facts.sourceSizeBytes size of the source file.
 * @param facts.acceptedAt decides the price book.
 */
export function quoteJob(
  request: Pick<JobRequest, 'source' | 'targets' | 'candidates'>,
  facts: { sourceSizeBytes: number; acceptedAt: string },
): Quote {
  const book = priceBookAt(facts.acceptedAt);
  const stages = billedOnce.length + billedPerTarget.length * request.targets.length;
  const quantities: readonly (readonly [Metric, number])[] = [
    ['api_call', 1],
    ['generation', generatedKinds.includes(request.source.kind) ? request.candidates : 0],
    ['delivered_asset', request.targets.length],
    ['processing', stages * processingUnits(facts.sourceSizeBytes)],
  ];
  const lines = quantities
    .filter(([, quantity]) => quantity > 0)
    .map(([metric, quantity]) => {
      const unitPriceMicroUsd = book.prices[metric];
      return { metric, quantity, unitPriceMicroUsd, amountMicroUsd: quantity * unitPriceMicroUsd };
    });
  const maxMicroUsd = lines.reduce((sum, line) => sum + line.amountMicroUsd, 0);
  return { priceBook: book.version, lines, maxMicroUsd };
}
