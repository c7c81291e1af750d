import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assetPath } from '../../shared/records/assets.ts';
import { changeJob } from '../../shared/records/jobs.ts';
import { provenanceOf, provenancePath } from '../../shared/records/provenance.ts';
import { webhookDeliveries } from '../../shared/records/webhooks.ts';
import { type CallAnswer, type TestServer, testServer } from '../../shared/testing/api-server.ts';
import { routes } from './routes.ts';

let server: TestServer;
/** Real ids of the first tenant, by the name of the path parameter. */
let ids: Record<string, string>;
/** Ids of the same form that nobody has. */
const unknown: Record<string, string> = {
  jobId: 'job_zzzzzzzzzzzzzzzzzzzzzzzzzz',
  assetId: 'ast_zzzzzzzzzzzzzzzzzzzzzzzzzz',
  webhookId: 'whk_zzzzzzzzzzzzzzzzzzzzzzzzzz',
  keyId: 'key_zzzzzzzzzzzzzzzzzzzzzzzzzz',
  messageId: 'msg_zzzzzzzzzzzzzzzzzzzzzzzzzz',
  profileId: 'web',
};

const envelope = {
  payload: 'e30=',
  payloadType: 'application/vnd.in-toto+json',
  signatures: [{ keyid: 'k', sig: 'e30=' }],
};

beforeAll(async () => {
  server = await testServer();
  const { docs, objects, clock } = server.deps;
  const { tenantId } = server;
  const hook = await server.call('POST', '/v1/webhooks', { json: { url: 'https://studio.example/hook' } });
  const assetId = await server.upload();
  const source = { kind: 'asset', assetId };
  const { json: job } = await server.call('POST', '/v1/jobs', { json: { source, targets: ['web'] } });
  await objects.put('receipt.json', Buffer.from(JSON.stringify(envelope)), { contentType: 'application/json' });
  const receipt = { id: 'ast_receipt0000000000', tenantId, objectKey: 'receipt.json', kind: 'receipt' };
  await docs.set(assetPath(tenantId, receipt.id), receipt);
  await docs.set(provenancePath(tenantId, job.id), { ...provenanceOf({ tenantId }, []) });
  const decided = { decision: 'refuse', reason: 'so', by: 'deadline', at: clock.now().toISOString() } as const;
  const review = { targets: ['web'], dueAt: clock.now().toISOString(), decided };
  const writes = await webhookDeliveries(docs, clock, tenantId, { type: 'job.failed', jobId: job.id, data: job });
  await changeJob(docs, clock, { tenantId, jobId: job.id }, () => ({
    job: { receiptAssetId: receipt.id, status: 'failed', review },
    events: [{ type: 'job.failed' }],
    writes,
  }));
  const { json: log } = await server.call('GET', `/v1/webhooks/${hook.json.id}/deliveries`);
  const { json: keys } = await server.call('GET', '/v1/keys');
  ids = {
    keyId: keys.items[0].id,
    jobId: job.id,
    assetId,
    webhookId: hook.json.id,
    messageId: log.items[0].id,
    profileId: 'web',
  };
});
afterAll(() => server.close());

const fill = (path: string, values: Record<string, string>): string =>
  path.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? `no ${name}`);

/** An answer without what differs in each exchange, and with every id named alike. */
const comparable = ({ status, headers, text }: CallAnswer, used: Record<string, string>) => {
  const same = Object.entries(used).reduce((all, [name, id]) => all.replaceAll(id, `{${name}}`), text);
  const kept = ['content-type', 'cache-control', 'retry-after', 'location'].map((name) => headers.get(name));
  return { status, kept, text: same.replace(/req_[0-9a-z]+/g, 'req') };
};

const withIds = routes.filter(({ path, id }) => path.includes('{') && id !== 'getProfile');

describe('with the key of another tenant', () => {
  test.each(withIds.map((route) => [route.method, route.path, route.bodyExample] as const))(
    '%s %s cannot tell an id of the first from one that nobody has',
    async (method, path, body) => {
      const headers = { accept: 'application/json' };
      const options = { key: server.foreignKey, headers, ...(method === 'POST' ? { json: body ?? {} } : {}) };
      const foreign = await server.call(method, fill(path, ids), options);
      const nobodys = await server.call(method, fill(path, unknown), options);
      expect(foreign.status).toBe(404);
      expect(comparable(foreign, ids)).toEqual(comparable(nobodys, unknown));
    },
  );

  test.each(withIds.filter(({ method }) => method === 'GET').map((route) => [route.path] as const))(
    'GET %s would have answered its owner',
    async (path) => {
      const answer = await server.call('GET', fill(path, ids), { headers: { accept: 'application/json' } });
      expect(answer.status).toBeLessThan(400);
    },
  );

  test('a job cannot be started or priced on the file of the first', async () => {
    for (const path of ['/v1/jobs', '/v1/quotes']) {
      const ask = async (assetId: string) => {
        const json = { source: { kind: 'asset', assetId }, targets: ['web'] };
        return server.call('POST', path, { key: server.foreignKey, json });
      };
      const foreign = await ask(ids.assetId ?? '');
      const nobodys = await ask(unknown.assetId ?? '');
      expect(foreign.status).toBe(404);
      expect(comparable(foreign, ids)).toEqual(comparable(nobodys, unknown));
    }
  });

  test.each(['/v1/jobs', '/v1/jobs?label=a:b', '/v1/usage', '/v1/usage/events', '/v1/webhooks'])(
    'GET %s lists nothing of the first',
    async (path) => {
      const { json } = await server.call('GET', path, { key: server.foreignKey });
      expect(json.items).toEqual([]);
    },
  );

  test('nothing of the first has changed after all this', async () => {
    expect((await server.call('GET', `/v1/jobs/${ids.jobId}`)).json.status).toBe('failed');
    expect((await server.call('GET', `/v1/webhooks/${ids.webhookId}`)).status).toBe(200);
    expect(server.published).toEqual([]);
  });
});
