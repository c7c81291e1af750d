import { type MetricName, type MetricRule, metrics } from '../../ports/index.ts';
import type { MetricSink } from './in-process-telemetry.ts';

interface Series {
  readonly labels: string;
  /** Per bound of a histogram, not yet summed up. */
  readonly counts: number[];
  count: number;
  sum: number;
}

/** Label values are ours, but a route or code with a quote must not break the page. */
const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const braces = (labels: string, more = ''): string => {
  const all = [labels, more].filter((part) => part !== '').join(',');
  return all === '' ? '' : `{${all}}`;
};

function lines(name: string, { bounds }: MetricRule, { labels, counts, count, sum }: Series): string[] {
  if (!bounds) return [`${name}${braces(labels)} ${count}`];
  let below = 0;
  const buckets = bounds.map((bound, at) => {
    below += counts[at] ?? 0;
    return `${name}_bucket${braces(labels, `le="${bound}"`)} ${below}`;
  });
  return [
    ...buckets,
    `${name}_bucket${braces(labels, 'le="+Inf"')} ${count}`,
    `${name}_sum${braces(labels)} ${sum}`,
    `${name}_count${braces(labels)} ${count}`,
  ];
}

/**
 * Keeps the measurements of this process in memory. `text` is the page that Prometheus scrapes, in its text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
export function prometheusMetrics(): MetricSink & { text(): string } {
  const kept = new Map<MetricName, Map<string, Series>>();
  return {
    add(name, value, labels) {
      const rule: MetricRule = metrics[name];
      const given = labels as Readonly<Record<string, string>>;
      const key = rule.labels.map((label) => `${label}=${quoted(given[label] ?? '')}`).join(',');
      const all = kept.get(name) ?? new Map<string, Series>();
      kept.set(name, all);
      const series = all.get(key) ?? { labels: key, counts: (rule.bounds ?? []).map(() => 0), count: 0, sum: 0 };
      all.set(key, series);
      series.count += 1;
      series.sum += value;
      const at = rule.bounds?.findIndex((bound) => value <= bound) ?? -1;
      if (at >= 0) series.counts[at] = (series.counts[at] ?? 0) + 1;
    },
    text: () =>
      Object.entries<MetricRule>(metrics)
        .flatMap(([name, rule]) => [
          `# HELP ${name} ${rule.help}`,
          `# TYPE ${name} ${rule.bounds ? 'histogram' : 'counter'}`,
          ...[...(kept.get(name as MetricName)?.values() ?? [])].flatMap((series) => lines(name, rule, series)),
        ])
        .join('\n')
        .concat('\n'),
  };
}
