import type { Value, ValueMap } from './value.ts';

/** The error tags of Google's reference ("Workflow errors", error tags table), with the wider tags seen in real payloads. */
export type ErrorTag =
  | 'AuthError'
  | 'ConnectionError'
  | 'ConnectionFailedError'
  | 'HttpError'
  | 'IndexError'
  | 'KeyError'
  | 'OperationError'
  | 'ParallelNestingError'
  | 'RecursionError'
  | 'ResourceLimitError'
  | 'ResponseTypeError'
  | 'SystemError'
  | 'TimeoutError'
  | 'TypeError'
  | 'UnhandledBranchError'
  | 'ValueError'
  | 'ZeroDivisionError';

/** One frame of the trace that a failed execution shows. */
export interface TraceElement {
  readonly routine: string;
  readonly step: string;
  readonly line: number;
  readonly column: number;
}

// Seen in logs of real executions: {"message":"KeyError: key not found: …","tags":["KeyError","LookupError"]}.
const widerTags: Partial<Record<ErrorTag, string>> = {
  IndexError: 'LookupError',
  KeyError: 'LookupError',
  UnhandledBranchError: 'RuntimeError',
  ZeroDivisionError: 'ArithmeticError',
};

/** What a step raises. `value` is what `except` sees; `fatal` errors end the execution and cannot be caught. */
export class WorkflowError extends Error {
  readonly value: Value;
  readonly fatal: boolean;
  trace: TraceElement[] = [];

  constructor(value: Value, options: { fatal?: boolean; cause?: unknown } = {}) {
    super(describe(value), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WorkflowError';
    this.value = value;
    this.fatal = options.fatal ?? false;
  }
}

function describe(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Map && typeof value.get('message') === 'string') return value.get('message') as string;
  return 'the workflow raised an error';
}

/** Builds an error map `{message, tags, …}` as the language's own errors look. */
export function errorMap(tag: ErrorTag, message: string, extra: Iterable<readonly [string, Value]> = []): ValueMap {
  const wider = widerTags[tag];
  return new Map<string, Value>([['message', message], ['tags', wider === undefined ? [tag] : [tag, wider]], ...extra]);
}

/** An error of the language itself, with its tag in front of the message as Google writes it. */
export function languageError(
  tag: ErrorTag,
  message: string,
  options: { fatal?: boolean; cause?: unknown } = {},
): WorkflowError {
  return new WorkflowError(errorMap(tag, `${tag}: ${message}`), options);
}

/** Turns anything thrown inside the executor into an error that the workflow can see; the unforeseen becomes SystemError. */
export function toWorkflowError(thrown: unknown): WorkflowError {
  if (thrown instanceof WorkflowError) return thrown;
  return languageError('SystemError', 'an internal error has occurred', { cause: thrown });
}

/** Tells whether an error value carries a tag. */
export function hasTag(value: Value, tag: ErrorTag): boolean {
  if (!(value instanceof Map)) return false;
  const tags = value.get('tags');
  return Array.isArray(tags) && tags.includes(tag);
}
