import { describe, expect, test } from '@jest/globals';
import { AtlasError } from '../../errors.ts';
import { keptTelemetry } from '../../testing/kept-telemetry.ts';
import { readTraceparent } from '../../trace-context.ts';
import { inProcessTelemetry } from './in-process-telemetry.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const callerSpanId = '00f067aa0ba902b7';
const traceparentOf = (flags: string): string => `00-${traceId}-${callerSpanId}-${flags}`;
const nothing = async (): Promise<void> => undefined;

describe('a span', () => {
  test('is the child of the one that it runs in, across awaits', async () => {
    const { telemetry, spans } = keptTelemetry();
    await telemetry.span('outer', { kind: 'server' }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      await telemetry.span('inner', {}, nothing);
    });
    const [inner, outer] = spans;
    expect([inner?.traceId, inner?.parentSpanId]).toEqual([outer?.traceId, outer?.spanId]);
    expect(outer?.parentSpanId).toBeUndefined();
    expect(inner?.startMs).toBeGreaterThanOrEqual(outer?.startMs ?? Number.NaN);
    expect(inner?.endMs).toBeLessThanOrEqual(outer?.endMs ?? Number.NaN);
  });

  test('continues the trace that it is given rather than the one it runs in', async () => {
    const { telemetry, spans } = keptTelemetry();
    await telemetry.span('outer', {}, () => telemetry.span('given', { parent: traceparentOf('01') }, nothing));
    expect(spans[0]).toMatchObject({ name: 'given', traceId, parentSpanId: callerSpanId });
  });

  test.each([
    ['server', undefined],
    ['server', ''],
    ['consumer', undefined],
  ] as const)('of kind %s starts a trace where %p arrives', async (kind, parent) => {
    const { telemetry, spans } = keptTelemetry();
    await telemetry.span('outer', {}, () => telemetry.span('arrival', { kind, parent }, nothing));
    const [arrival, outer] = spans;
    expect([arrival?.parentSpanId, arrival?.traceId === outer?.traceId]).toEqual([undefined, false]);
  });

  test('that throws is marked with the error’s code, and the error goes on', async () => {
    const { telemetry, spans } = keptTelemetry();
    const failing = (thrown: unknown) => telemetry.span('work', {}, () => Promise.reject(thrown));
    await expect(failing(new AtlasError('lease_busy', 'Held by another.'))).rejects.toMatchObject({
      code: 'lease_busy',
    });
    await expect(failing(new TypeError('no such thing'))).rejects.toBeInstanceOf(TypeError);
    expect(spans.map(({ error, attributes }) => [error?.type, attributes['error.type']])).toEqual([
      ['lease_busy', 'lease_busy'],
      ['TypeError', 'TypeError'],
    ]);
  });

  test('keeps what is known when it ends; afterwards nothing changes it', async () => {
    const { telemetry, spans } = keptTelemetry();
    await telemetry.span('GET', { attributes: { a: 1, left: undefined } }, async (span) => {
      span.rename('GET /v1/jobs');
      span.set({ b: true, c: undefined });
      span.end();
      span.set({ b: false });
    });
    expect(spans).toMatchObject([{ name: 'GET /v1/jobs', attributes: { a: 1, b: true } }]);
    expect(Object.keys(spans[0]?.attributes ?? {})).toEqual(['a', 'b']);
  });

  test('that is discarded is not sent', async () => {
    const { telemetry, spans } = keptTelemetry();
    await telemetry.span('GET /healthz', {}, async (span) => span.discard());
    expect(spans).toEqual([]);
  });
});

describe('whether a trace is kept', () => {
  test('follows the parent within the pipeline, and our own ratio where a stranger’s request enters', async () => {
    const { telemetry, spans } = keptTelemetry();
    await telemetry.span('pipeline', { kind: 'consumer', parent: traceparentOf('00') }, nothing);
    await telemetry.span('entry', { kind: 'server', parent: traceparentOf('00'), isEntry: true }, nothing);
    expect(spans.map(({ name }) => name)).toEqual(['entry']);
    const none = keptTelemetry(0);
    await none.telemetry.span('entry', { kind: 'server', parent: traceparentOf('01'), isEntry: true }, nothing);
    expect(none.spans).toEqual([]);
  });

  test('is told to whoever is called, and traces go on without a place to send them', async () => {
    const flags = async (telemetry: ReturnType<typeof inProcessTelemetry>) =>
      readTraceparent(await telemetry.span('work', {}, async ({ traceparent }) => traceparent))?.sampled;
    expect([await flags(keptTelemetry().telemetry), await flags(inProcessTelemetry())]).toEqual([true, false]);
  });

  test('is decided for about the share that is asked for', async () => {
    const { telemetry, spans } = keptTelemetry(0.25);
    for (let count = 0; count < 2000; count++) await telemetry.span('entry', { kind: 'server' }, nothing);
    // 2000 draws at 0.25: six standard deviations are 116.
    expect(Math.abs(spans.length - 500)).toBeLessThan(116);
  });
});

test('a span that is told later has the id that was reserved for it, so that its children know it before', async () => {
  const { telemetry, spans } = keptTelemetry();
  const [request, execution] = await telemetry.span('POST', { kind: 'server' }, async (span) => [
    span.traceparent,
    telemetry.reserve() ?? '',
  ]);
  await telemetry.span('stage', { kind: 'consumer', parent: execution }, nothing);
  const told = { traceparent: execution, parent: request, startMs: 1000, endMs: 2000, attributes: { a: 'b' } };
  telemetry.tell({ name: 'execution', ...told, error: { type: 'internal', message: 'It broke.' } });
  const [post, stage, late] = spans;
  expect(late).toMatchObject({ parentSpanId: post?.spanId, startMs: 1000, endMs: 2000, error: { type: 'internal' } });
  expect([late?.spanId, late?.traceId]).toEqual([stage?.parentSpanId, stage?.traceId]);
  expect([telemetry.reserve(), telemetry.current()]).toEqual([undefined, undefined]);
});
