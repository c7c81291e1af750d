import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  currentTrace,
  inTrace,
  newSpanId,
  newTraceId,
  readCloudTraceContext,
  readTraceparent,
  writeTraceparent,
} from './trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const zeros = (length: number): string => '0'.repeat(length);

describe('a traceparent', () => {
  test('is read as it was written, whatever the ids', () => {
    const hex = (length: number) =>
      fc
        .uint8Array({ minLength: length, maxLength: length })
        .filter((bytes) => bytes.some((byte) => byte !== 0))
        .map((bytes) => Buffer.from(bytes).toString('hex'));
    fc.assert(
      fc.property(hex(16), hex(8), fc.boolean(), (trace, span, sampled) => {
        const place = { traceId: trace, spanId: span, sampled };
        expect(readTraceparent(writeTraceparent(place))).toEqual(place);
      }),
    );
  });

  test('of a later version may carry more, and of its flags only “sampled” counts', () => {
    expect(readTraceparent(`cc-${traceId}-${spanId}-03-what-comes`)).toEqual({ traceId, spanId, sampled: true });
    expect(readTraceparent(`00-${traceId}-${spanId}-02`)?.sampled).toBe(false);
  });

  test.each([
    ['nothing', undefined],
    ['an empty text, which the workflow sends when it has none', ''],
    ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['the version ff', `ff-${traceId}-${spanId}-01`],
    ['more in version 00', `00-${traceId}-${spanId}-01-more`],
    ['a trace id of zeros', `00-${zeros(32)}-${spanId}-01`],
    ['a span id of zeros', `00-${traceId}-${zeros(16)}-01`],
    ['a second line', `00-${traceId}-${spanId}-01\n`],
  ])('counts as absent when it is %s', (_what, header) => {
    expect(readTraceparent(header)).toBeUndefined();
  });
});

test.each([
  [`${traceId}/67667974448284343;o=1`, { traceId, spanId: '00f067aa0ba902b7', sampled: true }],
  [`${traceId.toUpperCase()}/67667974448284343`, { traceId, spanId: '00f067aa0ba902b7', sampled: false }],
  [`${traceId}/99999999999999999999;o=1`, undefined],
  [`${traceId}/0;o=1`, undefined],
  [`${traceId};o=1`, undefined],
  ['', undefined],
])('Google’s older header %s is read with its decimal span id', (header, place) => {
  expect(readCloudTraceContext(header)).toEqual(place);
});

test('the place in a trace is known through every await, and only there', async () => {
  const place = { traceId: newTraceId(), spanId: newSpanId(), sampled: true };
  const seen = await inTrace(place, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return [currentTrace(), inTrace(undefined, currentTrace), currentTrace()];
  });
  expect([...seen, currentTrace()]).toEqual([place, undefined, place, undefined]);
});
