/** Google's limits for Cloud Workflows (cloud.google.com/workflows/quotas, checked 2026-11). */
export const limits = {
  sourceBytes: 128 * 1024,
  expressionCharacters: 400,
  assignmentsPerStep: 50,
  conditionsPerSwitch: 50,
  branchesPerParallel: 10,
  parallelDepth: 2,
  /** Branches and iterations of one execution that run at a time; further ones wait. */
  concurrentBranches: 20,
  branchErrors: 100,
  callDepth: 20,
  stepsPerExecution: 100_000,
  variableMemoryBytes: 512 * 1024,
  stringBytes: 256 * 1024,
  argumentBytes: 32 * 1024,
  httpResponseBytes: 2 * 1024 * 1024,
  /** What a call without `timeout` gets, and the most that one may ask for. */
  httpDefaultTimeoutSeconds: 300,
  httpTimeoutSeconds: 1800,
  callbackTimeoutSeconds: 43_200,
  /** An execution lives for a year, so no wait can be longer. */
  longestWaitSeconds: 31_536_000,
  connectorTimeoutSeconds: 1800,
  userEnvironmentVariables: 20,
  environmentValueBytes: 4 * 1024,
  /** Ours, not Google's: steps of one execution that its history shows. */
  stepEntries: 10_000,
  /** Ours, not Google's: levels of nesting that JSON may have before it is refused. */
  jsonDepth: 100,
} as const;
