import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EndedSpan } from '../../shared/adapters/telemetry/in-process-telemetry.ts';
import { jobPath } from '../../shared/records/jobs.ts';
import type { JobDocument } from '../../shared/schema/index.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-00`;

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.kept.spans.length = 0;
  server.kept.measured.length = 0;
});

const stored = (jobId: string) => server.deps.docs.get<JobDocument>(jobPath(server.tenantId, jobId));
const newJob = async (headers: Record<string, string> = {}) => {
  const source = { kind: 'asset', assetId: await server.upload() };
  return server.call('POST', '/v1/jobs', { json: { source, targets: ['web'] }, headers });
};
const named = (name: string): EndedSpan | undefined => server.kept.spans.find((span) => span.name === name);

describe('the span of a request', () => {
  test('continues the caller’s trace and tells route, status and tenant', async () => {
    await server.call('GET', '/v1/jobs?limit=1', { headers: { traceparent } });
    expect(server.kept.spans).toMatchObject([
      {
        ...{ name: 'GET /v1/jobs', kind: 'server', traceId, parentSpanId: '00f067aa0ba902b7', error: undefined },
        attributes: {
          ...{ 'http.request.method': 'GET', 'http.route': '/v1/jobs', 'http.response.status_code': 200 },
          'atlas.tenant.id': server.tenantId,
          'atlas.request.id': expect.stringMatching(/^req_/),
        },
      },
    ]);
  });

  test('names no path that somebody made up, and is no error when the caller is wrong', async () => {
    await server.call('GET', '/v1/made-up/7f3a');
    await server.call('GET', '/v1/jobs', { key: null });
    expect(server.kept.spans.map(({ name, error, attributes }) => [name, error, attributes['error.type']])).toEqual([
      ['GET', undefined, 'not_found'],
      ['GET /v1/jobs', undefined, 'unauthenticated'],
    ]);
    const refusals = server.kept.measured.filter((line) => line.startsWith('atlas_refusals_total'));
    expect(refusals).toEqual([
      'atlas_refusals_total 1 {"code":"not_found"}',
      'atlas_refusals_total 1 {"code":"unauthenticated"}',
    ]);
  });

  test('is an error when we fail', async () => {
    server.broken.docs = true;
    await server.call('GET', '/v1/jobs').finally(() => {
      server.broken.docs = false;
    });
    expect(server.kept.spans).toMatchObject([
      { error: { type: 'internal' }, attributes: { 'http.response.status_code': 500, 'error.type': 'internal' } },
    ]);
  });

  test('has ended and may be sent before the last byte of the answer', async () => {
    const flushed = server.kept.flushes.length;
    await server.call('GET', '/v1/profiles');
    expect(server.kept.flushes.slice(flushed)).toEqual(['due 1']);
  });

  test.each(['/health', '/healthz'])('is not kept for %s', async (path) => {
    await server.call('GET', path);
    expect(server.kept.spans).toEqual([]);
  });
});

describe('a new job', () => {
  test('hands the span of its execution to the workflow, which a repeat does, too', async () => {
    server.broken.workflows = true;
    const headers = { traceparent, 'idempotency-key': 'one' };
    const { json } = await newJob(headers);
    server.broken.workflows = false;
    const trace = (await stored(json.id))?.trace;
    expect(trace?.request).toBe(`00-${traceId}-${named('POST /v1/jobs')?.spanId}-01`);
    expect(trace?.execution).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(trace?.execution).not.toBe(trace?.request);
    const other = await newJob();
    expect(server.started.at(-1)).toEqual({
      ...{ tenantId: server.tenantId, jobId: other.json.id },
      traceparent: (await stored(other.json.id))?.trace?.execution,
    });
    expect(JSON.stringify(json)).not.toContain(traceId);
  });

  test('that is cancelled ends the span of its execution', async () => {
    const { json } = await newJob();
    await server.call('POST', `/v1/jobs/${json.id}:cancel`);
    const told = server.kept.spans.filter(({ name }) => name === 'produce-asset');
    expect(told).toMatchObject([
      {
        parentSpanId: named('POST /v1/jobs')?.spanId,
        attributes: { 'atlas.job.id': json.id, 'atlas.job.status': 'cancelled' },
      },
    ]);
  });

  test('that ends by itself while it is being cancelled is not told of a second time', async () => {
    const { json } = await newJob();
    const { docs } = server.deps;
    const { query } = docs;
    // The cancellation has read the job, and asks for its webhooks.
    const endFirst: typeof query = async (...asked) => {
      Object.assign(docs, { query });
      await docs.set(jobPath(server.tenantId, json.id), { status: 'delivered' }, { merge: true });
      return query(...asked);
    };
    Object.assign(docs, { query: endFirst });
    const { json: now } = await server.call('POST', `/v1/jobs/${json.id}:cancel`);
    expect([now.status, named('produce-asset')]).toEqual(['delivered', undefined]);
  });
});
