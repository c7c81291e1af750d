import { expect, test } from '@jest/globals';
import { costOfJob, type JobCounts, pressures } from './cost-of-job.ts';
import { googlePrices } from './google-prices.ts';

const counts: JobCounts = {
  stageSeconds: 4,
  requests: 8,
  documentReads: 100,
  documentWrites: 60,
  messages: 8,
  objectWrites: 10,
  objectReads: 10,
  internalSteps: 120,
  externalSteps: 8,
  storedBytes: 2 ** 30,
  deliveredBytes: 2 ** 30,
  scoreSeconds: 0,
};

test('a job costs the sum of its lines, each its quantity times the list price', () => {
  const lines = costOfJob(counts, 30);
  for (const { price, quantity, usd } of lines) expect(usd).toBeCloseTo(quantity * googlePrices[price].usd, 12);
  const of = (name: string) => lines.find(({ price }) => price === name)?.usd;
  expect(of('egressGib')).toBeCloseTo(0.12, 12);
  expect(of('storedGibMonth')).toBeCloseTo(0.02, 12);
  expect(of('requestCpuSecond')).toBeCloseTo(4.8 * 2 * 0.000024, 12);
  expect(of('l4Second')).toBeUndefined();
});

test('files that are kept for a third of the time cost a third', () => {
  const storage = (days: number) => costOfJob(counts, days).find(({ price }) => price === 'storedGibMonth')?.usd;
  expect(storage(10)).toBeCloseTo(storage(30)! / 3, 12);
});

test('the limits come tightest first and grow with the rate', () => {
  const slow = pressures(counts, 10);
  const fast = pressures(counts, 100_000);
  for (const list of [slow, fast]) {
    const shares = list.map(({ used, most }) => used / most);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  }
  expect(slow.every(({ used, most }) => used < most)).toBe(true);
  // No document of ours is what binds, also when all jobs are those of one tenant.
  const ours = fast.filter(({ limit }) => limit.includes('one tenant'));
  expect(ours).toHaveLength(2);
  for (const { limit, used, most } of ours) expect([limit, used < most]).toEqual([limit, true]);
});

test('every price names its unit, its source and the day it was read', () => {
  for (const { usd, unit, source, read } of Object.values(googlePrices)) {
    expect([usd > 0, unit.length > 3, source.length > 10, /^\d{4}-\d\d-\d\d$/.test(read)]).toEqual(Array(4).fill(true));
  }
});
