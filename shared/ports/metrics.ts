/** Upper bounds of a histogram’s buckets, in the unit of the metric’s name. */
const secondsBounds = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 900, 3600];
const microUsdBounds = [1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8];

export interface MetricRule {
  readonly help: string;
  /** Each has few values: ids of tenants and jobs belong into traces. */
  readonly labels: readonly string[];
  /** Of a histogram; a metric without bounds counts, one at a time. */
  readonly bounds?: readonly number[];
}

/** Every metric, by the name under which it is found everywhere. Terraform repeats them (infra/terraform-check compares). */
export const metrics = {
  atlas_request_seconds: {
    help: 'Time to answer a request of the API.',
    labels: ['route', 'status'],
    bounds: secondsBounds,
  },
  atlas_refusals_total: { help: 'Requests that the API refused, by error code.', labels: ['code'] },
  atlas_queue_age_seconds: {
    help: 'Age of a message when its function began to handle it.',
    labels: ['stage'],
    bounds: secondsBounds,
  },
  atlas_stage_seconds: {
    help: 'Time that one delivery of a stage took; outcome: done, cached, failed, retried.',
    labels: ['stage', 'target', 'outcome'],
    bounds: secondsBounds,
  },
  atlas_job_seconds: {
    help: 'Time from the acceptance of a job to its end.',
    labels: ['status'],
    bounds: secondsBounds,
  },
  atlas_verdicts_total: { help: 'Decisions of the gate.', labels: ['target', 'verdict'] },
  atlas_job_charge_micro_usd: {
    help: 'What a job was charged when it ended.',
    labels: ['status'],
    bounds: microUsdBounds,
  },
  atlas_asset_charge_micro_usd: {
    help: 'Charge for one delivered target: the job’s charge, split evenly.',
    labels: ['target'],
    bounds: microUsdBounds,
  },
  atlas_asset_work_seconds: {
    help: 'Time of work for one delivered target, its share of the common stages with it: what an asset costs us.',
    labels: ['target'],
    bounds: secondsBounds,
  },
  atlas_usage_lines_total: { help: 'Usage lines of ended jobs; charged: yes, no.', labels: ['metric', 'charged'] },
  atlas_webhook_attempts_total: { help: 'Attempts to deliver a webhook, by what became of it.', labels: ['state'] },
} as const satisfies Record<string, MetricRule>;

export type MetricName = keyof typeof metrics;

/** Name, value (1 for one that counts) and labels of one measurement. */
export type Measurement = {
  [N in MetricName]: [name: N, value: number, labels: Readonly<Record<(typeof metrics)[N]['labels'][number], string>>];
}[MetricName];
