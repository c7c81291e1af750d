import { currentTrace } from './trace-context.ts';

/** Severities of Cloud Logging. */
export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export type Log = (severity: Severity, message: string, fields?: Record<string, unknown>) => void;

const order: readonly Severity[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];

/** Cause chain of an error as plain text; never the values of its fields, which may hold secrets. */
export function describeError(thrown: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = thrown; at instanceof Error && parts.length < 5; at = at.cause) {
    parts.push(at.stack ?? `${at.name}: ${at.message}`);
  }
  return parts.length > 0 ? parts.join('\ncaused by ') : String(thrown);
}

/**
 * The fields that tell which trace a line belongs to: with a project those by which Cloud Logging shows the line beside
 * its span, otherwise the id alone. Empty outside any trace.
 */
export function traceFields(project?: string): Record<string, unknown> {
  const trace = currentTrace();
  if (!trace) return {};
  if (project === undefined) return { trace: trace.traceId };
  return {
    'logging.googleapis.com/trace': `projects/${project}/traces/${trace.traceId}`,
    'logging.googleapis.com/spanId': trace.spanId,
    'logging.googleapis.com/trace_sampled': trace.sampled,
  };
}

/**
 * One JSON line an entry, as Cloud Logging reads it from standard error, each with the trace that it was written in.
 *
 * @param project - on Google Cloud, the project that has the traces.
 */
export function jsonLog(write: (line: string) => void, least: Severity = 'INFO', project?: string): Log {
  return (severity, message, fields) => {
    if (order.indexOf(severity) < order.indexOf(least)) return;
    const entry = { severity, message, time: new Date().toISOString(), ...traceFields(project), ...fields };
    write(`${JSON.stringify(entry)}\n`);
  };
}
