import type { CloudEvent } from '@google-cloud/functions-framework';
import { describe, expect, test } from '@jest/globals';
import { AtlasError } from '../shared/errors.ts';
import { StageCommand } from '../shared/schema/index.ts';
import { keptTelemetry } from '../shared/testing/kept-telemetry.ts';
import { manualClock } from '../shared/testing/manual-clock.ts';
import { currentTrace } from '../shared/trace-context.ts';
import { deliverySpan, inTraceOf, stageSpan, traceAttributes } from './delivery-span.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const inBody = `00-${traceId}-00f067aa0ba902b7-01`;
const beside = `00-${traceId}-00f067aa0ba902b8-01`;

const eventOf = (message: object, more: object = {}): CloudEvent<unknown> =>
  ({ id: 'event-1', data: { message: { data: '', ...message }, ...more } }) as unknown as CloudEvent<unknown>;
const command = (more: object = {}): StageCommand =>
  StageCommand.parse({
    ...{ tenantId: 'ten_0123456789abcdef', jobId: 'job_0123456789abcdef', executionId: 'e', stage: 'refine' },
    ...{ target: 'web', callbackUrl: 'https://atlas.example/callback', input: {}, ...more },
  });
const place = () => {
  const kept = keptTelemetry();
  return { ...kept, deps: { telemetry: kept.telemetry, clock: manualClock() } };
};
const nothing = async (): Promise<undefined> => undefined;

describe('the trace that a delivery continues', () => {
  test.each([
    ['the command’s', inBody, { traceparent: beside }, '00f067aa0ba902b7'],
    [
      'that of the message’s attributes, for a command without one',
      undefined,
      { traceparent: beside },
      '00f067aa0ba902b8',
    ],
    ['none, for a command of an older version', undefined, undefined, undefined],
    ['none, where it cannot be read', 'rubbish', { traceparent: beside }, undefined],
  ])('is %s', async (_which, traceparent, attributes, parentSpanId) => {
    const { deps, spans } = place();
    await stageSpan(deps, eventOf({ attributes }), command({ traceparent }), nothing);
    expect(spans.map((span) => span.parentSpanId)).toEqual([parentSpanId]);
  });

  test('is known to what is logged around its span, too', () => {
    expect(inTraceOf(eventOf({ attributes: { traceparent: beside } }), currentTrace)).toMatchObject({ traceId });
    expect(inTraceOf(eventOf({ attributes: 'broken' }), currentTrace)).toBeUndefined();
    expect(
      inTraceOf({ id: 'x', data: 'not a message' } as unknown as CloudEvent<unknown>, currentTrace),
    ).toBeUndefined();
  });

  test('goes on in what is published', async () => {
    const { deps, spans } = place();
    const published = await deliverySpan(deps, eventOf({}), { stage: 'settle', attributes: {} }, async () =>
      traceAttributes(deps.telemetry),
    );
    expect(published.attributes?.traceparent).toContain(spans[0]?.spanId);
    expect(traceAttributes(deps.telemetry)).toEqual({});
  });
});

test.each(['', null, undefined, 7, 'x'.repeat(300)])(
  'a command whose traceparent is %p is still a command',
  (traceparent) => {
    expect(command({ traceparent }).stage).toBe('refine');
  },
);

describe('the span of a delivery', () => {
  test('tells topic, message, attempt and how long the message waited', async () => {
    const { deps, spans, measured } = place();
    const publishTime = new Date(deps.clock.now().getTime() - 2500).toISOString();
    const event = eventOf({ messageId: 'm-1', publishTime }, { deliveryAttempt: 3 });
    await stageSpan(deps, event, command(), async () => ({ status: 'done', stageKey: 'k', cached: true }));
    expect(spans).toMatchObject([
      {
        name: 'process atlas-refine',
        kind: 'consumer',
        attributes: {
          'messaging.message.id': 'm-1',
          'messaging.gcp_pubsub.message.delivery_attempt': 3,
          'atlas.queue_age_ms': 2500,
          'atlas.target': 'web',
          'atlas.outcome': 'cached',
          'atlas.stage.key': 'k',
        },
      },
    ]);
    expect(measured[0]).toBe('atlas_queue_age_seconds 2.5 {"stage":"refine"}');
    expect(measured[1]).toMatch(/^atlas_stage_seconds [\d.e-]+ {"stage":"refine","target":"web","outcome":"cached"}$/);
  });

  test('is an error when the stage answers that it failed, and when the message goes back to the bus', async () => {
    const { deps, spans, measured } = place();
    const error = { code: 'invalid_mesh', message: 'No triangles.' };
    await stageSpan(deps, eventOf({}), command(), async () => ({ status: 'failed', error }));
    const busy = () => Promise.reject(new AtlasError('lease_busy', 'Held.'));
    await expect(stageSpan(deps, eventOf({}), command(), busy)).rejects.toMatchObject({ code: 'lease_busy' });
    expect(spans.map((span) => span.error?.type)).toEqual(['invalid_mesh', 'lease_busy']);
    expect(measured.map((line) => /"outcome":"(\w+)"/.exec(line)?.[1])).toEqual(['failed', 'retried']);
  });

  test('is sent before the message is taken, whatever became of it', async () => {
    const { deps, flushes } = place();
    await stageSpan(deps, eventOf({}), command(), nothing);
    await stageSpan(deps, eventOf({}), command(), () => Promise.reject(new Error('x'))).catch(nothing);
    expect(flushes).toEqual(['now 1', 'now 2']);
  });
});
