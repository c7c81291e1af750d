import type { IncomingHttpHeaders } from 'node:http';
import { readCloudTraceContext, readTraceparent, writeTraceparent } from '../shared/trace-context.ts';

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);

/** The trace that a request belongs to, as a traceparent: from the standard header, else from Google’s older one. */
export function callerTrace(headers: IncomingHttpHeaders): string | undefined {
  const place =
    readTraceparent(one(headers.traceparent)) ?? readCloudTraceContext(one(headers['x-cloud-trace-context']));
  return place && writeTraceparent(place);
}
