import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { applyPolicy } from '../../profiles/apply-policy.ts';
import { findProfile } from '../../profiles/profiles.ts';
import { checkCodes, type Finding, type PolicyChecks } from '../../schema/index.ts';
import { checkRules } from './checks/check-rules.ts';
import { splatRules } from './checks/splat/splat-rules.ts';
import { viewRules } from './fidelity/judge-views.ts';
import { verdictOf } from './judge-files.ts';
import { weighFindings } from './weigh-findings.ts';

const finding = (code: string, severity: Finding['severity'] = 'warning'): Finding => ({
  ...{ code, severity, file: 'model', message: `about ${code}`, source: 'Atlas' },
});
const web = (checks: PolicyChecks) =>
  applyPolicy(findProfile('web'), { of: 'ten_0123456789abcdef', since: '2026-11-25', checks });
const weighed = (checks: PolicyChecks, ...findings: Finding[]) => weighFindings(findings, web(checks));

describe('findings under a policy', () => {
  test.each([
    ['block', 'error', 'rejected'],
    ['review', 'warning', 'needs_review'],
    ['warn', 'warning', 'accepted'],
    ['info', 'info', 'accepted'],
  ] as const)('that says %s are of severity %s, and the verdict is %s', (action, severity, verdict) => {
    for (const code of ['fidelity_flip', 'extension_ignored', 'holes_visible', 'limit_materials']) {
      const found = weighed({ [code]: { action } }, finding(code));
      expect(found).toMatchObject([{ code, severity, source: 'policy of ten_0123456789abcdef' }]);
      expect(verdictOf(found)).toBe(verdict);
    }
  });

  test('that says off are gone', () => {
    expect(weighed({ fidelity_flip: { action: 'off' } }, finding('fidelity_flip', 'error'), finding('holes'))).toEqual([
      finding('holes'),
    ]);
  });

  test('whose target makes an error of a guarded code stay errors', () => {
    for (const action of ['review', 'warn', 'info', 'off'] as const) {
      expect(weighed({ extension_ignored: { action } }, finding('extension_ignored', 'error'))).toEqual([
        finding('extension_ignored', 'error'),
      ]);
    }
  });

  test('with an error and a review are rejected: nobody need look', () => {
    const found = weighed({ holes: { action: 'review' } }, finding('holes'), finding('no_triangles', 'error'));
    expect(verdictOf(found)).toBe('rejected');
  });

  test('are as they were where neither policy nor profile speaks', () => {
    const all = [finding('holes'), finding('no_triangles', 'error'), finding('UNUSED_OBJECT', 'info')];
    expect(weighFindings(all, findProfile('web'))).toEqual(all);
  });
});

/** Codes of what steps of the engine tell as changes; they are no findings. */
const changes = ['budget_unreachable', 'lods_left_out'];

describe('the table of codes', () => {
  test('has every rule, and every code that a check states', () => {
    const files = ['shared/core/quality', 'functions/engine'].flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('duel'))
        .map((name) => readFileSync(join(root, name), 'utf8')),
    );
    const statements = files.flatMap((text) => text.match(/\b(?:code: |finding\()[^,;\n]*/g) ?? []);
    const stated = statements.flatMap((text) => text.match(/(?<=')[a-z]+_[a-z_]+(?=')/g) ?? []);
    expect(stated.length).toBeGreaterThan(18);
    const known = [...Object.keys(checkRules), ...Object.keys(viewRules), ...Object.keys(splatRules), ...stated];
    expect(known.filter((code) => !checkCodes.has(code) && !changes.includes(code))).toEqual([]);
  });
});
