import type { ExecutorOptions } from './executor-options.ts';
import { limits } from './limits.ts';
import { RequestError } from './request-error.ts';
import type { ExecutionRow } from './store/execution-store.ts';

/** Checks the variables that the user gives against Google's rules. @throws RequestError INVALID_ARGUMENT */
export function checkEnvironment(environment: Readonly<Record<string, string>>): void {
  const entries = Object.entries(environment);
  if (entries.length > limits.userEnvironmentVariables) {
    throw new RequestError('INVALID_ARGUMENT', `more than ${limits.userEnvironmentVariables} environment variables`);
  }
  for (const [name, value] of entries) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^(GOOGLE|WORKFLOWS)/.test(name)) {
      throw new RequestError('INVALID_ARGUMENT', `${name} cannot name an environment variable`);
    }
    if (Buffer.byteLength(value) > limits.environmentValueBytes) {
      throw new RequestError('INVALID_ARGUMENT', `${name} has more than ${limits.environmentValueBytes} bytes`);
    }
  }
}

/** A variable of the environment: Google's own, else the user's. */
export function readEnvironment(name: string, row: ExecutionRow, options: ExecutorOptions): string | undefined {
  const { environment = {} } = options;
  return builtIn(name, row, options) ?? (Object.hasOwn(environment, name) ? environment[name] : undefined);
}

/** The variables that Google gives to every execution. */
function builtIn(name: string, row: ExecutionRow, options: ExecutorOptions): string | undefined {
  switch (name) {
    case 'GOOGLE_CLOUD_PROJECT_ID':
      return options.project ?? 'local';
    case 'GOOGLE_CLOUD_PROJECT_NUMBER':
      return options.projectNumber ?? '0';
    case 'GOOGLE_CLOUD_LOCATION':
      return options.location ?? 'local';
    case 'GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME':
      return `workflows@${options.project ?? 'local'}.iam.gserviceaccount.com`;
    case 'GOOGLE_CLOUD_WORKFLOW_ID':
      return row.workflowId;
    case 'GOOGLE_CLOUD_WORKFLOW_REVISION_ID':
      return row.revisionId;
    case 'GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID':
      return row.name.slice(row.name.lastIndexOf('/') + 1);
    case 'GOOGLE_CLOUD_WORKFLOW_EXECUTION_ATTEMPT':
      return '1';
    default:
      return undefined;
  }
}
