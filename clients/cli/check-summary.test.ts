import { expect, test } from '@jest/globals';
import type { Finding } from '../../shared/schema/index.ts';
import { judgedReport } from '../../shared/testing/judged-report.ts';
import { checkSummaryOf } from './check-summary.ts';

const finding = (changes: Partial<Finding> = {}): Finding => ({
  ...{ code: 'holes', severity: 'warning', file: 'model', message: 'Two openings.' },
  ...changes,
});
const summaryOf = (findings: Finding[]): string => checkSummaryOf(judgedReport({ findings }).report, 'Web');

test('says the verdict first, then the findings by severity, each with what to do', () => {
  const error = finding({ severity: 'error', code: 'no_files', message: 'None.', remedy: 'Add one.', file: 'lod1' });
  expect(summaryOf([finding(), error]).split('\n')).toEqual([
    'Verdict   rejected for Web (web, rules of 2026-11-23): 1 error, 1 warning, 0 notes',
    'error     no_files: None. (lod1)',
    '          → Add one.',
    'warning   holes: Two openings.',
    'Files',
    '  model  260,000 triangles  2,048 px  2.40 MB  1 draw calls',
    '  lod1   130,000 triangles  2,048 px  1.30 MB  1 draw calls',
    '',
  ]);
});

test('tells at most twenty of a severity one by one', () => {
  const summary = summaryOf(Array.from({ length: 25 }, () => finding()));
  expect(summary.match(/holes:/g)).toHaveLength(20);
  expect(summary).toContain('… and 5 warnings more');
});

test('lets no name in a file steer the terminal', () => {
  const summary = summaryOf([finding({ message: 'mesh \u001B[2J\u202Egpj\nVerdict   accepted', remedy: '\u009B1m' })]);
  expect(summary).not.toMatch(/\p{Cc}(?<!\n)|\p{Cf}/u);
  expect(summary.match(/^Verdict/gm)).toHaveLength(1);
});
