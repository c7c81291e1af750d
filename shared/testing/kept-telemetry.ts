import { type EndedSpan, inProcessTelemetry } from '../adapters/telemetry/in-process-telemetry.ts';
import type { Telemetry } from '../ports/index.ts';

export interface KeptTelemetry {
  readonly telemetry: Telemetry;
  /** In the order in which they ended. */
  readonly spans: EndedSpan[];
  /** `name value {labels}` in order. */
  readonly measured: string[];
  /** When it was asked to send, and how many spans had ended by then. */
  readonly flushes: string[];
}

/** Telemetry that keeps what it is told. */
export function keptTelemetry(ratio = 1): KeptTelemetry {
  const [spans, measured, flushes]: [EndedSpan[], string[], string[]] = [[], [], []];
  const telemetry = inProcessTelemetry({
    ratio,
    spans: {
      add: (span) => void spans.push(span),
      flush: async (when) => void flushes.push(`${when} ${spans.length}`),
      close: async () => undefined,
    },
    metrics: { add: (name, value, labels) => void measured.push(`${name} ${value} ${JSON.stringify(labels)}`) },
  });
  return { telemetry, spans, measured, flushes };
}
