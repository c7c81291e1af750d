import { describe, expect, test } from '@jest/globals';
import { workflowExecutor } from './executor.ts';
import { memoryExecutionStore } from './store/memory-execution-store.ts';
import { manualClock } from './testing/manual-clock.ts';
import { finish, settle } from './testing/run-source.ts';

const name = 'projects/local/locations/local/workflows/test/executions/e';
const waits = (count: number) => `
- cb:
    call: events.create_callback_endpoint
    result: cb
- before:
    call: sys.sleep
    args: {seconds: 1}
- wait:
    try:
      steps:
${Array.from({ length: count }, (_, index) => `        - w${index}:\n            call: events.await_callback\n            args: {callback: '\${cb}', timeout: 60}\n            result: r${index}`).join('\n')}
    except:
      as: e
      steps:
        - late:
            return: '\${e.tags[0]}'
- after:
    call: sys.sleep
    args: {seconds: 1}
- done:
    return: '\${r${count - 1}}'
`;

async function started(source = waits(1)) {
  const clock = manualClock();
  let id = 0;
  const executor = workflowExecutor({
    store: memoryExecutionStore(),
    clock,
    uuid: () => `id-${++id}`,
    baseUrl: () => 'http://127.0.0.1:1234',
  });
  executor.deploy({ workflowId: 'test', source });
  await executor.createExecution({ workflowId: 'test', executionId: 'e' });
  const send = (body: string, type = 'application/json', method = 'POST') =>
    executor
      .deliverCallback({
        execution: name,
        callbackId: 'id-1',
        method,
        headers: { 'Content-Type': type },
        query: { q: '1' },
        body: Buffer.from(body),
      })
      .then(
        () => 200,
        (error: { code: number }) => error.code,
      );
  return { clock, executor, send };
}

describe('a callback', () => {
  test('wakes the step that awaits it, with the request in it', async () => {
    const { clock, executor, send } = await started();
    clock.skip();
    await settle();
    expect(executor.listCallbacks(name)).toEqual([
      { name: `${name}/callbacks/id-1`, method: 'POST', waiters: '1', availablePayloads: [] },
    ]);
    expect(await send('{"a":1}')).toBe(200);
    expect(JSON.parse((await finish(executor, clock, name)).result!)).toEqual({
      http_request: {
        body: { a: 1 },
        headers: { 'content-type': 'application/json' },
        method: 'POST',
        query: { q: '1' },
        url: `/v1/${name}/callbacks/id-1`,
      },
      received_time: new Date(clock.now() - 1000).toISOString(),
      type: 'HTTP',
    });
  });

  test('that comes before it is awaited is kept, a second one meets 429, after the end it is 404', async () => {
    const { clock, executor, send } = await started();
    expect(await send('{"n":1}')).toBe(200);
    expect(executor.listCallbacks(name)[0]).toMatchObject({ waiters: '0', availablePayloads: ['1'] });
    expect(await send('{"n":2}')).toBe(429);
    const execution = await finish(executor, clock, name);
    expect(JSON.parse(execution.result!).http_request.body).toEqual({ n: 1 });
    expect(await send('{"n":3}')).toBe(404);
  });

  test('can be sent again once the one before was read', async () => {
    const { clock, executor, send } = await started(waits(2));
    expect(await send('{"n":1}')).toBe(200);
    clock.skip();
    await settle();
    expect(await send('{"n":2}')).toBe(200);
    expect(JSON.parse((await finish(executor, clock, name)).result!).http_request.body).toEqual({ n: 2 });
  });

  test('that does not come in time is a TimeoutError', async () => {
    const { clock, executor } = await started();
    const begin = clock.now();
    expect((await finish(executor, clock, name)).result).toBe('"TimeoutError"');
    expect(clock.now() - begin).toBe(61_000);
  });

  test('with another method meets 405, an unknown one 404', async () => {
    const { executor, send } = await started();
    expect(await send('', 'text/plain', 'GET')).toBe(405);
    const unknown = executor.deliverCallback({ execution: name, callbackId: 'other', method: 'POST' });
    await expect(unknown).rejects.toMatchObject({ code: 404 });
  });

  test.each([
    ['text/plain', 'hello', '"hello"'],
    ['application/json', '', 'null'],
  ])('of type %s has the body %j', async (type, body, expected) => {
    const { clock, executor, send } = await started();
    expect(await send(body, type)).toBe(200);
    const { result } = await finish(executor, clock, name);
    expect(JSON.stringify(JSON.parse(result!).http_request.body)).toBe(expected);
  });

  test('undocumented by Google: JSON that cannot be read meets 400 and wakes nothing', async () => {
    const { clock, executor, send } = await started();
    expect(await send('{')).toBe(400);
    expect((await finish(executor, clock, name)).result).toBe('"TimeoutError"');
  });

  test('its URL is that of the host at the time', async () => {
    const source = `- cb:\n    call: events.create_callback_endpoint\n    result: cb\n- d:\n    return: '\${cb.url}'\n`;
    const { clock, executor } = await started(source);
    expect((await finish(executor, clock, name)).result).toBe(`"http://127.0.0.1:1234/v1/${name}/callbacks/id-1"`);
  });

  test('of another execution cannot be awaited', async () => {
    const source = "- w:\n    call: events.await_callback\n    args: {callback: {url: 'http://x/callbacks/foreign'}}\n";
    const { clock, executor } = await started(source);
    expect((await finish(executor, clock, name)).error?.payload).toContain('ValueError');
  });
});
