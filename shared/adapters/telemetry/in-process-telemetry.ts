import { AtlasError } from '../../errors.ts';
import type { Measurement, Span, SpanAttributes, SpanKind, SpanOptions, Telemetry } from '../../ports/index.ts';
import {
  currentTrace,
  inTrace,
  newSpanId,
  newTraceId,
  readTraceparent,
  type TraceContext,
  writeTraceparent,
} from '../../trace-context.ts';

/** A span as it is sent. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Record<string, string | number | boolean>;
  readonly error: { readonly type: string; readonly message: string } | undefined;
}

/** Takes spans; never throws or rejects. */
export interface SpanSink {
  add(span: EndedSpan): void;
  flush(when: 'now' | 'due'): Promise<void>;
  close(): Promise<void>;
}

/** Takes measurements; never throws. */
export interface MetricSink {
  add(...measurement: Measurement): void;
}

export interface TelemetryOptions {
  /** Where spans go; without it traces are continued and logged, but not kept. */
  readonly spans?: SpanSink | undefined;
  readonly metrics?: MetricSink | undefined;
  /** Share of the traces that begin here and are kept, 0 to 1. */
  readonly ratio?: number;
}

/** Monotonic within the process, so that no span ends before it began. */
const nowMs = (): number => performance.timeOrigin + performance.now();

/** The same decision for a trace id everywhere, from its last 32 bits. */
const isWithin = (traceId: string, ratio: number): boolean => Number.parseInt(traceId.slice(-8), 16) < ratio * 2 ** 32;

const present = (attributes: SpanAttributes): [string, string | number | boolean][] =>
  Object.entries(attributes).filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined);

const errorOf = (thrown: unknown): { type: string; message: string } =>
  thrown instanceof AtlasError
    ? { type: thrown.code, message: thrown.message }
    : { type: thrown instanceof Error ? thrown.name : 'unknown', message: String(thrown) };

function openSpan(
  name: string,
  options: SpanOptions,
  place: TraceContext,
  parentSpanId: string | undefined,
  keep: (span: EndedSpan) => void,
): Span {
  const startMs = nowMs();
  const attributes = Object.fromEntries(present(options.attributes ?? {}));
  let [shownName, isOpen, error] = [name, true, undefined as EndedSpan['error']];
  return {
    traceparent: writeTraceparent(place),
    set: (more) => void Object.assign(attributes, Object.fromEntries(present(more))),
    rename: (other) => {
      shownName = other;
    },
    fail: (type, message) => {
      attributes['error.type'] = type;
      error = { type, message };
    },
    discard: () => {
      isOpen = false;
    },
    end: () => {
      if (!isOpen) return;
      isOpen = false;
      const { traceId, spanId } = place;
      const facts = { name: shownName, kind: options.kind ?? 'internal', attributes: { ...attributes }, error };
      keep({ ...facts, traceId, spanId, parentSpanId, startMs, endMs: nowMs() });
    },
  };
}

/**
 * Telemetry that costs a few microseconds a span: ids and times are taken here, and everything else is left to the sinks.
 * The current span is known through every await (AsyncLocalStorage).
 */
export function inProcessTelemetry({ spans, metrics, ratio = 1 }: TelemetryOptions = {}): Telemetry {
  const decide = (traceId: string): boolean => spans !== undefined && isWithin(traceId, ratio);
  const above = ({ kind = 'internal', parent }: SpanOptions): TraceContext | undefined =>
    parent !== undefined || kind === 'server' || kind === 'consumer' ? readTraceparent(parent) : currentTrace();

  return {
    async span(name, options, act) {
      const parent = above(options);
      const traceId = parent?.traceId ?? newTraceId();
      const sampled = parent && !options.isEntry ? parent.sampled : decide(traceId);
      const place: TraceContext = { traceId, spanId: newSpanId(), sampled };
      const span = openSpan(name, options, place, parent?.spanId, (ended) => sampled && spans?.add(ended));
      try {
        return await inTrace(place, () => act(span));
      } catch (thrown) {
        const { type, message } = errorOf(thrown);
        span.fail(type, message);
        throw thrown;
      } finally {
        span.end();
      }
    },
    current() {
      const place = currentTrace();
      return place && writeTraceparent(place);
    },
    reserve() {
      const place = currentTrace();
      return place && writeTraceparent({ ...place, spanId: newSpanId() });
    },
    tell({ name, traceparent, parent, startMs, endMs, attributes, error }) {
      const place = readTraceparent(traceparent);
      if (!place?.sampled) return;
      const { traceId, spanId } = place;
      const facts = Object.fromEntries(present({ ...attributes, 'error.type': error?.type }));
      const parentSpanId = readTraceparent(parent)?.spanId;
      spans?.add({ name, kind: 'internal', traceId, spanId, parentSpanId, startMs, endMs, attributes: facts, error });
    },
    measure: (...measurement) => metrics?.add(...measurement),
    flush: async (when) => spans?.flush(when),
    close: async () => spans?.close(),
  };
}
