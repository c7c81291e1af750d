import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** A place in a distributed trace. Ids are lower-case hex, as W3C Trace Context writes them. */
export interface TraceContext {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits. */
  readonly spanId: string;
  /** Whether the spans of this trace are kept. */
  readonly sampled: boolean;
}

const places = new AsyncLocalStorage<TraceContext | undefined>();

export const newTraceId = (): string => randomBytes(16).toString('hex');
export const newSpanId = (): string => randomBytes(8).toString('hex');

/** The place that the caller runs in, through every await since `inTrace`. */
export const currentTrace = (): TraceContext | undefined => places.getStore();

/** Runs `act` at a place of a trace; at none when it is undefined. */
export const inTrace = <T>(place: TraceContext | undefined, act: () => T): T => places.run(place, act);

const nothing = /^0+$/;

function placeOf(traceId: string, spanId: string, sampled: boolean): TraceContext | undefined {
  return nothing.test(traceId) || nothing.test(spanId) ? undefined : { traceId, spanId, sampled };
}

/**
 * Reads a `traceparent` (https://www.w3.org/TR/trace-context/#traceparent-header). What is not one counts as absent: a
 * broken header starts a trace of its own and refuses nothing.
 */
export function readTraceparent(text: string | null | undefined): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(text ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return placeOf(traceId, spanId, (Number.parseInt(flags, 16) & 1) === 1);
}

export const writeTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** Reads Google’s older header `X-Cloud-Trace-Context: TRACE_ID/SPAN_ID;o=OPTIONS`, whose span id is decimal. */
export function readCloudTraceContext(text: string | undefined): TraceContext | undefined {
  const [, traceId = '', span = '', options] = /^([\da-f]{32})\/(\d{1,20})(?:;o=(\d+))?$/i.exec(text ?? '') ?? [];
  const spanId = BigInt(span).toString(16).padStart(16, '0');
  return spanId.length > 16 ? undefined : placeOf(traceId.toLowerCase(), spanId, options === '1');
}
