import { expect, test } from '@jest/globals';
import { metrics } from '../../ports/index.ts';
import { inTrace } from '../../trace-context.ts';
import { logMetrics } from './log-metrics.ts';
import { prometheusMetrics } from './prometheus-metrics.ts';

const textOf = (act: (sink: ReturnType<typeof prometheusMetrics>) => void): string[] => {
  const sink = prometheusMetrics();
  act(sink);
  return sink.text().split('\n');
};

test('a histogram counts in every bucket above, sums up, and ends at infinity', () => {
  const lines = textOf((sink) => {
    for (const seconds of [0.01, 0.02, 5, 5000]) sink.add('atlas_queue_age_seconds', seconds, { stage: 'gate' });
  });
  const bucket = (le: string) => `atlas_queue_age_seconds_bucket{stage="gate",le="${le}"}`;
  expect(lines).toEqual(
    expect.arrayContaining([
      '# TYPE atlas_queue_age_seconds histogram',
      `${bucket('0.01')} 1`,
      `${bucket('0.03')} 2`,
      `${bucket('3')} 2`,
      `${bucket('10')} 3`,
      `${bucket('3600')} 3`,
      `${bucket('+Inf')} 4`,
      'atlas_queue_age_seconds_sum{stage="gate"} 5005.03',
      'atlas_queue_age_seconds_count{stage="gate"} 4',
    ]),
  );
});

test('a counter counts by its labels, whose values may hold anything', () => {
  const lines = textOf((sink) => {
    sink.add('atlas_refusals_total', 1, { code: 'quota_jobs' });
    sink.add('atlas_refusals_total', 1, { code: 'quota_jobs' });
    sink.add('atlas_refusals_total', 1, { code: 'a"b\\c\nd' });
  });
  expect(lines).toContain('# TYPE atlas_refusals_total counter');
  expect(lines).toContain('atlas_refusals_total{code="quota_jobs"} 2');
  expect(lines).toContain('atlas_refusals_total{code="a\\"b\\\\c\\nd"} 1');
});

test('every line of the page is a comment or a sample, and it ends with a line feed', () => {
  const sink = prometheusMetrics();
  sink.add('atlas_stage_seconds', 1.5, { stage: 'gate', target: 'web', outcome: 'done' });
  const text = sink.text();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) atlas_\w+ .+|atlas_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/);
  }
});

test('names say the unit, and no label can hold an id of a tenant or a job', () => {
  for (const [name, rule] of Object.entries(metrics)) {
    expect(name).toMatch('bounds' in rule ? /_(seconds|micro_usd)$/ : /_total$/);
    expect(rule.labels.filter((label) => /id|tenant|job|asset/.test(label))).toEqual([]);
  }
});

test('in the cloud a measurement is a log line that its log-based metric can read', () => {
  const lines: string[] = [];
  const place = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };
  const sink = logMetrics((line) => lines.push(line), 'p');
  inTrace(place, () => sink.add('atlas_queue_age_seconds', 1.25, { stage: 'gate' }));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      ...{ severity: 'INFO', metric: 'atlas_queue_age_seconds', value: 1.25, labels: { stage: 'gate' } },
      'logging.googleapis.com/trace': `projects/p/traces/${place.traceId}`,
    },
  ]);
  expect(lines[0]?.endsWith('}\n')).toBe(true);
});
