import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import { lintWorkflow } from './lint/lint-workflow.ts';
import { compileProgram } from './program/compile-program.ts';
import type { LintFinding } from './program/finding.ts';
import type { Program } from './program/program.ts';
import { RequestError } from './request-error.ts';
import type { ExecutionStore, Revision } from './store/execution-store.ts';

/** A source that was refused, with what is wrong with it. */
export class SourceRefused extends RequestError {
  readonly findings: readonly LintFinding[];

  constructor(workflowId: string, findings: readonly LintFinding[]) {
    const [first] = findings;
    super('INVALID_ARGUMENT', `${workflowId}: ${first?.path} line ${first?.line}: ${first?.message}`);
    this.name = 'SourceRefused';
    this.findings = findings;
  }
}

/** The deployed workflows and their compiled revisions. */
export interface Deployments {
  /** Takes a source; the same source again keeps its revision. @throws SourceRefused */
  deploy(workflowId: string, source: string): Revision;
  latest(workflowId: string): Revision | undefined;
  program(revision: Revision): Program;
}

export function deployments(store: ExecutionStore, clock: Clock, isConnector: (name: string) => boolean): Deployments {
  const latest = new Map(store.listLatestRevisions().map((revision) => [revision.workflowId, revision]));
  const programs = new Map<string, Program>();
  return {
    deploy(workflowId, source) {
      if (!/^[A-Za-z][A-Za-z0-9_-]{0,127}$/.test(workflowId)) {
        throw new RequestError('INVALID_ARGUMENT', `${workflowId} cannot name a workflow`);
      }
      const errors = lintWorkflow(source, { isConnector }).filter(({ severity }) => severity === 'error');
      if (errors.length > 0) throw new SourceRefused(workflowId, errors);
      const before = latest.get(workflowId);
      if (before?.source === source) return before;
      const number = before === undefined ? 1 : Number(before.revisionId.slice(0, 6)) + 1;
      const hash = createHash('sha256').update(source).digest('hex');
      const revisionId = `${String(number).padStart(6, '0')}-${hash.slice(0, 3)}`;
      const revision: Revision = { workflowId, revisionId, source, createTime: clock.now() };
      store.saveRevision(revision);
      latest.set(workflowId, revision);
      return revision;
    },
    latest: (workflowId) => latest.get(workflowId),
    program({ workflowId, revisionId, source }) {
      const key = `${workflowId}@${revisionId}`;
      const known = programs.get(key);
      if (known !== undefined) return known;
      const { program } = compileProgram(source);
      programs.set(key, program);
      return program;
    },
  };
}
