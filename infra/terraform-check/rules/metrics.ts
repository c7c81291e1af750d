import { type MetricRule, metrics } from '../../../shared/ports/index.ts';
import { at, type Finding, type Plan } from '../plan.ts';

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** What Terraform says of a log-based metric, in the terms of the code. */
function readMetric(values: Record<string, unknown>): MetricRule & { readonly isRead: boolean } {
  const labels = list(at(values.metric_descriptor, 0, 'labels')).map((label) => String(at(label, 'key')));
  const extractors = Object.entries((values.label_extractors ?? {}) as Record<string, unknown>);
  const bounds = list(at(values.bucket_options, 0, 'explicit_buckets', 0, 'bounds')).map(Number);
  const isCounter = bounds.length === 0;
  return {
    help: '',
    labels,
    ...(isCounter ? {} : { bounds }),
    isRead:
      String(values.filter).includes(`jsonPayload.metric = "${values.name}"`) &&
      (values.value_extractor ?? null) === (isCounter ? null : 'EXTRACT(jsonPayload.value)') &&
      at(values.metric_descriptor, 0, 'value_type') === (isCounter ? 'INT64' : 'DISTRIBUTION') &&
      extractors.length === labels.length &&
      extractors.every(([label, from]) => labels.includes(label) && from === `EXTRACT(jsonPayload.labels.${label})`),
  };
}

const same = (a: readonly unknown[] = [], b: readonly unknown[] = []): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

/** Every metric of the code is one of Cloud Monitoring, with the same labels and bounds, and reads what the code writes. */
export function metricsMatchCode(plan: Plan): Finding[] {
  const made = new Map(
    plan.resources
      .filter(({ type }) => type === 'google_logging_metric')
      .map(({ values }) => [String(values.name), readMetric(values)]),
  );
  const finding = (address: string, message: string): Finding => ({ rule: 'metrics-match-code', address, message });
  const wrong = Object.entries<MetricRule>(metrics).flatMap(([name, rule]) => {
    const metric = made.get(name);
    if (!metric) return [finding(name, 'the code measures it, and no log-based metric counts it')];
    return [
      ...(same(metric.labels, rule.labels) ? [] : [finding(name, `labels are not ${rule.labels}`)]),
      ...(same(metric.bounds, rule.bounds) ? [] : [finding(name, `bounds are not ${rule.bounds}`)]),
      ...(metric.isRead ? [] : [finding(name, 'does not read the lines of shared/adapters/telemetry/log-metrics.ts')]),
    ];
  });
  const unknown = [...made.keys()].filter((name) => !(name in metrics));
  return [...wrong, ...unknown.map((name) => finding(name, 'the code does not measure it'))];
}

/** A query can only name metrics that are there: of a name with a slip it says nothing, for ever. */
export function queriesNameMetrics(plan: Plan): Finding[] {
  const queries = plan.resources.flatMap(({ address, type, values }) =>
    type === 'google_monitoring_alert_policy' || type === 'google_monitoring_dashboard'
      ? [[address, JSON.stringify(values)] as const]
      : [],
  );
  return queries.flatMap(([address, text]) =>
    [...text.matchAll(/logging_googleapis_com:user_(\w+)/g)].flatMap(([, named = '']) => {
      const name = named.replace(/_(bucket|sum|count)$/, '');
      const rule: MetricRule | undefined = Object.hasOwn(metrics, name)
        ? metrics[name as keyof typeof metrics]
        : undefined;
      const isRight = rule && (rule.bounds !== undefined) === (named !== name);
      return isRight
        ? []
        : [{ rule: 'queries-name-metrics', address, message: `asks for ${named}, which is not there` }];
    }),
  );
}
