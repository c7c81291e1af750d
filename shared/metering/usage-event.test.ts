import { describe, expect, test } from '@jest/globals';
import { UsageEvent } from '../schema/index.ts';
import { type Act, apiCallEvent, processingUnits, usageEvent } from './usage-event.ts';

const job = { id: 'job_0123456789abcdef', createdAt: '2026-11-23T10:00:00.000Z' };
const act: Act = { metric: 'processing', quantity: 3, stage: 'convert', version: '1', target: 'web' };

describe('a usage event', () => {
  test('is valid and multiplies quantity by price', () => {
    const event = UsageEvent.parse(usageEvent(job, act));
    expect(event.amountMicroUsd).toBe(3 * event.unitPriceMicroUsd);
    expect(event.at).toBe(job.createdAt);
  });

  test('has the same id for the same act, also when it is not charged', () => {
    expect(usageEvent(job, { ...act, quantity: 0, note: 'rejected' }).id).toBe(usageEvent(job, act).id);
  });

  test.each<[string, { job?: typeof job; act?: Partial<Act> }]>([
    ['job', { job: { ...job, id: 'job_fedcba9876543210' } }],
    ['metric', { act: { metric: 'generation' } }],
    ['stage', { act: { stage: 'refine' } }],
    ['target', { act: { target: 'unreal' } }],
    ['version', { act: { version: '2' } }],
  ])('has another id for another %s', (_part, change) => {
    expect(usageEvent(change.job ?? job, { ...act, ...change.act }).id).not.toBe(usageEvent(job, act).id);
  });

  test('of the call itself counts one', () => {
    expect(apiCallEvent(job)).toMatchObject({ metric: 'api_call', quantity: 1, jobId: job.id });
  });
});

test.each([
  [0, 0],
  [1, 1],
  [16 * 1024 * 1024, 1],
  [16 * 1024 * 1024 + 1, 2],
])('a source of %i bytes costs %i units a stage', (sizeBytes, units) => {
  expect(processingUnits(sizeBytes)).toBe(units);
});
