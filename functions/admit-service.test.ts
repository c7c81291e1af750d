import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudEvent } from '@google-cloud/functions-framework';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { localIdentity } from '../shared/adapters/local/local-identity.ts';
import { AtlasError } from '../shared/errors.ts';
import { manualClock } from '../shared/testing/manual-clock.ts';
import { admitService } from './admit-service.ts';
import type { Deps } from './context.ts';
import { eventEndpoint } from './event-endpoint.ts';

const functionsUrl = 'https://atlas.example/fn';
const secret = Buffer.alloc(32, 5);
const clock = manualClock();
const identity = localIdentity(secret, clock);
const event = {
  'content-type': 'application/json',
  'ce-id': 'message-1',
  'ce-source': '//pubsub.googleapis.com/projects/p/topics/t',
  'ce-specversion': '1.0',
  'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
};

let server: Server;
let handled: CloudEvent<unknown>[];
let logged: string[];
let failure: unknown;

beforeEach(async () => {
  handled = [];
  logged = [];
  failure = undefined;
  const deps = {
    identity,
    log: (...entry: unknown[]) => logged.push(JSON.stringify(entry)),
    settings: { functionsUrl } as Deps['settings'],
  };
  const endpoint = eventEndpoint(deps.log, async (received) => {
    handled.push(received);
    if (failure) throw failure;
  });
  http('private', admitService(deps, 'private', endpoint));
  http(
    'unsure',
    admitService(
      {
        ...deps,
        identity: { ...identity, verify: () => Promise.reject(new AtlasError('store_unavailable', 'no keys')) },
      },
      'unsure',
      endpoint,
    ),
  );
  const servers = { '/private': getTestServer('private'), '/unsure': getTestServer('unsure') };
  server = createServer((req, res) => servers[req.url as keyof typeof servers].emit('request', req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function call(headers: Record<string, string>, { path = '/private', method = 'POST', body = '{"a":1}' } = {}) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const answer = await fetch(url, { method, headers, ...(method === 'GET' ? {} : { body }) });
  return { status: answer.status, text: await answer.text() };
}
const bearing = (token: string) => ({ ...event, authorization: `Bearer ${token}` });

test('a caller that may is let in, and its event arrives with attributes and data', async () => {
  const traced = { ...bearing(await identity.mint(functionsUrl)), 'ce-traceparent': '00-0af7651916cd43dd-b7ad6b71-01' };
  expect(await call(traced)).toEqual({ status: 204, text: '' });
  expect(handled).toMatchObject([
    { id: 'message-1', type: event['ce-type'], traceparent: '00-0af7651916cd43dd-b7ad6b71-01', data: { a: 1 } },
  ]);
});

test.each<[string, () => Promise<Record<string, string>>]>([
  ['no token', async () => event],
  ['another scheme', async () => ({ ...event, authorization: `Basic ${await identity.mint(functionsUrl)}` })],
  ['a forged token', async () => bearing(await localIdentity(Buffer.alloc(32, 6), clock).mint(functionsUrl))],
  ['a token for another audience', async () => bearing(await identity.mint('https://elsewhere.example'))],
  [
    'a token of yesterday',
    async () => {
      const yesterday = { now: () => new Date(clock.now().getTime() - 86_400_000) };
      return bearing(await localIdentity(secret, yesterday).mint(functionsUrl));
    },
  ],
])('a caller with %s is refused and logged, and nothing is handled', async (_case, headers) => {
  const sent = await headers();
  expect(await call(sent)).toEqual({ status: 401, text: '' });
  expect(handled).toEqual([]);
  expect(logged).toEqual(['["WARNING","identity token refused",{"function":"private","method":"POST"}]']);
});

test('while it cannot be told who calls, nobody is let in', async () => {
  const answer = await call(bearing(await identity.mint(functionsUrl)), { path: '/unsure' });
  expect(answer).toEqual({ status: 503, text: '' });
  expect(handled).toEqual([]);
});

test.each<[unknown, string]>([
  [new AtlasError('callback_failed', 'the engine at 10.1.2.3 is down'), 'callback_failed'],
  [new Error('connect ECONNREFUSED 10.1.2.3:8080'), 'internal'],
])('an event whose handling fails is given back, and the answer tells the code alone', async (thrown, code) => {
  failure = thrown;
  expect(await call(bearing(await identity.mint(functionsUrl)))).toEqual({ status: 500, text: code });
  expect(logged.join()).toContain('event given back');
});

test.each(['ce-id', 'ce-source', 'ce-specversion', 'ce-type'])('a request without %s is no event', async (name) => {
  const { [name]: _left, ...headers } = bearing(await identity.mint(functionsUrl)) as Record<string, string>;
  expect((await call(headers)).status).toBe(400);
  expect((await call(bearing(await identity.mint(functionsUrl)), { method: 'GET' })).status).toBe(400);
  expect(handled).toEqual([]);
});
