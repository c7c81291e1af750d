import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { workflowExecutor } from '../executor.ts';
import type { WorkflowExecutor } from '../executor-interface.ts';
import type { Refusal } from '../executor-options.ts';
import { memoryExecutionStore } from '../store/memory-execution-store.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { settle } from '../testing/run-source.ts';

const clock = manualClock();
let server: Server;
let executor: WorkflowExecutor;
let origin = '';
const refused: Refusal[] = [];
const root = '/v1/projects/p/locations/eu/workflows/test/executions';

const source = `
main:
  params: [args]
  steps:
    - cb:
        call: events.create_callback_endpoint
        args: {http_callback_method: PUT}
        result: cb
    - wait:
        call: events.await_callback
        args: {callback: '\${cb}'}
        result: got
    - done:
        return: '\${[args.n, got.http_request.body]}'
`;

beforeAll(async () => {
  executor = workflowExecutor({
    ...{ store: memoryExecutionStore(), clock, project: 'p', location: 'eu', baseUrl: () => origin },
    authorize: async (request) => request.headers.authorization === 'Bearer good',
    onRefused: (refusal) => refused.push(refusal),
  });
  executor.deploy({ workflowId: 'test', source });
  executor.deploy({ workflowId: 'fails', source: '- r:\n    raise: {code: 9, message: no}\n' });
  server = createServer((request, response) => {
    if (!executor.handle(request, response)) response.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  executor.close();
  server.closeAllConnections();
  server.close();
});

async function ask(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const response = await fetch(path.startsWith('http') ? path : origin + path, {
    method,
    headers: { authorization: 'Bearer good', 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { code: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const create = (argument: object = { n: 1 }) =>
  ask('POST', root, JSON.stringify({ argument: JSON.stringify(argument) }));

describe('the REST interface', () => {
  test('takes an execution from its creation through its callback to its result, in the shapes of Google', async () => {
    const created = await create({ n: 5 });
    expect(created.code).toBe(200);
    expect(created.body).toEqual({
      name: expect.stringMatching(/^projects\/p\/locations\/eu\/workflows\/test\/executions\/[0-9a-f-]{36}$/),
      createTime: expect.stringMatching(/Z$/),
      startTime: expect.stringMatching(/Z$/),
      state: 'ACTIVE',
      argument: '{"n":5}',
      workflowRevisionId: expect.stringMatching(/^000001-[0-9a-f]{3}$/),
      labels: {},
      status: { currentSteps: [{ routine: 'main', step: 'wait' }] },
    });
    const path = `/v1/${created.body.name}`;
    const { body } = await ask('GET', `${path}/callbacks`);
    expect(body.callbacks).toHaveLength(1);
    expect(body.callbacks[0]).toMatchObject({ method: 'PUT', waiters: '1' });
    const callback = `/v1/${body.callbacks[0].name}`;
    expect((await ask('POST', callback, '{}')).code).toBe(405);
    expect(await ask('PUT', `${callback}?x=1`, '{"ok":true}')).toEqual({ code: 200, body: {} });
    await settle();
    const ended = await ask('GET', path);
    expect(ended.body).toMatchObject({
      state: 'SUCCEEDED',
      result: '[5,{"ok":true}]',
      endTime: expect.any(String),
      duration: '0s',
    });
    expect((await ask('PUT', callback, '{}')).code).toBe(404);
    expect((await ask('GET', `${path}/callbacks`)).body).toEqual({ callbacks: [] });
  });

  test('shows the error of a failed execution', async () => {
    const { body } = await ask('POST', root.replace('/test/', '/fails/'), '{}');
    await settle();
    const ended = await ask('GET', `/v1/${body.name}`);
    expect(ended.body).toMatchObject({
      state: 'FAILED',
      error: { payload: '{"code":9,"message":"no"}', context: expect.stringContaining('in step "r"') },
    });
  });

  test('cancels once', async () => {
    const { body } = await create();
    const cancelled = await ask('POST', `/v1/${body.name}:cancel`);
    expect(cancelled).toMatchObject({ code: 200, body: { state: 'CANCELLED' } });
    expect(await ask('POST', `/v1/${body.name}:cancel`)).toMatchObject({
      code: 400,
      body: { error: { code: 400, status: 'FAILED_PRECONDITION' } },
    });
  });

  test('lists executions in pages, newest first', async () => {
    const names: string[] = [];
    for (let index = 0; index < 3; index += 1) names.unshift((await create({ n: index })).body.name);
    const first = await ask('GET', `${root}?pageSize=2`);
    expect(first.body.executions.map(({ name }: { name: string }) => name)).toEqual(names.slice(0, 2));
    const second = await ask('GET', `${root}?pageSize=2&pageToken=${first.body.nextPageToken}`);
    expect(second.body.executions[0].name).toBe(names[2]);
  });

  test('lists step entries with their types and states', async () => {
    const { body } = await create();
    const { stepEntries } = (await ask('GET', `/v1/${body.name}/stepEntries`)).body;
    expect(stepEntries).toMatchObject([
      { entryId: '1', step: 'cb', routine: 'main', stepType: 'STEP_STD_LIB_CALL', state: 'STATE_SUCCEEDED' },
      { entryId: '2', step: 'wait', stepType: 'STEP_STD_LIB_CALL', state: 'STATE_IN_PROGRESS' },
    ]);
    expect((await ask('GET', `/v1/${body.name}/stepEntries/2`)).body.step).toBe('wait');
    expect((await ask('GET', `/v1/${body.name}/stepEntries/9`)).code).toBe(404);
  });

  test.each([
    ['POST', root, '{', 400, 'INVALID_ARGUMENT'],
    ['POST', root, '7', 400, 'INVALID_ARGUMENT'],
    ['POST', root, '{"argument":{"n":1}}', 400, 'INVALID_ARGUMENT'],
    ['POST', root, '{"argument":"{"}', 400, 'INVALID_ARGUMENT'],
    ['POST', root, '{"labels":{"a":1}}', 400, 'INVALID_ARGUMENT'],
    ['POST', root, JSON.stringify({ argument: JSON.stringify('x'.repeat(33_000)) }), 400, 'INVALID_ARGUMENT'],
    ['POST', root, ' '.repeat(300_000), 413, 'INVALID_ARGUMENT'],
    ['POST', root.replace('/test/', '/none/'), '{}', 404, 'NOT_FOUND'],
    ['GET', `${root}/none`, undefined, 404, 'NOT_FOUND'],
    ['GET', `${root}/none/callbacks`, undefined, 404, 'NOT_FOUND'],
    ['GET', `${root}/none/stepEntries`, undefined, 404, 'NOT_FOUND'],
    ['POST', `${root}/none:cancel`, undefined, 404, 'NOT_FOUND'],
    ['POST', `${root}/none/callbacks/x`, '{}', 404, 'NOT_FOUND'],
    ['DELETE', root, undefined, 405, 'INVALID_ARGUMENT'],
    ['GET', `${root}?pageSize=-1`, undefined, 400, 'INVALID_ARGUMENT'],
  ])('%s %s %.40s is answered %d %s', async (method, path, body, code, status) => {
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({ code, body: { error: { code, status, message: expect.any(String) } } });
  });

  test('tells its host of a callback that comes again, too late or from a stranger, without its id', async () => {
    const { body } = await create({ n: 7 });
    const { callbacks } = (await ask('GET', `/v1/${body.name}/callbacks`)).body;
    const callback = `/v1/${callbacks[0].name}`;
    refused.length = 0;
    expect((await ask('PUT', callback, '{}', { authorization: 'Bearer forged' })).code).toBe(401);
    expect((await ask('PUT', callback, '{"first":true}')).code).toBe(200);
    expect((await ask('PUT', callback, '{"first":false}')).code).toBe(404);
    await settle();
    expect((await ask('GET', `/v1/${body.name}`)).body.result).toBe('[7,{"first":true}]');
    const told = { method: 'PUT', execution: body.name, callback: true };
    expect(refused).toEqual([
      { ...told, code: 401, status: 'UNAUTHENTICATED' },
      { ...told, code: 404, status: 'NOT_FOUND' },
    ]);
    expect(JSON.stringify(refused)).not.toContain(callback.slice(callback.lastIndexOf('/') + 1));
  });

  test('refuses whoever the host does not authorize, before it reads anything', async () => {
    const answer = await ask('POST', root, '{}', { authorization: 'Bearer bad' });
    expect(answer).toMatchObject({ code: 401, body: { error: { code: 401, status: 'UNAUTHENTICATED' } } });
  });

  test('leaves other paths to the host', async () => {
    for (const path of [
      '/',
      '//',
      '/v1/jobs',
      '/v1/projects/other/locations/eu/workflows/test/executions',
      `${root}/a/b/c`,
    ]) {
      expect((await fetch(origin + path)).status).toBe(418);
    }
  });

  test('a callback over 512 KB is answered 413 and wakes nothing', async () => {
    const { body } = await create();
    const { callbacks } = (await ask('GET', `/v1/${body.name}/callbacks`)).body;
    expect((await ask('PUT', `/v1/${callbacks[0].name}`, `"${'x'.repeat(600_000)}"`)).code).toBe(413);
    expect((await ask('GET', `/v1/${body.name}`)).body.state).toBe('ACTIVE');
  });
});
