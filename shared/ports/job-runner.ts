export interface RunJobRequest {
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Runs a container job to its end, as Cloud Run jobs do. Rejects when the job fails. */
export interface JobRunner {
  run(jobName: string, request: RunJobRequest): Promise<void>;
}
