import type { WorkflowRunner } from '../../ports/index.ts';
import { restWorkflowRunner } from './rest-workflow-runner.ts';

/**
 * Cloud Workflows. Google’s callbacks and executions take access tokens, not id tokens.
 *
 * @param options.deployedAs - the name in the cloud of a workflow that the code calls by its file’s name
 */
export function cloudWorkflowsRunner(options: {
  project: string;
  location: string;
  token: () => Promise<string>;
  deployedAs?: Record<string, string>;
  baseUrl?: string;
}): WorkflowRunner {
  const runner = restWorkflowRunner({
    baseUrl: () => options.baseUrl ?? 'https://workflowexecutions.googleapis.com',
    parent: `projects/${options.project}/locations/${options.location}`,
    token: options.token,
  });
  const deployed = (workflowId: string): string => options.deployedAs?.[workflowId] ?? workflowId;
  return {
    ...runner,
    start: (workflowId, argument) => runner.start(deployed(workflowId), argument),
    nameOf: (workflowId, executionId) => runner.nameOf(deployed(workflowId), executionId),
  };
}
