import { traceFields } from '../../log.ts';
import type { MetricSink } from './in-process-telemetry.ts';

/**
 * One JSON line a measurement; log-based metrics (infra/terraform/modules/observability) make counters and distributions of
 * them. They are written whatever the log level is.
 */
export function logMetrics(write: (line: string) => void, project: string): MetricSink {
  return {
    add(metric, value, labels) {
      const entry = { severity: 'INFO', message: 'measurement', time: new Date().toISOString(), metric, value, labels };
      write(`${JSON.stringify({ ...entry, ...traceFields(project) })}\n`);
    },
  };
}
