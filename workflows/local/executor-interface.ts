import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallbackResource, ExecutionResource, StepEntryResource } from './execution-resource.ts';
import type { Json } from './json-text.ts';
import type { Revision } from './store/execution-store.ts';

export interface CreateExecution {
  readonly workflowId: string;
  readonly argument?: Json;
  /** The argument as JSON text, as Google's REST interface has it; instead of `argument`. */
  readonly argumentJson?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Names the execution, which makes creating it repeatable: the second time is ALREADY_EXISTS. */
  readonly executionId?: string;
}

/** A request to a callback endpoint. */
export interface CallbackRequest {
  readonly execution: string;
  readonly callbackId: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Runs Cloud Workflows sources on this machine. */
export interface WorkflowExecutor {
  /** Deploys a source; the same source again changes nothing. @throws SourceRefused with the linter's errors */
  deploy(workflow: { readonly workflowId: string; readonly source: string }): Revision;
  /** Creates an execution; it is in the store when the promise resolves. @throws RequestError */
  createExecution(request: CreateExecution): Promise<ExecutionResource>;
  /** @throws RequestError NOT_FOUND */
  getExecution(name: string): ExecutionResource;
  listExecutions(workflowId: string, page?: { limit?: number; offset?: number }): ExecutionResource[];
  /** Ends an execution; what it waits for is given up. @throws RequestError */
  cancelExecution(name: string): Promise<ExecutionResource>;
  /** Takes a callback; it is in the store when the promise resolves. @throws RequestError with Google's HTTP codes */
  deliverCallback(request: CallbackRequest): Promise<void>;
  listCallbacks(execution: string): CallbackResource[];
  stepEntries(execution: string): StepEntryResource[];
  /** Goes on with every execution that the store has unfinished. Answers how many. */
  resumeAll(): number;
  /** Calls back with each execution that ends from now on. Answers how to stop that. */
  onFinished(listener: (execution: ExecutionResource) => void): () => void;
  /** Serves Google's REST interface; false when the path is not one of it. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Stops at once. Everything that was acknowledged is in the store. */
  close(): void;
}
