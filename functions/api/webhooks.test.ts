import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deliveryPath, pendingDeliveries, webhookDeliveries } from '../../shared/records/webhooks.ts';
import type { JobEvent } from '../../shared/schema/index.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';

let server: TestServer;
beforeEach(async () => {
  server = await testServer();
});
afterEach(() => server.close());

const register = (json: Record<string, unknown> = {}) =>
  server.call('POST', '/v1/webhooks', { json: { url: 'https://studio.example/hook', ...json } });
async function makeJob(): Promise<Record<string, unknown> & { id: string }> {
  const source = { kind: 'asset', assetId: await server.upload() };
  return (await server.call('POST', '/v1/jobs', { json: { source, targets: ['web'] } })).json;
}
const planned = async (type: JobEvent['type'], job: { id: string }) =>
  webhookDeliveries(server.deps.docs, server.deps.clock, server.tenantId, {
    type,
    jobId: job.id,
    data: job as never,
  });

describe('POST /v1/webhooks', () => {
  test('shows the secret once', async () => {
    const { status, json } = await register({ description: 'CI' });
    expect(status).toBe(201);
    expect(json.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { secret: _secret, ...shown } = json;
    expect((await server.call('GET', `/v1/webhooks/${json.id}`)).json).toEqual(shown);
    expect((await server.call('GET', '/v1/webhooks')).json.items).toEqual([shown]);
  });

  test('keeps the secret sealed: no document of the store holds it, nor does the kept answer', async () => {
    const once = { headers: { 'idempotency-key': 'hook 1' }, json: { url: 'https://studio.example/hook' } };
    const { json } = await server.call('POST', '/v1/webhooks', once);
    const rows = server.everyDocument().map(({ data }) => data);
    expect(rows.filter((data) => data.includes(json.id)).length).toBeGreaterThan(1);
    expect(rows.join('\n')).toContain('sealed:1:1:');
    expect(rows.join('\n')).not.toContain(json.secret.slice('whsec_'.length));
    const again = await server.call('POST', '/v1/webhooks', once);
    expect([again.status, again.json]).toEqual([201, json]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await server.call('GET', '/v1/webhooks')).json.items).toHaveLength(1);
  });

  test('that is repeated after the endpoint was deleted makes no second one', async () => {
    const once = { headers: { 'idempotency-key': 'hook 1' }, json: { url: 'https://studio.example/hook' } };
    const { json } = await server.call('POST', '/v1/webhooks', once);
    await server.call('DELETE', `/v1/webhooks/${json.id}`);
    expect(await server.call('POST', '/v1/webhooks', once)).toMatchObject({ status: 404, json: { code: 'not_found' } });
    expect((await server.call('GET', '/v1/webhooks')).json.items).toEqual([]);
  });

  test('sends all endings unless some are chosen', async () => {
    expect((await register()).json.events).toEqual([
      'job.delivered',
      'job.rejected',
      'job.needs_review',
      'job.failed',
      'job.cancelled',
    ]);
    expect((await register({ events: ['job.failed', 'job.failed'] })).json.events).toEqual(['job.failed']);
  });

  test.each([
    'http://studio.example/hook',
    'https://127.0.0.2/',
    'https://2130706433.0/',
    'https://2130706434/',
    'https://0177.0.0.2/',
    'https://127.2/',
    'https://10.0.0.1./',
    'https://169.254.169.254/',
    'https://[::1]/',
    'https://[::ffff:7f00:2]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[2002:7f00:2::]/',
    'https://[fe80::1]/',
    'https://8.8.8.8@10.0.0.1/',
    'https://１２７.０.０.２/',
    'https://0x7f000002/',
    'https://[::ffff:10.0.0.1]/',
    'https://localhost/',
    'https://user:pass@studio.example/',
    'https://metadata.google.internal./',
    'https://studio.example:8443/',
  ])('refuses the address %s', async (url) => {
    const answer = await register({ url });
    expect([400, 422]).toContain(answer.status);
    expect(answer.json.pointer).toBe('/url');
    expect((await server.call('GET', '/v1/webhooks')).json.items).toEqual([]);
  });

  test('allows twenty endpoints', async () => {
    for (let count = 0; count < 20; count++) expect((await register()).status).toBe(201);
    expect(await register()).toMatchObject({ status: 409, json: { code: 'conflict' } });
  });
});

describe('an event', () => {
  test('is planned for each endpoint that wants it, with the same message id each time', async () => {
    const job = await makeJob();
    const { json: all } = await register();
    await register({ events: ['job.failed'] });
    const { json: gone } = await register();
    await server.deps.docs.set(
      `tenants/${server.tenantId}/webhooks/${gone.id}`,
      { disabledAt: '2026-11-23T10:00:00.000Z' },
      { merge: true },
    );
    const writes = await planned('job.delivered', job);
    server.advance(5000);
    const again = await planned('job.delivered', job);
    expect(again.map(({ path }) => path)).toEqual(writes.map(({ path }) => path));
    expect(writes.filter(({ path }) => path.includes('/deliveries/'))).toHaveLength(1);
    expect(writes[0]?.path).toContain(all.id);
    await server.deps.docs.batch(writes);
    expect(await pendingDeliveries(server.deps.docs, server.tenantId, job.id)).toHaveLength(1);
    expect(await pendingDeliveries(server.deps.docs, server.tenantId, 'job_other00000000000')).toEqual([]);
  });

  test('of a cancelled job is sent', async () => {
    const { json: hook } = await register();
    const job = await makeJob();
    await server.call('POST', `/v1/jobs/${job.id}:cancel`);
    const [delivery] = (await server.call('GET', `/v1/webhooks/${hook.id}/deliveries`)).json.items;
    expect(delivery).toMatchObject({ type: 'job.cancelled', jobId: job.id, state: 'pending', attempts: [] });
    const command = { tenantId: server.tenantId, webhookId: hook.id, deliveryId: delivery.id };
    expect(server.published).toEqual([{ topic: 'atlas-webhook', data: JSON.stringify(command) }]);
    const stored = await server.deps.docs.get<{ body: string }>(deliveryPath(command));
    expect(JSON.parse(stored?.body ?? '')).toMatchObject({
      type: 'job.cancelled',
      timestamp: '2026-11-23T10:00:00.000Z',
      data: { id: job.id, status: 'cancelled' },
    });
  });
});

describe('the delivery log', () => {
  const withDelivery = async () => {
    const { json: hook } = await register();
    const job = await makeJob();
    await server.deps.docs.batch(await planned('job.delivered', job));
    const [delivery] = (await server.call('GET', `/v1/webhooks/${hook.id}/deliveries`)).json.items;
    return { hook, job, delivery, path: `/v1/webhooks/${hook.id}/deliveries/${delivery.id}:replay` };
  };

  test('is listed newest first, in pages', async () => {
    const { json: hook } = await register();
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) {
      server.advance(1000);
      const job = await makeJob();
      ids.unshift(job.id);
      await server.deps.docs.batch(await planned('job.delivered', job));
    }
    const first = await server.call('GET', `/v1/webhooks/${hook.id}/deliveries?limit=2`);
    const path = `/v1/webhooks/${hook.id}/deliveries?limit=2&cursor=${first.json.nextCursor}`;
    const second = await server.call('GET', path);
    const jobs = [...first.json.items, ...second.json.items].map(({ jobId }: { jobId: string }) => jobId);
    expect(jobs).toEqual(ids);
    expect(second.json.nextCursor).toBeUndefined();
  });

  test('can be replayed under the same message id, with all tries anew', async () => {
    const { hook, delivery, path } = await withDelivery();
    const command = { tenantId: server.tenantId, webhookId: hook.id, deliveryId: delivery.id };
    await server.deps.docs.set(deliveryPath(command), { state: 'abandoned', tries: 12 }, { merge: true });
    expect(await server.call('POST', path)).toMatchObject({ status: 202, json: { id: delivery.id, state: 'pending' } });
    expect(server.published.at(-1)?.data).toBe(JSON.stringify(command));
    expect((await server.deps.docs.get<{ tries: number }>(deliveryPath(command)))?.tries).toBe(0);
  });

  test('is not replayed to an endpoint that is switched off, nor when it is not there', async () => {
    const { hook, path } = await withDelivery();
    expect((await server.call('POST', path.replace(/msg_\w+/, 'msg_0123456789abcdef'))).status).toBe(404);
    await server.deps.docs.set(
      `tenants/${server.tenantId}/webhooks/${hook.id}`,
      { disabledAt: '2026-11-23T10:00:00.000Z' },
      { merge: true },
    );
    expect(await server.call('POST', path)).toMatchObject({ status: 409, json: { code: 'conflict' } });
    expect(server.published).toEqual([]);
  });

  test('goes with its endpoint', async () => {
    const { hook } = await withDelivery();
    expect((await server.call('DELETE', `/v1/webhooks/${hook.id}`)).status).toBe(204);
    expect((await server.call('GET', `/v1/webhooks/${hook.id}`)).status).toBe(404);
    expect((await server.call('DELETE', `/v1/webhooks/${hook.id}`)).status).toBe(404);
    expect(await server.deps.docs.query(`tenants/${server.tenantId}/webhooks/${hook.id}/deliveries`)).toEqual([]);
  });
});
