import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const folder = tempFolder();

/** What `npm run audit` makes of a report. */
function judgeAudit(text: string): { code: number | null; lines: string[] } {
  const file = join(folder, 'report.json');
  writeFileSync(file, text);
  const { status, stdout } = spawnSync(process.execPath, ['infra/checks/audit.mjs', file], { encoding: 'utf8' });
  return { code: status, lines: stdout.trimEnd().split('\n') };
}

const report = (vulnerabilities: Record<string, unknown>, prod = 300) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities,
    metadata: { dependencies: { prod, dev: 400, total: prod + 400 } },
  });
const of = (name: string, severity: string) => ({
  [name]: { name, severity, via: [{ url: `https://github.com/advisories/${name}` }, 'another-package'] },
});

test('a registry that knows nothing bad lets the release go on', () => {
  expect(judgeAudit(report({}))).toEqual({
    code: 0,
    lines: ['300 packages asked about: 0 with advisories, 0 of them above moderate'],
  });
});

test.each([
  ['info', 0],
  ['low', 0],
  ['moderate', 0],
  ['high', 1],
  ['critical', 1],
])('an advisory that is %s gives exit code %i, and is named', (severity, code) => {
  const judged = judgeAudit(report({ ...of('tar', severity), ...of('ms', 'low') }));
  expect(judged.code).toBe(code);
  expect(judged.lines[0]).toBe(`${severity}: tar (https://github.com/advisories/tar)`);
});

test.each<[string, string]>([
  ['a refused endpoint', '{"message":"405 Method Not Allowed - POST https://registry.example/bulk","statusCode":405}'],
  ['an error of npm', '{"error":{"code":"ENOAUDIT","summary":"the endpoint is not supported"}}'],
  ['no output', ''],
  ['half of one', '{"vulnerabilities":{'],
  ['null', 'null'],
  ['a report over no package', report({}, 0)],
])('%s is no clean bill of health', (_case, text) => {
  const { code, lines } = judgeAudit(text);
  expect(code).toBe(2);
  expect(lines[0]).toMatch(/^NOT CHECKED: /);
});

test('why the registry was not asked is told', () => {
  expect(judgeAudit('{"message":"405 Method Not Allowed"}').lines[0]).toContain('405 Method Not Allowed');
});
