import { expect, test } from '@jest/globals';
import { jsonLog, type Severity } from './log.ts';
import { inTrace } from './trace-context.ts';

const place = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };

function logged(least: Severity, project: string | undefined, act: (log: ReturnType<typeof jsonLog>) => void) {
  const lines: string[] = [];
  act(jsonLog((line) => lines.push(line), least, project));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line that is written within a trace names it; one outside names none', () => {
  const lines = logged('INFO', undefined, (log) => {
    inTrace(place, () => log('INFO', 'inside', { jobId: 'job_1' }));
    log('INFO', 'outside');
  });
  expect(lines).toEqual([
    { severity: 'INFO', message: 'inside', time: expect.any(String), trace: place.traceId, jobId: 'job_1' },
    { severity: 'INFO', message: 'outside', time: expect.any(String) },
  ]);
});

test('on Google Cloud a line carries the fields by which Cloud Logging finds its span', () => {
  const [line] = logged('INFO', 'my-project', (log) => inTrace(place, () => log('ERROR', 'it broke')));
  expect(line).toMatchObject({
    'logging.googleapis.com/trace': 'projects/my-project/traces/4bf92f3577b34da6a3ce929d0e0e4736',
    'logging.googleapis.com/spanId': '00f067aa0ba902b7',
    'logging.googleapis.com/trace_sampled': true,
  });
  expect(line).not.toHaveProperty('trace');
});

test('what is less severe than asked for is not written', () => {
  expect(logged('WARNING', undefined, (log) => log('INFO', 'never mind'))).toEqual([]);
});
