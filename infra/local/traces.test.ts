import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Job } from '../../shared/schema/index.ts';
import { carelessMesh } from '../../shared/testing/careless-mesh.ts';
import { localMode, runJob, smallViews, uploadBytes } from '../../shared/testing/local-mode.ts';
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from '../../shared/testing/otlp-receiver.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const source = carelessMesh({ seed: 7, triangles: 2000 });
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const callerSpanId = '00f067aa0ba902b7';

/** Follows a job to its end. */
async function ended(mode: Awaited<ReturnType<typeof localMode>>, jobId: string): Promise<Job> {
  for await (const _event of mode.api.events(jobId, new AbortController().signal));
  return mode.api.job(jobId);
}

describe('the trace of a job', () => {
  const home = tempFolder();
  const hooks: (string | undefined)[] = [];
  let [receiver, hook] = [] as unknown as [OtlpReceiver, Server];
  let job: Job;
  let metrics: string;

  beforeAll(async () => {
    receiver = await otlpReceiver();
    const arrived = new Promise<void>((resolve) => {
      hook = createServer((req, res) => {
        hooks.push(req.headers.traceparent as string | undefined);
        req.resume().on('end', () => res.end());
        resolve();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const mode = await localMode(home, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      ATLAS_WEBHOOK_HOSTS: '127.0.0.1',
    });
    const post = async (path: string, body: object): Promise<Response> =>
      fetch(`${mode.server.url}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${mode.key}`,
          'content-type': 'application/json',
          traceparent: `00-${traceId}-${callerSpanId}-00`,
        },
        body: JSON.stringify(body),
      });
    await post('/v1/webhooks', { url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook` });
    const assetId = await uploadBytes(mode.api, 'small.glb', source);
    const request = {
      source: { kind: 'asset', assetId },
      targets: ['web', 'mobile-ar'],
      recipe: { ...smallViews, score: true },
    };
    const accepted = Job.parse(await (await post('/v1/jobs', request)).json());
    job = await ended(mode, accepted.id);
    await arrived;
    metrics = await (await fetch(`${mode.server.url}/metrics`)).text();
    // A closing server waits for what is under way and sends every span.
    await mode.server.close();
  });
  afterAll(async () => {
    hook.close();
    await receiver.close();
  });

  const named = (name: string): ReceivedSpan[] =>
    receiver.spans.filter((span) => span.traceId === traceId && span.name === name);
  const only = (name: string): ReceivedSpan => {
    const found = named(name);
    expect([name, found.length]).toEqual([name, 1]);
    return found[0] as ReceivedSpan;
  };

  test('leads from the caller’s request over every stage and the scoring job to the webhook', () => {
    expect([job.status, job.error]).toEqual(['delivered', undefined]);
    const request = only('POST /v1/jobs');
    const execution = only('produce-asset');
    const parents = {
      'POST /v1/jobs': callerSpanId,
      'produce-asset': request.spanId,
      'POST /claim': execution.spanId,
      'process atlas-dispatch': execution.spanId,
      'run atlas-score': execution.spanId,
      'process atlas-settle': execution.spanId,
      'process atlas-webhook': only('process atlas-settle').spanId,
      POST: only('process atlas-webhook').spanId,
    };
    for (const [name, parent] of Object.entries(parents))
      expect([name, only(name).parentSpanId]).toEqual([name, parent]);
    for (const stage of ['refine', 'convert', 'gate']) {
      const spans = named(`process atlas-${stage}`);
      expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual([execution.spanId, execution.spanId]);
      expect(spans.map(({ attributes }) => attributes['atlas.target']).sort()).toEqual(['mobile-ar', 'web']);
    }
    expect(hooks).toEqual([`00-${traceId}-${only('POST').spanId}-01`]);
  });

  test('says in each span what was done, by OpenTelemetry’s names', () => {
    const request = only('POST /v1/jobs');
    expect([request.kind, request.status.code, request.resource['service.name']]).toEqual([2, 0, 'atlas']);
    expect(request.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/jobs',
      'http.response.status_code': 201,
      'atlas.tenant.id': expect.stringMatching(/^ten_/),
    });
    const dispatch = only('process atlas-dispatch');
    expect(dispatch.kind).toBe(5);
    expect(dispatch.attributes).toMatchObject({
      'messaging.system': 'gcp_pubsub',
      'messaging.destination.name': 'atlas-dispatch',
      'messaging.gcp_pubsub.message.delivery_attempt': 1,
      'faas.trigger': 'pubsub',
      'atlas.stage': 'dispatch',
      'atlas.job.id': job.id,
      'atlas.attempt': 1,
      'atlas.cached': false,
      'atlas.outcome': 'done',
    });
    expect(dispatch.attributes['atlas.queue_age_ms']).toBeGreaterThanOrEqual(0);
    for (const gate of named('process atlas-gate')) expect(gate.attributes['atlas.verdict']).toBe('accepted');
    expect(only('run atlas-score').resource['service.name']).toBe('atlas-score');
    expect(only('POST').attributes).toMatchObject({ 'http.response.status_code': 200, 'server.address': '127.0.0.1' });
  });

  test('spans the execution from the acceptance of the job to its end', () => {
    const execution = only('produce-asset');
    expect([execution.startMs, execution.endMs].map(Math.round)).toEqual([
      Date.parse(job.createdAt),
      Date.parse(job.finishedAt ?? ''),
    ]);
    expect(execution.attributes).toMatchObject({ 'atlas.job.status': 'delivered', 'atlas.verdict': 'accepted' });
  });

  test('comes with metrics that Prometheus can read and that name no tenant and no job', () => {
    const value = (series: string): number =>
      Number(
        metrics
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.slice(series.length + 1),
      );
    expect(value('atlas_stage_seconds_count{stage="gate",target="web",outcome="done"}')).toBe(1);
    expect(value('atlas_queue_age_seconds_count{stage="refine"}')).toBe(2);
    expect(value('atlas_verdicts_total{target="mobile-ar",verdict="accepted"}')).toBe(1);
    expect(value('atlas_job_seconds_count{status="delivered"}')).toBe(1);
    expect(value('atlas_job_charge_micro_usd_sum{status="delivered"}')).toBe(job.chargedMicroUsd);
    const charges = ['web', 'mobile-ar'].map((target) => value(`atlas_asset_charge_micro_usd_sum{target="${target}"}`));
    expect(charges).toEqual(charges.map(() => Math.round((job.chargedMicroUsd ?? 0) / 2)));
    expect(value('atlas_request_seconds_count{route="createJob",status="2xx"}')).toBe(1);
    expect(metrics).not.toMatch(/ten_|job_0|ast_/);
  });
});

const elsewhere = tempFolder();

test('a job is delivered although its spans can go nowhere, and one warning says so', async () => {
  const gone = await otlpReceiver();
  await gone.close();
  const mode = await localMode(elsewhere, { OTEL_EXPORTER_OTLP_ENDPOINT: gone.url });
  const assetId = await uploadBytes(mode.api, 'small.glb', source);
  const { job } = await runJob(mode.api, { source: { kind: 'asset', assetId }, targets: ['web'] });
  expect(job.status).toBe('delivered');
  await mode.server.close();
  const warnings = () => mode.logged.filter(({ message }) => message === 'spans not exported').length;
  // The exporter tries again for five seconds; nobody waits for it, so its verdict may come after the end.
  while (warnings() === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(warnings()).toBe(1);
});
