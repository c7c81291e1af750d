import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type OtlpReceiver, otlpReceiver } from '../../testing/otlp-receiver.ts';
import type { EndedSpan } from './in-process-telemetry.ts';
import { openTelemetry } from './open-telemetry.ts';
import { otlpSpans } from './otlp-spans.ts';

const span = (number: number, change: Partial<EndedSpan> = {}): EndedSpan => ({
  name: `work ${number}`,
  kind: 'internal',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: number.toString(16).padStart(16, '0'),
  parentSpanId: undefined,
  startMs: 1_795_563_542_795.25,
  endMs: 1_795_563_544_710.5,
  attributes: {},
  error: undefined,
  ...change,
});

let receiver: OtlpReceiver;
let opened: OtlpReceiver[];
let logged: string[];
const log = (severity: string, message: string, fields?: Record<string, unknown>): void =>
  void logged.push(`${severity} ${message} ${fields?.lost}`);
const sinkTo = (url: string) => otlpSpans({ url: `${url}/v1/traces`, resource: { 'service.name': 'probe' }, log });

beforeEach(async () => {
  logged = [];
  receiver = await otlpReceiver();
  opened = [receiver];
});
afterEach(() => Promise.all(opened.map((one) => one.close())));

describe('spans over OTLP', () => {
  test('arrive with their ids, times, attributes, kinds and errors', async () => {
    const sink = sinkTo(receiver.url);
    sink.add(span(1, { kind: 'server', attributes: { 'http.route': '/v1/jobs', count: 3, share: 0.5, ok: true } }));
    sink.add(span(2, { kind: 'consumer', parentSpanId: span(1).spanId, error: { type: 'x', message: 'It broke.' } }));
    await sink.flush('now');
    expect(receiver.requests).toMatchObject([{ path: '/v1/traces', 'content-type': 'application/x-protobuf' }]);
    const [first, second] = receiver.spans;
    expect(first).toMatchObject({
      ...{ traceId: span(1).traceId, spanId: span(1).spanId, parentSpanId: '', name: 'work 1', kind: 2 },
      attributes: { 'http.route': '/v1/jobs', count: 3, share: 0.5, ok: true },
      status: { code: 0 },
    });
    expect(first?.resource).toMatchObject({ 'service.name': 'probe' });
    // Milliseconds since 1970 leave a double about 0.2 µs.
    expect(first?.startMs).toBeCloseTo(1_795_563_542_795.25, 2);
    expect(first?.endMs).toBeCloseTo(1_795_563_544_710.5, 2);
    expect(second).toMatchObject({ parentSpanId: span(1).spanId, kind: 5, status: { code: 2, message: 'It broke.' } });
  });

  test('go out together, each once', async () => {
    const sink = sinkTo(receiver.url);
    for (let number = 1; number <= 700; number++) sink.add(span(number));
    await sink.flush('now');
    await sink.flush('now');
    expect(new Set(receiver.spans.map(({ spanId }) => spanId)).size).toBe(700);
    expect([receiver.spans.length, receiver.requests.length]).toEqual([700, 1]);
  });

  test('are sent when it closes, without being asked', async () => {
    const sink = sinkTo(receiver.url);
    sink.add(span(1));
    await sink.close();
    expect(receiver.spans).toHaveLength(1);
  });

  test('do not hold up an answer while OpenTelemetry is still being loaded', async () => {
    const sink = sinkTo(receiver.url);
    sink.add(span(1));
    await sink.flush('due');
    expect(receiver.requests).toEqual([]);
    await sink.close();
    expect(receiver.spans).toHaveLength(1);
  });
});

describe('a receiver', () => {
  test.each([400, 401, 500])('that answers %i costs the spans and one warning', async (status) => {
    const refusing = await otlpReceiver(status);
    opened.push(refusing);
    const sink = sinkTo(refusing.url);
    for (let batch = 0; batch < 3; batch++) {
      sink.add(span(batch + 1));
      await sink.flush('now');
    }
    await sink.close();
    expect(logged).toEqual(['WARNING spans not exported 1']);
  });

  test('that never answers holds nobody up', async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const sink = sinkTo(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    sink.add(span(1));
    await sink.flush('now');
    silent.closeAllConnections();
    silent.close();
    await sink.close();
  });

  test('of Google gets an access token and the project; without a token it is asked without', async () => {
    const place = { ratio: 1, service: 'atlas-gate', revision: 'atlas-gate-00001', log };
    for (const token of [async () => 'access', () => Promise.reject(new Error('no metadata server'))]) {
      const google = { project: 'p', region: 'europe-west4', token };
      const telemetry = openTelemetry({ ...place, endpoint: receiver.url, google });
      await telemetry.span('work', {}, async () => undefined);
      await telemetry.close();
    }
    expect(receiver.requests.map(({ authorization }) => authorization)).toEqual(['Bearer access', undefined]);
    expect(receiver.spans[0]?.resource).toMatchObject({
      ...{ 'gcp.project_id': 'p', 'cloud.region': 'europe-west4', 'faas.name': 'atlas-gate' },
      ...{ 'service.name': 'atlas-gate', 'service.version': 'atlas-gate-00001' },
    });
  });
});
