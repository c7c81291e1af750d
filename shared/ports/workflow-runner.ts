/** How an execution stands; `gone` is one that the engine does not know, or no longer. */
export type ExecutionState = 'active' | 'succeeded' | 'failed' | 'cancelled' | 'gone';

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
  /** Stops an execution; one that has ended, or that is not known, stays as it is. */
  cancel(executionName: string): Promise<void>;
  /**
   * How an execution stands now.
   * @throws AtlasError store_unavailable when that cannot be told: then it may well be active
   */
  state(executionName: string): Promise<ExecutionState>;
  /** The name of an execution of which only the id is known. */
  nameOf(workflowId: string, executionId: string): string;
}
