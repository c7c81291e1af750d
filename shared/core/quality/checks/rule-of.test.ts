import { describe, expect, test } from '@jest/globals';
import { profiles } from '../../../profiles/profiles.ts';
import type { CheckRule } from '../../../schema/index.ts';
import { box, turned } from '../../../testing/exact-meshes.ts';
import { gateContext, gateFile, meshDocument } from '../../../testing/gate-files.ts';
import { judgeFiles } from '../judge-files.ts';
import { unmarked } from '../marked-finding.ts';
import { checkRules } from './check-rules.ts';
import { checkWinding } from './check-winding.ts';

const evidence = { source: 'a test', checked: '2026-01-01' };
const judged = async (rule?: Partial<CheckRule>) => {
  const file = await gateFile(meshDocument(turned(box())));
  const rules: Record<string, CheckRule> = rule
    ? { inside_out: { severity: 'warning' as const, ...evidence, ...rule } }
    : {};
  return checkWinding(file, gateContext(file, rules));
};

describe('what a profile says of a check', () => {
  test('nothing: its own severity and limit', async () => {
    expect(await judged()).toMatchObject([{ severity: 'error', limit: 0.01, source: 'Atlas' }]);
  });

  test('another severity, and who says so', async () => {
    expect(await judged({ note: 'why' })).toMatchObject([{ severity: 'warning', limit: 0.01, source: 'a test (why)' }]);
  });

  test('a limit that what was measured keeps', async () => {
    expect(await judged({ limit: 1 })).toEqual([]);
  });

  test('off', async () => {
    expect(await judged({ severity: 'off' })).toEqual([]);
  });
});

test('every rule of a profile is about a check that there is', () => {
  for (const { checks = {} } of profiles) {
    expect(Object.keys(checks).filter((code) => !(code in checkRules))).toEqual([]);
  }
});

test('marks stay out of a report', async () => {
  const [finding] = await judged();
  expect(finding?.marks).toBeDefined();
  expect(unmarked(finding!)).not.toHaveProperty('marks');
});

test('a level of detail is told of errors, and of warnings only where the model has none', async () => {
  const model = await gateFile(meshDocument(box(100)));
  const lod = { ...(await gateFile(meshDocument(turned(box(100))))), name: 'lod1' };
  const found = judgeFiles({ ...gateContext(model), files: [model, lod] });
  const codes = (name: string) => found.filter(({ file }) => file === name).map(({ code }) => code);
  expect(codes('model')).toContain('scale_too_large');
  expect(codes('lod1')).toContain('inside_out');
  expect(codes('lod1')).not.toContain('scale_too_large');
});
