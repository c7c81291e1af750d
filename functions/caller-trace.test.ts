import { expect, test } from '@jest/globals';
import { callerTrace } from './caller-trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const standard = `00-${traceId}-00f067aa0ba902b7-01`;
const google = `${traceId}/1;o=1`;

test.each([
  ['the standard header', { traceparent: standard }, standard],
  ['Google’s older one', { 'x-cloud-trace-context': google }, `00-${traceId}-0000000000000001-01`],
  ['the standard one of both', { traceparent: standard, 'x-cloud-trace-context': google }, standard],
  ['the older one where the standard one is broken', { traceparent: 'x', 'x-cloud-trace-context': [google] }, /01-01$/],
  ['nothing without either', {}, undefined],
])('the trace of a request comes from %s', (_what, headers, expected) => {
  if (expected instanceof RegExp) expect(callerTrace(headers)).toMatch(expected);
  else expect(callerTrace(headers)).toBe(expected);
});
