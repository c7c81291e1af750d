import { ZodError, z } from 'zod';
import { AtlasError, errorTable } from '../../shared/errors.ts';
import { ApiFailure } from './api-client.ts';

/** A failure as the command line prints it: what happened, where, and what to do about it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly pointer?: string;
  readonly remedy?: string;
}

/** Puts whatever a command threw into words; a failure of the API keeps the API’s own. */
export function describeFailure(thrown: unknown): Failure {
  if (thrown instanceof ApiFailure && thrown.problem) {
    const { code, detail, pointer, remedy } = thrown.problem;
    return { code, message: detail, ...(pointer ? { pointer } : {}), remedy };
  }
  if (thrown instanceof AtlasError) {
    const { code, message, pointer } = thrown;
    return { code, message, ...(pointer ? { pointer } : {}), remedy: errorTable[code].remedy };
  }
  if (thrown instanceof ZodError) {
    const pointer = thrown.issues[0]?.path.map((part) => `/${String(part)}`).join('');
    return { code: 'invalid_request', message: z.prettifyError(thrown), ...(pointer ? { pointer } : {}) };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: thrown instanceof ApiFailure ? 'unreachable' : 'error', message };
}
