import { describe, expect, test } from '@jest/globals';
import { SourceRefused } from './deployments.ts';
import type { ExecutionResource } from './execution-resource.ts';
import { workflowExecutor } from './executor.ts';
import type { ExecutionLog } from './executor-options.ts';
import type { ExecutionStore } from './store/execution-store.ts';
import { memoryExecutionStore } from './store/memory-execution-store.ts';
import { manualClock } from './testing/manual-clock.ts';
import { finish, outcomeOf, runSource, settle } from './testing/run-source.ts';

const nap = '- nap:\n    call: sys.sleep\n    args: {seconds: 5}\n';

describe('deploy', () => {
  test('the same source keeps its revision, another one gets the next number', () => {
    const executor = workflowExecutor({ store: memoryExecutionStore() });
    const deploy = (text: string) =>
      executor.deploy({ workflowId: 'w', source: `- d:\n    return: ${text}\n` }).revisionId;
    const [first, again, second] = [deploy('a'), deploy('a'), deploy('b')];
    expect([first.slice(0, 6), again, second.slice(0, 6)]).toEqual(['000001', first, '000002']);
  });

  test('a source with errors is refused with all findings', () => {
    const executor = workflowExecutor({ store: memoryExecutionStore() });
    expect.assertions(2);
    try {
      executor.deploy({ workflowId: 'w', source: '- a:\n    next: nowhere\n- b:\n    call: no.such\n' });
    } catch (error) {
      expect(error).toBeInstanceOf(SourceRefused);
      expect((error as SourceRefused).findings.map(({ code }) => code)).toEqual(['unknown-next', 'unknown-target']);
    }
  });

  test('a deployed workflow is there after a restart', async () => {
    const store = memoryExecutionStore();
    workflowExecutor({ store }).deploy({ workflowId: 'w', source: nap });
    const executor = workflowExecutor({ store });
    expect((await executor.createExecution({ workflowId: 'w' })).state).toBe('ACTIVE');
    executor.close();
  });
});

describe('an execution', () => {
  test('is created once for an id', async () => {
    const clock = manualClock();
    const executor = workflowExecutor({ store: memoryExecutionStore(), clock });
    executor.deploy({ workflowId: 'w', source: nap });
    const request = { workflowId: 'w', executionId: 'job-1', labels: { tenant: 't' } };
    const first = await executor.createExecution(request);
    expect(first.labels).toEqual({ tenant: 't' });
    await expect(executor.createExecution(request)).rejects.toMatchObject({ status: 'ALREADY_EXISTS', code: 409 });
    await finish(executor, clock, first.name);
    await expect(executor.createExecution(request)).rejects.toMatchObject({ status: 'ALREADY_EXISTS' });
  });

  test('tells listeners when it ends, and where it is until then', async () => {
    const clock = manualClock();
    const executor = workflowExecutor({ store: memoryExecutionStore(), clock });
    executor.deploy({ workflowId: 'w', source: nap });
    const ended: ExecutionResource[] = [];
    executor.onFinished(() => {
      throw new Error('a listener that fails harms nobody');
    });
    const stop = executor.onFinished((execution) => ended.push(execution));
    const { name, status } = await executor.createExecution({ workflowId: 'w' });
    expect(status.currentSteps).toEqual([{ routine: 'main', step: 'nap' }]);
    await finish(executor, clock, name);
    stop();
    const other = await executor.createExecution({ workflowId: 'w' });
    await finish(executor, clock, other.name);
    expect(ended.map((execution) => [execution.name, execution.state])).toEqual([[name, 'SUCCEEDED']]);
  });

  test('that is cancelled gives up what it waits for', async () => {
    let aborted = false;
    const executor = workflowExecutor({
      store: memoryExecutionStore(),
      connectors: {
        'googleapis.test.v1.hang': (_, { signal }) =>
          new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              aborted = true;
              reject(new Error('aborted'));
            }),
          ),
      },
    });
    executor.deploy({ workflowId: 'w', source: '- h:\n    call: googleapis.test.v1.hang\n' });
    const { name } = await executor.createExecution({ workflowId: 'w' });
    expect((await executor.cancelExecution(name)).state).toBe('CANCELLED');
    await settle();
    expect([aborted, executor.getExecution(name).state]).toEqual([true, 'CANCELLED']);
    expect(executor.stepEntries(name).map(({ step, state }) => [step, state])).toEqual([['h', 'STATE_CANCELLED']]);
  });

  test('whose state cannot be written fails alone and holds up no other', async () => {
    const clock = manualClock();
    const logged: ExecutionLog[] = [];
    const executor = workflowExecutor({
      store: memoryExecutionStore(),
      clock,
      log: (entry) => logged.push(entry),
    });
    const deep = '- a:\n    assign: [{l: []}]\n- b:\n    for:\n      value: v\n      range: [1, 15000]\n';
    const nest = `      steps:\n        - c:\n            assign: [{l: '\${[l]}'}]\n${nap}`;
    executor.deploy({ workflowId: 'deep', source: deep + nest });
    executor.deploy({ workflowId: 'flat', source: nap });
    const bad = await executor.createExecution({ workflowId: 'deep' });
    const good = await executor.createExecution({ workflowId: 'flat' });
    expect((await finish(executor, clock, bad.name)).error?.payload).toContain('SystemError');
    expect((await finish(executor, clock, good.name)).state).toBe('SUCCEEDED');
    expect(logged.some(({ severity }) => severity === 'CRITICAL')).toBe(true);
    executor.close();
  });

  test('shows the first 10,000 steps of its history', async () => {
    const source = `
- each:
    for:
      value: v
      range: [1, 11000]
      steps:
        - one:
            assign: [{a: '\${v}'}]
`;
    const { executor, execution } = await runSource(source);
    expect([execution.state, executor.stepEntries(execution.name).length]).toEqual(['SUCCEEDED', 10_000]);
  });

  test('writes its log with the severity', async () => {
    const lines: ExecutionLog[] = [];
    const source =
      '- l:\n    call: sys.log\n    args: {json: {a: 1}, severity: WARNING}\n- m:\n    call: sys.log\n    args: {text: hi}\n';
    const { execution } = await runSource(source, { log: (entry) => lines.push(entry) });
    expect(lines).toEqual([
      { execution: execution.name, severity: 'WARNING', data: new Map([['a', 1n]]) },
      { execution: execution.name, severity: 'DEFAULT', data: 'hi' },
    ]);
  });

  test('reads its environment', async () => {
    const names = ['PROJECT_ID', 'LOCATION', 'WORKFLOW_ID', 'WORKFLOW_EXECUTION_ATTEMPT'].map(
      (name) => `sys.get_env("GOOGLE_CLOUD_${name}")`,
    );
    const source = `- d:\n    return: '\${[sys.get_env("ATLAS_BUCKET"), ${names.join(', ')}]}'\n`;
    const options = { project: 'p', location: 'eu', environment: { ATLAS_BUCKET: 'b' } };
    expect(await outcomeOf(source, options)).toBe('["b","p","eu","test","1"]');
  });

  test('has no variables that nobody gave', async () => {
    const source = `- d:\n    return: '\${sys.get_env("constructor", "none")}'\n`;
    expect(await outcomeOf(source, { environment: {} })).toBe('"none"');
  });

  test.each([
    [{ GOOGLE_X: '1' }],
    [{ WORKFLOWS_X: '1' }],
    [{ 'a b': '1' }],
    [{ A: 'x'.repeat(5000) }],
    [Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`A${index}`, '1']))],
  ])('the environment %.40j is refused', (environment) => {
    expect(() => workflowExecutor({ store: memoryExecutionStore(), environment })).toThrow(
      /INVALID_ARGUMENT|environment|bytes/,
    );
  });

  test('is neither acknowledged nor begun when it cannot be stored, and nothing is lost when it can again', async () => {
    const store = memoryExecutionStore();
    let down = true;
    let called = 0;
    const flaky: ExecutionStore = {
      ...store,
      commit(changes) {
        if (down) throw new Error('disk full');
        store.commit(changes);
      },
    };
    const executor = workflowExecutor({
      store: flaky,
      connectors: { 'googleapis.test.v1.count': async () => ++called },
    });
    executor.deploy({ workflowId: 'w', source: '- c:\n    call: googleapis.test.v1.count\n' });
    const request = { workflowId: 'w', executionId: 'e' };
    await expect(executor.createExecution(request)).rejects.toMatchObject({ status: 'UNAVAILABLE', code: 503 });
    await settle();
    expect(called).toBe(0);
    down = false;
    const ended = new Promise<ExecutionResource>((resolve) => executor.onFinished(resolve));
    expect((await ended).state).toBe('SUCCEEDED');
    expect(called).toBe(1);
  });
});
