import { compileProgram } from '../program/compile-program.ts';
import type { LintCode, LintFinding } from '../program/finding.ts';
import { checkCalls } from './check-calls.ts';
import { checkFlow } from './check-flow.ts';
import { checkMemory } from './check-memory.ts';
import { checkVariables } from './check-variables.ts';
import type { Report } from './report.ts';

export interface LintOptions {
  /** Which `googleapis.*` names can be called; the ones of the local executor unless said otherwise. */
  readonly isConnector?: (name: string) => boolean;
}

const localConnectors = new Set([
  'googleapis.pubsub.v1.projects.topics.publish',
  'googleapis.run.v2.projects.locations.jobs.run',
]);

const warnings = new Set<LintCode>(['unreachable-step', 'return-in-parallel', 'environment-name']);

/** Finds what Google would refuse, what cannot work, and what is undocumented in a workflow source, in the order of lines. */
export function lintWorkflow(source: string, options: LintOptions = {}): LintFinding[] {
  const { program, findings } = compileProgram(source);
  const all = [...findings];
  const report: Report = (code, path, { line, column }, message) => {
    all.push({ code, severity: warnings.has(code) ? 'warning' : 'error', path, line, column, message });
  };
  checkCalls(program, options.isConnector ?? ((name) => localConnectors.has(name)), report);
  checkVariables(program, report);
  checkFlow(program, report);
  checkMemory(program, report);
  return all.sort((left, right) => left.line - right.line || left.column - right.column);
}
