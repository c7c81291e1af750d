import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LintOptions, lintWorkflow } from './lint/lint-workflow.ts';
import type { LintFinding } from './program/finding.ts';

/** Lints every `*.yaml` of a folder; a file without findings has an empty list. */
export function lintFolder(folder: string, options: LintOptions = {}): { file: string; findings: LintFinding[] }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({ file, findings: lintWorkflow(readFileSync(join(folder, file), 'utf8'), options) }));
}

/** One finding as a line of text that editors can follow. */
export function formatFinding(file: string, { line, column, severity, code, path, message }: LintFinding): string {
  return `${file}:${line}:${column} ${severity} ${code} ${path}: ${message}`;
}
