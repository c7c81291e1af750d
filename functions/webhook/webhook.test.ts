import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { fileSecrets } from '../../shared/adapters/local/file-secrets.ts';
import { openSqlite } from '../../shared/adapters/local/sqlite.ts';
import { sqliteDocStore } from '../../shared/adapters/local/sqlite-doc-store.ts';
import { guardedOutbound } from '../../shared/adapters/net/guarded-outbound.ts';
import { AtlasError } from '../../shared/errors.ts';
import { sealWebhookSecret, webhookKeyName } from '../../shared/records/webhook-secrets.ts';
import {
  type DeliveryDocument,
  deliveryPath,
  type WebhookDocument,
  webhookDeliveries,
  webhookPath,
} from '../../shared/records/webhooks.ts';
import { WebhookDelivery } from '../../shared/schema/index.ts';
import { type KeptTelemetry, keptTelemetry } from '../../shared/testing/kept-telemetry.ts';
import { deliverWebhook, triesAtMost, type WebhookDeps } from './webhook.ts';

const tenantId = 'ten_0123456789abcdef';
const webhookId = 'whk_0123456789abcdef';
const jobId = 'job_0123456789abcdef';
const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

let folder: string;
let receiver: Server;
let received: { headers: IncomingHttpHeaders; body: string }[];
/** What the receiver answers, one after the other; the last one for ever. */
let answers: number[];
let deps: WebhookDeps;
let published: string[];
let kept: KeptTelemetry;
let command: { tenantId: string; webhookId: string; deliveryId: string };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atlas-webhook-'));
  received = [];
  published = [];
  answers = [200];
  receiver = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    req.on('end', () => {
      received.push({ headers: req.headers, body });
      res.writeHead((answers.length > 1 ? answers.shift() : answers[0]) ?? 200).end('thank you');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  kept = keptTelemetry();
  deps = {
    docs: sqliteDocStore(openSqlite(':memory:')),
    bus: { publish: async (_topic, { data }) => String(published.push(data)) },
    clock: { now: () => new Date() },
    log: () => undefined,
    telemetry: kept.telemetry,
    outbound: guardedOutbound({ hostsOpened: ['127.0.0.1'] }),
    secrets: fileSecrets(folder),
  };
  const endpoint: WebhookDocument = {
    id: webhookId,
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
    events: ['job.delivered'],
    createdAt: '2026-11-23T10:00:00.000Z',
    secret: await sealWebhookSecret(deps.secrets, { tenantId, webhookId }, secret),
  };
  await deps.docs.create(webhookPath(tenantId, webhookId), { ...endpoint });
  const event = { type: 'job.delivered' as const, jobId, data: { id: jobId, status: 'delivered' } as never };
  await deps.docs.batch(await webhookDeliveries(deps.docs, deps.clock, tenantId, event));
  const [delivery] = await deps.docs.query(`tenants/${tenantId}/webhooks/${webhookId}/deliveries`);
  command = { tenantId, webhookId, deliveryId: delivery?.id ?? '' };
});
afterEach(async () => {
  receiver.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
  await new Promise((resolve) => receiver.close(resolve));
});

const stored = async () => (await deps.docs.get<DeliveryDocument>(deliveryPath(command)))!;
const endpoint = async () => (await deps.docs.get<WebhookDocument>(webhookPath(tenantId, webhookId)))!;
const retryable = { code: 'callback_failed', retryable: true };

describe('a webhook message', () => {
  test('is signed so that a Standard Webhooks library accepts it', async () => {
    await deliverWebhook(deps, command);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(verified).toMatchObject({ type: 'job.delivered', data: { id: jobId } });
    expect(headers['webhook-id']).toBe(command.deliveryId);
    expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
  });

  test('carries the traceparent of its request, which is a span with the answer', async () => {
    answers = [503, 200];
    await expect(deliverWebhook(deps, command)).rejects.toMatchObject({ code: 'callback_failed' });
    await deliverWebhook(deps, command);
    const [refused, taken] = kept.spans;
    expect(refused).toMatchObject({ kind: 'client', error: { type: '503' } });
    expect(taken).toMatchObject({ error: undefined, attributes: { 'http.response.status_code': 200 } });
    expect(received.map(({ headers }) => headers.traceparent)).toEqual(
      [refused, taken].map((span) => `00-${span?.traceId}-${span?.spanId}-01`),
    );
    expect(kept.measured).toEqual([
      'atlas_webhook_attempts_total 1 {"state":"failed"}',
      'atlas_webhook_attempts_total 1 {"state":"delivered"}',
    ]);
  });

  test('is delivered by a 2xx, with the attempt in its log, and not sent again', async () => {
    answers = [204];
    await deliverWebhook(deps, command);
    await deliverWebhook(deps, command);
    expect(received).toHaveLength(1);
    const { body: _body, tries: _tries, ...shown } = await stored();
    const delivery = WebhookDelivery.parse(shown);
    expect(delivery).toMatchObject({ state: 'delivered', attempts: [{ status: 204 }] });
    expect(await deps.docs.query('webhookOutbox')).toEqual([]);
  });

  test.each([500, 404, 302, 301, 429])('that is answered with %i comes again', async (status) => {
    answers = [status, 200];
    await expect(deliverWebhook(deps, command)).rejects.toMatchObject(retryable);
    expect((await stored()).state).toBe('failed');
    await deliverWebhook(deps, command);
    expect(await stored()).toMatchObject({ state: 'delivered', attempts: [{ status }, { status: 200 }] });
    const [first, second] = received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
  });

  test('that nobody takes is given up after a hundred tries, and then rests', async () => {
    answers = [500];
    for (let attempt = 1; attempt < triesAtMost; attempt++) {
      await expect(deliverWebhook(deps, command)).rejects.toMatchObject(retryable);
    }
    await deliverWebhook(deps, command);
    await deliverWebhook(deps, command);
    expect(received).toHaveLength(triesAtMost);
    expect(await stored()).toMatchObject({ state: 'abandoned', tries: triesAtMost });
  });

  test('that is answered with 410 switches its endpoint off', async () => {
    answers = [410];
    await deliverWebhook(deps, command);
    expect((await stored()).state).toBe('abandoned');
    expect((await endpoint()).disabledAt).toBeDefined();
    const event = { type: 'job.delivered' as const, jobId: 'job_fedcba9876543210', data: {} as never };
    expect(await webhookDeliveries(deps.docs, deps.clock, tenantId, event)).toEqual([]);
  });

  test('to an endpoint that is switched off is given up, and its log says so', async () => {
    await deps.docs.set(webhookPath(tenantId, webhookId), { disabledAt: '2026-11-23T10:00:00.000Z' }, { merge: true });
    await deliverWebhook(deps, command);
    expect(received).toEqual([]);
    expect((await stored()).state).toBe('abandoned');
    expect(await deps.docs.query('webhookOutbox')).toEqual([]);
  });

  test('that arrived stays delivered when another copy of it fails later', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { post } = deps.outbound;
    const slow = { ...deps, outbound: { ...deps.outbound, post: () => held.then(() => ({ status: 500 })) } };
    const late = deliverWebhook(slow, command);
    await deliverWebhook({ ...deps, outbound: { ...deps.outbound, post } }, command);
    release();
    await late;
    expect(await stored()).toMatchObject({ state: 'delivered', attempts: [{ status: 200 }, { status: 500 }] });
  });

  test('to an endpoint that does not listen tells the error and nothing about our network', async () => {
    await new Promise((resolve) => receiver.close(resolve));
    await expect(deliverWebhook(deps, command)).rejects.toMatchObject(retryable);
    expect((await stored()).attempts).toMatchObject([{ error: 'ECONNREFUSED' }]);
    expect(JSON.stringify((await stored()).attempts)).not.toContain('127.0.0.1');
  });

  test.each([
    'http://127.0.0.1:1/',
    'https://2130706433/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/',
    'https://localhost/',
  ])('is never sent to an address that has become forbidden: %s', async (url) => {
    await deps.docs.set(webhookPath(tenantId, webhookId), { url }, { merge: true });
    const closed = { ...deps, outbound: guardedOutbound({ hostsOpened: [] }) };
    await expect(deliverWebhook(closed, command)).rejects.toMatchObject(retryable);
    expect((await stored()).attempts).toMatchObject([{ error: 'webhook_address_refused' }]);
    expect(received).toEqual([]);
  });

  test('is signed by a secret that was sealed before the key was rotated', async () => {
    mkdirSync(join(folder, webhookKeyName), { recursive: true });
    writeFileSync(join(folder, webhookKeyName, '2'), Buffer.alloc(32, 7).toString('hex'));
    await deliverWebhook(deps, command);
    const [{ headers, body }] = received as [(typeof received)[0]];
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
  });

  test('is signed by a secret from before secrets were sealed', async () => {
    await deps.docs.set(webhookPath(tenantId, webhookId), { secret }, { merge: true });
    await deliverWebhook(deps, command);
    const [{ headers, body }] = received as [(typeof received)[0]];
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
  });

  test('whose secret was moved from another endpoint is never sent, and its log says so', async () => {
    const foreign = await sealWebhookSecret(deps.secrets, { tenantId, webhookId: 'whk_fedcba9876543210' }, secret);
    await deps.docs.set(webhookPath(tenantId, webhookId), { secret: foreign }, { merge: true });
    await expect(deliverWebhook(deps, command)).rejects.toMatchObject(retryable);
    expect(received).toEqual([]);
    expect((await stored()).attempts).toMatchObject([{ error: 'internal' }]);
  });

  test('uses up no try while the key is out of reach', async () => {
    const outage = () => Promise.reject(new AtlasError('store_unavailable', 'no answer'));
    const cut = { ...deps, secrets: { latest: outage, version: outage } };
    await expect(deliverWebhook(cut, command)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await stored()).toMatchObject({ state: 'pending', tries: 0, attempts: [] });
    await deliverWebhook(deps, command);
    expect((await stored()).state).toBe('delivered');
  });

  test('of an endpoint that was deleted is dropped', async () => {
    await deps.docs.delete(webhookPath(tenantId, webhookId));
    await deliverWebhook(deps, command);
    expect(received).toEqual([]);
    expect(await deps.docs.query('webhookOutbox')).toEqual([]);
  });
});
