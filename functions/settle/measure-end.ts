import type { Telemetry } from '../../shared/ports/index.ts';
import type { JobDocument, UsageEvent } from '../../shared/schema/index.ts';

const delivered = (job: JobDocument): string[] =>
  job.results.filter(({ verdict }) => verdict === 'accepted' || verdict === 'repaired').map(({ target }) => target);

/** Seconds of work for a target: its own stages, and its share of those that all targets have in common. */
function workOf(job: JobDocument, target: string): number {
  const sum = (wanted: string | undefined): number =>
    job.stages.filter((stage) => stage.target === wanted).reduce((total, { ms }) => total + ms, 0);
  return (sum(target) + sum(undefined) / job.request.targets.length) / 1000;
}

/** Measures what became of a job: verdicts, charges, and what each delivered target took. */
export function measureEnd(telemetry: Telemetry, job: JobDocument, usage: readonly UsageEvent[]): void {
  const { status, chargedMicroUsd = 0 } = job;
  telemetry.measure('atlas_job_charge_micro_usd', chargedMicroUsd, { status });
  for (const { target, verdict } of job.results) telemetry.measure('atlas_verdicts_total', 1, { target, verdict });
  for (const { metric, quantity } of usage) {
    telemetry.measure('atlas_usage_lines_total', 1, { metric, charged: quantity > 0 ? 'yes' : 'no' });
  }
  const targets = delivered(job);
  for (const target of targets) {
    telemetry.measure('atlas_asset_charge_micro_usd', Math.round(chargedMicroUsd / targets.length), { target });
    telemetry.measure('atlas_asset_work_seconds', workOf(job, target), { target });
  }
}
