import type { z } from 'zod';
import { AtlasError } from '../../shared/errors.ts';
import type { ProblemExtras } from '../http-function.ts';

interface FieldError {
  readonly pointer: string;
  readonly message: string;
}

/** A request that does not match its schema, with every place that is wrong. */
export class InvalidRequest extends AtlasError implements ProblemExtras {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly [FieldError, ...FieldError[]]) {
    super('invalid_request', `${errors[0].pointer || 'The body'}: ${errors[0].message}`, {
      pointer: errors[0].pointer,
    });
    this.errors = errors;
  }
}

/** Issues that one problem document tells; a hostile body could have thousands. */
const errorsAtMost = 50;

/** RFC 6901. */
const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function fieldErrors(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): FieldError[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), message: 'is not a known field' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const closest = issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best));
    return closest.flatMap((inner) => fieldErrors(inner, path));
  }
  return [{ pointer: pointerOf(path), message: issue.message }];
}

/** The error of a failed parse; `base` is where the parsed value stands in the request. */
export function invalidRequest(error: z.ZodError, base: readonly string[] = []): InvalidRequest {
  const [first, ...rest] = error.issues.flatMap((issue) => fieldErrors(issue, base)).slice(0, errorsAtMost);
  return new InvalidRequest([first ?? { pointer: '', message: 'is not valid' }, ...rest]);
}
