/** Starts, answers and stops executions of a deployed workflow, in the shape of Google’s Workflows Executions API. */
export interface WorkflowRunner {
  /** Starts one execution and returns its resource name; the id is its last segment. */
  start(workflowId: string, argument: unknown): Promise<string>;
  /**
   * Answers a callback that an execution waits for. Only path and query of `callbackUrl` count: the engine may have moved
   * to another address since it made the URL, and a message can never send our token elsewhere.
   * @throws AtlasError callback_failed when it should be sent again
   */
  answer(callbackUrl: string, body: unknown): Promise<void>;
  cancel(executionName: string): Promise<void>;
}
