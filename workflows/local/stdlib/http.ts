import { isMap, type Value } from '../value.ts';
import { hasTag } from '../workflow-error.ts';
import { std } from './std-function.ts';

/** The retry predicates of the modules `http` and `retry`. They can be called in expressions too. */
export const predicateFunctions = [
  std('http.default_retry_predicate', ['exception'], ([error]) => isTransient(error!)),
  std('http.default_retry_predicate_non_idempotent', ['exception'], ([error]) => isSafeToRepeat(error!)),
  std('retry.always', ['exception'], () => true),
  std('retry.never', ['exception'], () => false),
];

function hasCode(error: Value, codes: readonly bigint[]): boolean {
  const code = isMap(error) && hasTag(error, 'HttpError') ? error.get('code') : undefined;
  return typeof code === 'bigint' && codes.includes(code);
}

/** Google, "http.default_retry_predicate": 429, 502, 503, 504, ConnectionError, ConnectionFailedError, TimeoutError; not 500. */
function isTransient(error: Value): boolean {
  return (
    hasCode(error, [429n, 502n, 503n, 504n]) ||
    hasTag(error, 'ConnectionError') ||
    hasTag(error, 'ConnectionFailedError') ||
    hasTag(error, 'TimeoutError')
  );
}

/** Google, "http.default_retry_predicate_non_idempotent": 429, 503 and ConnectionFailedError. */
function isSafeToRepeat(error: Value): boolean {
  return hasCode(error, [429n, 503n]) || hasTag(error, 'ConnectionFailedError');
}
