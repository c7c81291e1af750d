import { expect, test } from '@jest/globals';
import type { JobDocument, UsageEvent } from '../../shared/schema/index.ts';
import { keptTelemetry } from '../../shared/testing/kept-telemetry.ts';
import { measureEnd } from './measure-end.ts';

const job = {
  status: 'rejected',
  chargedMicroUsd: 1001,
  request: { targets: ['web', 'unreal', 'mobile-ar'] },
  results: [
    { target: 'web', verdict: 'accepted' },
    { target: 'unreal', verdict: 'repaired' },
    { target: 'mobile-ar', verdict: 'rejected' },
  ],
  stages: [
    { name: 'dispatch', ms: 3000 },
    { name: 'refine', target: 'web', ms: 500 },
    { name: 'gate', target: 'web', ms: 250 },
    { name: 'refine', target: 'unreal', ms: 0 },
    { name: 'refine', target: 'mobile-ar', ms: 9000 },
  ],
} as unknown as JobDocument;
const line = (metric: string, quantity: number) => ({ metric, quantity }) as unknown as UsageEvent;

test('an ended job is measured: its verdicts, charges, usage, and what each delivered target cost', () => {
  const { telemetry, measured } = keptTelemetry();
  measureEnd(telemetry, job, [line('processing', 2), line('delivered_asset', 0)]);
  expect(measured).toEqual([
    'atlas_job_charge_micro_usd 1001 {"status":"rejected"}',
    'atlas_verdicts_total 1 {"target":"web","verdict":"accepted"}',
    'atlas_verdicts_total 1 {"target":"unreal","verdict":"repaired"}',
    'atlas_verdicts_total 1 {"target":"mobile-ar","verdict":"rejected"}',
    'atlas_usage_lines_total 1 {"metric":"processing","charged":"yes"}',
    'atlas_usage_lines_total 1 {"metric":"delivered_asset","charged":"no"}',
    'atlas_asset_charge_micro_usd 501 {"target":"web"}',
    'atlas_asset_work_seconds 1.75 {"target":"web"}',
    'atlas_asset_charge_micro_usd 501 {"target":"unreal"}',
    'atlas_asset_work_seconds 1 {"target":"unreal"}',
  ]);
});
