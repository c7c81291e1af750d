import { describe, expect, test } from '@jest/globals';
import { workflowExecutor } from './executor.ts';
import type { CallbackRequest, WorkflowExecutor } from './executor-interface.ts';
import type { ExecutionStore } from './store/execution-store.ts';
import { memoryExecutionStore } from './store/memory-execution-store.ts';
import { type ManualClock, manualClock } from './testing/manual-clock.ts';
import { finish, settle } from './testing/run-source.ts';

// Every kind of wait, and every kind of frame around one: subworkflow, expression call, loop, try with retry, predicate, parallel.
const source = `
main:
  params: [args]
  steps:
    - init:
        assign: [{stages: []}, {tries: 0}, {sums: {}}]
    - loop:
        for:
          value: name
          index: i
          in: '\${args.stages}'
          steps:
            - stage:
                call: run_stage
                args: {name: '\${name}'}
                result: answer
            - keep:
                assign: [{stages: '\${list.concat(stages, answer)}'}]
    - flaky:
        try:
          steps:
            - count:
                assign: [{tries: '\${tries + 1}'}]
            - call:
                call: googleapis.test.v1.flaky
                args: {attempt: '\${tries}'}
        retry:
          predicate: '\${is_retryable}'
          max_retries: 5
          backoff: {initial_delay: 2, max_delay: 10, multiplier: 2}
    - fan:
        parallel:
          shared: [sums]
          concurrency_limit: 2
          for:
            value: n
            in: [1, 2, 3]
            steps:
              - nap:
                  call: sys.sleep
                  args: {seconds: '\${n}'}
              - each:
                  assign: [{'sums[string(n)]': '\${double_of(n) + double_of(n + 1)}'}]
              - inner:
                  parallel:
                    branches:
                      - left:
                          steps:
                            - l:
                                call: googleapis.test.v1.echo
                                args: {v: '\${n}'}
                      - right:
                          steps:
                            - r:
                                call: sys.sleep
                                args: {seconds: 1}
    - caught:
        try:
          call: googleapis.test.v1.flaky
          args: {attempt: 0}
        except:
          as: e
          steps:
            - nap_again:
                call: sys.sleep
                args: {seconds: 3}
            - note:
                assign: [{tries: '\${[tries, e.code]}'}]
    - done:
        return: {stages: '\${stages}', tries: '\${tries}', sums: '\${[sums["1"], sums["2"], sums["3"]]}'}
run_stage:
  params: [name]
  steps:
    - cb:
        call: events.create_callback_endpoint
        result: cb
    - send:
        call: googleapis.pubsub.v1.projects.topics.publish
        args:
          topic: projects/p/topics/stage
          body:
            messages:
              - data: '\${base64.encode(json.encode({}))}'
                attributes: {url: '\${cb.url}', name: '\${name}'}
    - wait:
        call: events.await_callback
        args: {callback: '\${cb}', timeout: 1000}
        result: got
    - out:
        return: '\${got.http_request.body.done}'
double_of:
  params: [n]
  steps:
    - ask:
        call: googleapis.test.v1.echo
        args: {v: '\${n}'}
        result: same
    - out:
        return: '\${same.v * 2}'
is_retryable:
  params: [e]
  steps:
    - ask:
        call: googleapis.test.v1.echo
        args: {v: '\${e.code}'}
        result: code
    - out:
        return: '\${code.v == 503}'
`.replace('json.encode({})', 'json.encode([])');

const argument = { stages: ['intake', 'score', 'refine', 'convert', 'gate'] };
const expected = { stages: ['intake!', 'score!', 'refine!', 'convert!', 'gate!'], tries: [3, 503], sums: [6, 10, 14] };
const name = 'projects/local/locations/local/workflows/test/executions/job-1';

interface Message {
  readonly url: string;
  readonly name: string;
}

/** The world outside: it keeps what was published, answers each message at its callback, and may do so again. */
function world() {
  const messages: Message[] = [];
  const operationIds: string[] = [];
  const acknowledged = new Set<Message>();
  const answer = (executor: WorkflowExecutor, message: Message) => {
    const callbackId = message.url.slice(message.url.lastIndexOf('/') + 1);
    const request: CallbackRequest = {
      ...{ execution: name, callbackId, method: 'POST' },
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ done: `${message.name}!` })),
    };
    return executor.deliverCallback(request).then(
      () => acknowledged.add(message),
      // The process died before it answered: the message comes again. Any other answer ends it.
      (error: { code: number }) => error.code === 503 || acknowledged.add(message),
    );
  };
  const start = (store: ExecutionStore, clock: ManualClock) => {
    const executor: WorkflowExecutor = workflowExecutor({
      store,
      clock,
      publish: async (_, [message], { operationId }) => {
        const sent = message!.attributes as unknown as Message;
        operationIds.push(operationId);
        messages.push(sent);
        setImmediate(() => void answer(executor, sent));
        return ['1'];
      },
      connectors: {
        'googleapis.test.v1.echo': async (args) => args,
        'googleapis.test.v1.flaky': async ({ attempt }) => {
          if ((attempt as number) < 3) throw Object.assign(new Error('busy'), { code: 503 });
          return null;
        },
      },
    });
    return executor;
  };
  return { messages, operationIds, acknowledged, start, answer };
}

/** A store that tells when something was committed. */
function watched(store: ExecutionStore, onCommit: () => void): ExecutionStore {
  return {
    ...store,
    commit(changes) {
      store.commit(changes);
      onCommit();
    },
  };
}

describe('an execution goes on after the process was killed', () => {
  test('at any commit: the result is the same', async () => {
    const store = memoryExecutionStore();
    const clock = manualClock();
    const original = world();
    const moments: { store: ReturnType<typeof memoryExecutionStore>; time: number; sent: number }[] = [];
    const executor = original.start(
      watched(store, () => moments.push({ store: store.copy(), time: clock.now(), sent: original.messages.length })),
      clock,
    );
    executor.deploy({ workflowId: 'test', source });
    await executor.createExecution({ workflowId: 'test', argument, executionId: 'job-1' });
    const execution = await finish(executor, clock, name);
    expect(execution.error).toBeUndefined();
    expect(JSON.parse(execution.result!)).toEqual(expected);
    executor.close();

    expect(moments.length).toBeGreaterThanOrEqual(30);
    for (const moment of moments) {
      const next = world();
      const later = manualClock(moment.time + 500);
      const resumed = next.start(moment.store, later);
      const unfinished = resumed.resumeAll();
      for (const message of original.messages.slice(0, moment.sent)) await next.answer(resumed, message);
      const end = await finish(resumed, later, name);
      expect([end.error, end.result && JSON.parse(end.result)]).toEqual([undefined, expected]);
      expect(unfinished).toBe(moment === moments.at(-1) ? 0 : 1);
      resumed.close();
    }
  }, 60_000);

  test('after every single commit, again and again: the result is the same', async () => {
    const store = memoryExecutionStore();
    const clock = manualClock();
    const outside = world();
    let lives = 0;
    let killed = false;
    let executor: WorkflowExecutor;
    const begin = () => {
      killed = false;
      lives += 1;
      const own = outside.start(
        watched(store, () => {
          killed = true;
          own.close();
        }),
        clock,
      );
      executor = own;
      return own;
    };
    begin().deploy({ workflowId: 'test', source });
    await executor!.createExecution({ workflowId: 'test', argument, executionId: 'job-1' }).catch(() => undefined);
    for (let round = 0; round < 1000 && store.loadExecution(name)?.state === 'ACTIVE'; round += 1) {
      if (killed) {
        begin().resumeAll();
        const lost = outside.messages.filter((message) => !outside.acknowledged.has(message));
        for (const message of lost) void outside.answer(executor!, message);
      }
      await settle(4);
      if (!killed) clock.skip();
    }
    expect(JSON.parse(store.loadExecution(name)!.result!)).toEqual(expected);
    expect(lives).toBeGreaterThan(25);
  }, 60_000);

  test('an effect whose result was not stored is begun again under the same operation id', async () => {
    const store = memoryExecutionStore();
    const clock = manualClock();
    const outside = world();
    const first = outside.start(store, clock);
    first.deploy({ workflowId: 'test', source });
    const before = first.createExecution({ workflowId: 'test', argument, executionId: 'job-1' });
    await before;
    const found = store.copy();
    first.close();
    const second = outside.start(found, clock);
    second.resumeAll();
    await settle();
    second.close();
    expect(outside.operationIds[0]).toBe(`${name}/operations/1`);
    expect(outside.operationIds[1]).toBe(`${name}/operations/1`);
  });

  test('a sleep keeps the time at which it ends', async () => {
    const store = memoryExecutionStore();
    const clock = manualClock(0);
    const first = workflowExecutor({ store, clock });
    first.deploy({ workflowId: 'test', source: '- nap:\n    call: sys.sleep\n    args: {seconds: 100}\n' });
    await first.createExecution({ workflowId: 'test', executionId: 'job-1' });
    first.close();
    const later = manualClock(60_000);
    const second = workflowExecutor({ store, clock: later });
    second.resumeAll();
    await finish(second, later, name);
    expect(later.now()).toBe(100_000);
    second.close();
  });

  test.each([
    ['the time of a retry and the retries that were made', '{initial_delay: 100, max_delay: .inf, multiplier: 2}', 700],
    ['a delay at its maximum', '{initial_delay: 100, max_delay: 150, multiplier: 2}', 400],
  ])('%s survive', async (_, backoff, seconds) => {
    const store = memoryExecutionStore();
    const source = `
- tried:
    try:
      raise: again
    retry: {predicate: '\${retry.always}', max_retries: 3, backoff: ${backoff}}
    except:
      as: e
      steps:
        - out:
            return: '\${e}'
`;
    let now = 0;
    const executors: WorkflowExecutor[] = [];
    const restart = () => {
      executors.at(-1)?.close();
      const clock = manualClock(now);
      executors.push(workflowExecutor({ store, clock }));
      return { executor: executors.at(-1)!, clock };
    };
    const first = restart();
    first.executor.deploy({ workflowId: 'test', source });
    await first.executor.createExecution({ workflowId: 'test', executionId: 'job-1' });
    for (let life = 0; life < 10 && store.loadExecution(name)?.state === 'ACTIVE'; life += 1) {
      const { executor, clock } = restart();
      executor.resumeAll();
      clock.skip();
      now = clock.now();
      await settle();
    }
    expect([store.loadExecution(name)?.result, now]).toEqual(['"again"', seconds * 1000]);
  });

  test('a callback that came before it was awaited is there after the restart', async () => {
    const store = memoryExecutionStore();
    const clock = manualClock(0);
    let url = '';
    const options = {
      ...{ store, clock },
      connectors: {
        'googleapis.test.v1.tell': async (args: Record<string, unknown>) => {
          url = args.url as string;
          return null;
        },
      },
    };
    const first = workflowExecutor(options);
    first.deploy({
      workflowId: 'test',
      source: `
- cb:
    call: events.create_callback_endpoint
    result: cb
- tell:
    call: googleapis.test.v1.tell
    args: {url: '\${cb.url}'}
- nap:
    call: sys.sleep
    args: {seconds: 50}
- wait:
    call: events.await_callback
    args: {callback: '\${cb}'}
    result: got
- done:
    return: '\${got.http_request.body}'
`,
    });
    await first.createExecution({ workflowId: 'test', executionId: 'job-1' });
    await settle();
    const callbackId = url.slice(url.lastIndexOf('/') + 1);
    const headers = { 'content-type': 'text/plain' };
    await first.deliverCallback({ execution: name, callbackId, method: 'POST', headers, body: Buffer.from('early') });
    first.close();
    const second = workflowExecutor(options);
    expect(second.resumeAll()).toBe(1);
    expect((await finish(second, clock, name)).result).toBe('"early"');
    second.close();
  });

  test('it keeps the revision that it began with', async () => {
    const store = memoryExecutionStore();
    const clock = manualClock(0);
    const version = (text: string) =>
      `- nap:\n    call: sys.sleep\n    args: {seconds: 5}\n- done:\n    return: ${text}\n`;
    const first = workflowExecutor({ store, clock });
    first.deploy({ workflowId: 'test', source: version('old') });
    await first.createExecution({ workflowId: 'test', executionId: 'job-1' });
    first.close();
    const second = workflowExecutor({ store, clock });
    second.deploy({ workflowId: 'test', source: version('new') });
    second.resumeAll();
    const execution = await finish(second, clock, name);
    expect([execution.result, execution.workflowRevisionId.slice(0, 6)]).toEqual(['"old"', '000001']);
    second.close();
  });

  test('a snapshot that cannot be read fails its execution and leaves the others running', async () => {
    const store = memoryExecutionStore();
    const clock = manualClock(0);
    const first = workflowExecutor({ store, clock });
    first.deploy({ workflowId: 'test', source: '- nap:\n    call: sys.sleep\n    args: {seconds: 5}\n' });
    await first.createExecution({ workflowId: 'test', executionId: 'job-1' });
    await first.createExecution({ workflowId: 'test', executionId: 'job-2' });
    first.close();
    store.commit([{ name, snapshot: '{"v":99}', entries: [] }]);
    const second = workflowExecutor({ store, clock });
    second.resumeAll();
    expect(second.getExecution(name)).toMatchObject({
      state: 'FAILED',
      error: { payload: expect.stringContaining('SystemError') },
    });
    expect((await finish(second, clock, name.replace('job-1', 'job-2'))).state).toBe('SUCCEEDED');
    second.close();
  });
});
