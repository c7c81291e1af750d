import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import type { EndedSpan } from './in-process-telemetry.ts';

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const;

export interface OtlpOptions {
  /** Where OTLP over HTTP is taken, path and all. */
  readonly url: string;
  /** Headers of each request, such as a token; must not reject. */
  readonly headers?: (() => Promise<Record<string, string>>) | undefined;
  readonly resource: Record<string, string>;
  /** For one batch, repeats included. */
  readonly timeoutMs: number;
}

/** @throws Error when a batch did not arrive */
export type SendSpans = (spans: readonly EndedSpan[]) => Promise<void>;

/**
 * OpenTelemetry’s SDK and exporter. Spans reach it when they have ended, with ids and times of their own, which it keeps.
 * Only `import()` may load this file: it costs 30 to 90 ms.
 */
export function otlpSdk({ url, headers, resource, timeoutMs }: OtlpOptions): SendSpans {
  const ended: ReadableSpan[] = [];
  let ids = { traceId: '', spanId: '' };
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resource),
    sampler: new AlwaysOnSampler(),
    idGenerator: { generateTraceId: () => ids.traceId, generateSpanId: () => ids.spanId },
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => void ended.push(span),
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    ],
  });
  const tracer = provider.getTracer('atlas');
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: timeoutMs, ...(headers ? { headers } : {}) });

  const repeat = (span: EndedSpan): void => {
    const { traceId, parentSpanId, startMs, endMs, attributes, error } = span;
    ids = span;
    const parent = parentSpanId && { traceId, spanId: parentSpanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    const made = tracer.startSpan(span.name, { kind: kinds[span.kind], startTime: startMs, attributes }, context);
    if (error) made.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    made.end(endMs);
  };

  return (spans) => {
    for (const span of spans) repeat(span);
    const batch = ended.splice(0);
    return new Promise((resolve, reject) => {
      exporter.export(batch, ({ error, code }) => {
        if (code === 0) resolve();
        else reject(error ?? new Error('the spans were not taken'));
      });
    });
  };
}
