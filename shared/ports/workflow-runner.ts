/** Starts and stops executions of a deployed workflow, in the shape of Google’s Workflows Executions API. */
export interface WorkflowRunner {
  /** Starts one execution and returns its resource name; the id is its last segment. */
  start(workflowId: string, argument: unknown): Promise<string>;
  cancel(executionName: string): Promise<void>;
}
