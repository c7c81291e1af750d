import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { changeJob, eventsPath, type NewEvent } from '../../shared/records/jobs.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';
import { streamEvents } from './event-stream.ts';

let server: TestServer;
let jobId: string;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  const source = { kind: 'asset', assetId: await server.upload() };
  jobId = (await server.call('POST', '/v1/jobs', { json: { source, targets: ['web'] } })).json.id;
});

const happen = (...events: NewEvent[]) =>
  changeJob(server.deps.docs, server.deps.clock, { tenantId: server.tenantId, jobId }, () => ({ events }));
const end = () =>
  changeJob(server.deps.docs, server.deps.clock, { tenantId: server.tenantId, jobId }, () => ({
    job: { status: 'delivered' },
    events: [{ type: 'job.delivered' }],
  }));
const open = (headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`${server.url}/v1/jobs/${jobId}/events`, {
    headers: { authorization: `Bearer ${server.key}`, ...headers },
    ...(signal ? { signal } : {}),
  });
/** Reads a stream until it holds `text`. */
async function until(reader: ReadableStreamDefaultReader<Uint8Array>, text: string): Promise<string> {
  let seen = '';
  while (!seen.includes(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended before "${text}": ${seen}`);
    seen += Buffer.from(value).toString();
  }
  return seen;
}
const idsOf = (text: string): number[] => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

describe('the event stream', () => {
  test('tells what was, then what happens, in order, and ends with the last event', async () => {
    const response = await open();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body!.getReader();
    let text = await until(reader, 'job.created');
    await happen({ type: 'job.started' }, { type: 'stage.started', stage: 'dispatch' });
    text += await until(reader, 'stage.started');
    await end();
    text += await until(reader, 'job.delivered');
    expect((await reader.read()).done).toBe(true);
    expect(idsOf(text)).toEqual([1, 2, 3, 4]);
    const data = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? ''));
    expect(data.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'job.created'],
      [2, 'job.started'],
      [3, 'stage.started'],
      [4, 'job.delivered'],
    ]);
  });

  test('goes on behind Last-Event-ID', async () => {
    await happen({ type: 'job.started' });
    await end();
    const text = await (await open({ 'last-event-id': '2' })).text();
    expect(idsOf(text)).toEqual([3]);
  });

  test('holds more events than one read brings', async () => {
    await happen(...Array.from({ length: 250 }, (): NewEvent => ({ type: 'stage.started', stage: 'refine' })));
    await end();
    expect(idsOf(await (await open()).text())).toEqual(Array.from({ length: 252 }, (_, index) => index + 1));
  });

  test('has nothing to say to a client that has the last event', async () => {
    await end();
    const answer = await server.call('GET', `/v1/jobs/${jobId}/events`, { headers: { 'last-event-id': '2' } });
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  test.each(['one', '-1', '1e3', '99999999999'])('refuses the Last-Event-ID %s', async (id) => {
    const answer = await server.call('GET', `/v1/jobs/${jobId}/events`, { headers: { 'last-event-id': id } });
    expect(answer).toMatchObject({ status: 400, json: { pointer: '/headers/last-event-id' } });
  });

  test('answers HEAD without streaming', async () => {
    const answer = await server.call('HEAD', `/v1/jobs/${jobId}/events`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  });

  test('stops watching when the client goes away', async () => {
    const { docs } = server.deps;
    let watching = 0;
    const { watch } = docs;
    Object.assign(docs, {
      watch: (...given: Parameters<typeof watch>) => {
        watching += 1;
        const stop = watch(...given);
        return () => {
          watching -= 1;
          stop();
        };
      },
    });
    const hangUp = new AbortController();
    const response = await open({}, hangUp.signal);
    await until(response.body!.getReader(), 'job.created');
    expect(watching).toBe(1);
    hangUp.abort();
    while (watching > 0) await new Promise(setImmediate);
    Object.assign(docs, { watch });
  });
});

test('a client that hung up before the stream began leaves nobody watching', async () => {
  const { docs } = server.deps;
  const { get } = docs;
  let watching = 0;
  const { watch } = docs;
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const logged = server.logged.length;
  Object.assign(docs, {
    // The client goes away while its job is looked up.
    get: async (path: string) => {
      if (path.endsWith(jobId)) {
        socket.destroy();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return get(path);
    },
    watch: (...given: Parameters<typeof watch>) => {
      watching += 1;
      const stop = watch(...given);
      return () => {
        watching -= 1;
        stop();
      };
    },
  });
  socket.write(`GET /v1/jobs/${jobId}/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.key}\r\n\r\n`);
  const answered = () => server.logged.slice(logged).some((line) => line.includes('listJobEvents'));
  while (!answered()) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(watching).toBe(0);
  Object.assign(docs, { get, watch });
});

/** What the stream wrote until it returned, with short times. */
async function written(times: { heartbeatMs: number; lifetimeMs: number }, onWrite: (text: string) => void) {
  let text = '';
  const res = {
    write: (chunk: string) => {
      text += chunk;
      onWrite(chunk);
      return true;
    },
  };
  const gone = new AbortController();
  const deaf = { ...server.deps.docs, query: server.deps.docs.query, watch: () => () => undefined };
  await streamEvents(
    deaf,
    { tenantId: server.tenantId, jobId, after: 0 },
    { res: res as never, gone: gone.signal },
    times,
  );
  return text;
}

describe('a stream whose store never rings', () => {
  test('finds what happened at its next heartbeat', async () => {
    let beats = 0;
    const text = await written({ heartbeatMs: 5, lifetimeMs: 60_000 }, (chunk) => {
      if (chunk.startsWith(':') && ++beats === 2) void end();
    });
    expect(idsOf(text)).toEqual([1, 2]);
    expect(beats).toBeGreaterThanOrEqual(2);
  });

  test('ends after its lifetime, for the client to come back', async () => {
    const text = await written({ heartbeatMs: 5, lifetimeMs: 30 }, () => undefined);
    expect(idsOf(text)).toEqual([1]);
    expect(text).toContain('retry: 2000');
  });
});

describe('the same events as JSON', () => {
  test('come in pages', async () => {
    await happen({ type: 'job.started' }, { type: 'stage.started', stage: 'dispatch' });
    const page = (query: string) =>
      server.call('GET', `/v1/jobs/${jobId}/events?${query}`, { headers: { accept: 'application/json' } });
    const first = await page('limit=2');
    expect(first.json.items.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2]);
    const second = await page(`limit=2&after=${first.json.nextCursor}`);
    expect(second.json.items.map(({ seq }: { seq: number }) => seq)).toEqual([3]);
    expect(second.json.nextCursor).toBeUndefined();
    expect(await server.deps.docs.query(eventsPath(server.tenantId, jobId))).toHaveLength(3);
  });
});
