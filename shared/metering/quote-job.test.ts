import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Quote } from '../schema/index.ts';
import { priceBookAt } from './price-book-at.ts';
import { quoteJob } from './quote-job.ts';
import { apiCallEvent, processingUnits, usageEvent } from './usage-event.ts';

const createdAt = '2026-11-23T10:00:00.000Z';
const source = { kind: 'asset', assetId: 'ast_0123456789abcdef' } as const;
const request = (targets: number) => ({
  source,
  targets: Array.from({ length: targets }, (_, index) => `target-${index}`),
  candidates: 1,
});

describe('a quote', () => {
  test('lists the call, each delivery and each started 16 MiB of each stage', () => {
    const quote = quoteJob(request(2), { sourceSizeBytes: 16 * 1024 * 1024 + 1, acceptedAt: createdAt });
    expect(Quote.parse(quote).lines.map(({ metric, quantity }) => [metric, quantity])).toEqual([
      ['api_call', 1],
      ['delivered_asset', 2],
      ['processing', 2 * (1 + 2 * 2)],
    ]);
  });

  test('adds up to its lines, in whole micro-dollars', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 2 ** 29 }), (targets, sourceSizeBytes) => {
        const quote = quoteJob(request(targets), { sourceSizeBytes, acceptedAt: createdAt });
        const sum = quote.lines.reduce((total, line) => total + line.quantity * line.unitPriceMicroUsd, 0);
        expect(quote.maxMicroUsd).toBe(sum);
        expect(Number.isSafeInteger(sum)).toBe(true);
      }),
    );
  });

  test('is never less than what a job is charged, whichever targets are delivered', () => {
    const outcomes = fc.array(fc.boolean(), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 2 ** 29 }), (delivered, sourceSizeBytes) => {
        const job = { id: 'job_0123456789abcdef', createdAt };
        const quantity = processingUnits(sourceSizeBytes);
        const charged = [apiCallEvent(job), usageEvent(job, { metric: 'processing', stage: 'dispatch', quantity })];
        delivered.forEach((passed, index) => {
          const target = `target-${index}`;
          for (const stage of ['refine', 'convert']) {
            charged.push(usageEvent(job, { metric: 'processing', stage, target, quantity: passed ? quantity : 0 }));
          }
          charged.push(usageEvent(job, { metric: 'delivered_asset', target, quantity: passed ? 1 : 0 }));
        });
        const total = charged.reduce((sum, { amountMicroUsd }) => sum + amountMicroUsd, 0);
        const { maxMicroUsd } = quoteJob(request(delivered.length), { sourceSizeBytes, acceptedAt: createdAt });
        expect(total).toBeLessThanOrEqual(maxMicroUsd);
        if (delivered.every(Boolean)) expect(total).toBe(maxMicroUsd);
      }),
    );
  });

  test('names the book that it was made with', () => {
    expect(quoteJob(request(1), { sourceSizeBytes: 1, acceptedAt: createdAt }).priceBook).toBe(
      priceBookAt(createdAt).version,
    );
  });
});
