import type { Telemetry } from '../shared/ports/index.ts';
import type { JobDocument } from '../shared/schema/index.ts';

/** Tells the span of a job’s execution, from its acceptance to its end, once the job has ended; told again, it is the same. */
export function tellExecution(telemetry: Telemetry, job: JobDocument): void {
  const startMs = Date.parse(job.createdAt);
  const endMs = Date.parse(job.finishedAt ?? job.createdAt);
  telemetry.measure('atlas_job_seconds', (endMs - startMs) / 1000, { status: job.status });
  if (!job.trace) return;
  telemetry.tell({
    name: 'produce-asset',
    traceparent: job.trace.execution,
    parent: job.trace.request,
    startMs,
    endMs,
    attributes: {
      'atlas.job.id': job.id,
      'atlas.tenant.id': job.tenantId,
      'atlas.job.status': job.status,
      'atlas.verdict': job.verdict,
      'atlas.execution': job.executionName,
    },
    ...(job.error ? { error: { type: job.error.code, message: job.error.message } } : {}),
  });
}
