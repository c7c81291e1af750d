import { writeJson } from './json-text.ts';
import { errorContext } from './machine/branches.ts';
import type { Outcome } from './machine/state.ts';
import type { ExecutionRow } from './store/execution-store.ts';
import { toWorkflowError, type WorkflowError } from './workflow-error.ts';

/** The row of an execution with its outcome. A result without JSON form, such as bytes, makes it fail. */
export function endedRow(row: ExecutionRow, outcome: Outcome, endTime: number): ExecutionRow {
  if (outcome.kind === 'failed') return failedRow(row, outcome.error, endTime);
  try {
    return { ...row, state: 'SUCCEEDED', result: writeJson(outcome.result), endTime };
  } catch (thrown) {
    return failedRow(row, toWorkflowError(thrown), endTime);
  }
}

/** The row of an execution that ended with an error. */
export function failedRow(row: ExecutionRow, error: WorkflowError, endTime: number): ExecutionRow {
  let payload: string;
  try {
    payload = writeJson(error.value);
  } catch {
    payload = JSON.stringify(error.message);
  }
  const elements = error.trace.map(({ step, routine, line, column }) => ({
    step,
    routine,
    position: { line: String(line), column: String(column) },
  }));
  const written = JSON.stringify({ payload, context: errorContext(error), stackTrace: { elements } });
  return { ...row, state: 'FAILED', error: written, endTime };
}
