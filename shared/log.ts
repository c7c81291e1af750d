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

/** One JSON line an entry, as Cloud Logging reads it from standard error. */
export function jsonLog(write: (line: string) => void, least: Severity = 'INFO'): Log {
  return (severity, message, fields) => {
    if (order.indexOf(severity) < order.indexOf(least)) return;
    write(`${JSON.stringify({ severity, message, time: new Date().toISOString(), ...fields })}\n`);
  };
}
