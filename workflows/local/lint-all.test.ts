import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatFinding, lintFolder } from './lint-all.ts';

describe('lintFolder', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lint-'));
    writeFileSync(join(folder, 'good.yaml'), '- a:\n    return: 1\n');
    writeFileSync(join(folder, 'bad.yaml'), '- a:\n    call: no.such\n');
    writeFileSync(join(folder, 'notes.md'), 'not a workflow');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('lints each yaml file of a folder', () => {
    const results = lintFolder(folder);
    expect(results.map(({ file, findings }) => [file, findings.length])).toEqual([
      ['bad.yaml', 1],
      ['good.yaml', 0],
    ]);
    expect(formatFinding('bad.yaml', results[0]!.findings[0]!)).toBe(
      'bad.yaml:1:3 error unknown-target main/a: there is no function, connector or subworkflow no.such',
    );
  });
});

test('every workflow of this repository is free of findings, and there is at least one', () => {
  const results = lintFolder(dirname(dirname(fileURLToPath(import.meta.url))));
  expect(results.flatMap(({ file, findings }) => findings.map((finding) => formatFinding(file, finding)))).toEqual([]);
  expect(results.length).toBeGreaterThan(0);
});
