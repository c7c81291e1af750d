import { describe, expect, test } from '@jest/globals';
import type { Connectors } from '../calls/connectors.ts';
import type { Json } from '../json-text.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { errorOf, outcomeOf } from '../testing/run-source.ts';

const parallelFor = (options: string, steps: string, items = '[1, 2, 3]') => `
- init:
    assign: [{out: []}, {other: 0}, {items: ${items}}]
- fan:
    parallel:
${options.replace(/^/gm, '      ')}
      for:
        value: v
        in: '\${items}'
        steps:
${steps.replace(/^/gm, '          ')}
- done:
    return: '\${out}'
`;
const collect = `- add:\n    assign: [{out: '\${list.concat(out, v)}'}]`;
const wait = '- wait:\n    call: googleapis.test.v1.slow\n    args: {v: 1}\n';

/** A connector that counts how many of its calls run at the same time. */
function slow() {
  let running = 0;
  let most = 0;
  const connectors: Connectors = {
    'googleapis.test.v1.slow': async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return null;
    },
  };
  return { connectors, most: () => most };
}

describe('parallel', () => {
  test('branches run together, each sleeping its own time', async () => {
    const clock = manualClock(0);
    const source = `
- init:
    assign: [{out: []}]
- fan:
    parallel:
      shared: [out]
      branches:
        - slow:
            steps:
              - s1:
                  call: sys.sleep
                  args: {seconds: 20}
              - a1:
                  assign: [{out: '\${list.concat(out, "slow")}'}]
        - quick:
            steps:
              - s2:
                  call: sys.sleep
                  args: {seconds: 10}
              - a2:
                  assign: [{out: '\${list.concat(out, "quick")}'}]
- done:
    return: '\${out}'
`;
    expect(await outcomeOf(source, { clock })).toBe('["quick","slow"]');
    expect(clock.now()).toBe(20_000);
  });

  test('iterations collect into a shared list', async () => {
    expect(await outcomeOf(parallelFor('shared: [out]', collect))).toBe('[1,2,3]');
  });

  test('an empty list and unshared locals are fine', async () => {
    expect(await outcomeOf(parallelFor('shared: [out]', collect, '[]'))).toBe('[]');
    expect(await outcomeOf(parallelFor('shared: [out]', '- local:\n    assign: [{mine: 1}]'))).toBe('[]');
  });

  test.each([
    ['1', 1],
    ['2', 2],
    [`'\${1 + 2}'`, 3],
  ])('concurrency_limit %s lets that many run at a time', async (limit, expected) => {
    const { connectors, most } = slow();
    const source = parallelFor(`shared: [out]\nconcurrency_limit: ${limit}`, wait + collect, '[1, 2, 3, 4, 5, 6]');
    expect(await outcomeOf(source, { connectors })).toBe('[1,2,3,4,5,6]');
    expect(most()).toBe(expected);
  });

  test('20 branches and iterations run at a time in an execution, nested ones counted', async () => {
    const { connectors, most } = slow();
    const inner = `- fan2:\n    parallel:\n      shared: [out]\n      for:\n        value: w\n        range: [1, 10]\n        steps:\n${(wait + collect).replace(/^/gm, '          ')}`;
    const source = parallelFor('shared: [out]', inner, '[1, 2, 3, 4, 5]');
    expect(JSON.parse(await outcomeOf(source, { connectors }))).toHaveLength(50);
    expect(most()).toBe(20);
  });

  test('all branches run to their end, then one error names those that failed', async () => {
    const source = `
- init:
    assign: [{out: []}]
- tried:
    try:
      steps:
        - fan:
            parallel:
              shared: [out]
              for:
                value: v
                in: [1, 2, 3]
                steps:
                  - odd:
                      switch:
                        - condition: '\${v != 2}'
                          raise: {code: '\${v}', message: odd}
                  - add:
                      assign: [{out: '\${list.concat(out, v)}'}]
    except:
      as: e
      steps:
        - out:
            return: '\${[out, e.tags, e.truncated, e.branches[0].id, e.branches[1].id, e.branches[1].error.payload]}'
`;
    expect(JSON.parse(await outcomeOf(source))).toEqual([
      [2],
      ['UnhandledBranchError', 'RuntimeError'],
      false,
      '0',
      '2',
      { code: 3, message: 'odd' },
    ]);
  });

  test('a failed branch is named; undocumented by Google: its error has a context and a payload', async () => {
    const source = `
- fan:
    parallel:
      branches:
        - good:
            steps:
              - a:
                  assign: [{x: 1}]
        - bad:
            steps:
              - b:
                  raise: no
`;
    const error = (await errorOf(source)) as { branches: { id: string; error: Json }[]; message: string };
    expect(error.message).toMatch(/^UnhandledBranchError: One or more branches/);
    expect(error.branches).toEqual([
      { id: 'bad', error: { context: expect.stringContaining('in step "b"') as unknown as string, payload: 'no' } },
    ]);
  });

  test('iterations that do not even begin, for want of memory, fail one by one and hold nobody up', async () => {
    const source = `
- init:
    assign: [{text: "${'x'.repeat(100_000)}"}]
- fill:
    assign: [{all: '\${[text, text, text, "${'y'.repeat(90)}"]}'}, {done: 0}]
- make:
    assign: [{b: '\${text.substring(text, 0, 99000)}'}]
- fan:
    parallel:
      shared: [done]
      for:
        value: v
        in: '\${[b + "1", b + "2", b + "3", 4, ${Array.from({ length: 90 }, () => 'b').join(', ')}]}'
        steps:
          - count:
              assign: [{done: '\${done + 1}'}]
`;
    const error = (await errorOf(source)) as { branches: { error: { payload: { tags: string[] } } }[] };
    expect(error.branches.length).toBeGreaterThan(60);
    expect(new Set(error.branches.map((branch) => branch.error.payload.tags[0]))).toEqual(
      new Set(['ResourceLimitError']),
    );
  });

  test('an error that the branch handles does not reach the parallel step', async () => {
    const steps = `- t:\n    try:\n      raise: x\n    except:\n      steps:\n        - n:\n            assign: [{out: '\${list.concat(out, v)}'}]`;
    expect(await outcomeOf(parallelFor('shared: [out]', steps))).toBe('[1,2,3]');
  });

  test('at most 100 errors are kept', async () => {
    const source = `
- fan:
    parallel:
      for:
        value: v
        range: [1, 130]
        steps:
          - bad:
              raise: x
`;
    const error = (await errorOf(source)) as { branches: unknown[]; truncated: boolean };
    expect([error.branches.length, error.truncated]).toEqual([100, true]);
  });

  test('a third level of parallel steps, reached through a subworkflow, is a ParallelNestingError', async () => {
    const level = (body: string) =>
      `    - fan:\n        parallel:\n          branches:\n            - b:\n                steps:\n                  - go:\n                      ${body}\n`;
    const source = `main:\n  steps:\n${level('call: two')}two:\n  steps:\n${level('call: three')}three:\n  steps:\n${level('assign: [{a: 1}]')}`;
    expect(JSON.stringify(await errorOf(source))).toContain('ParallelNestingError');
  });

  test('a shared variable that is not there yet is a KeyError', async () => {
    const source = `
- fan:
    parallel:
      shared: [late]
      branches:
        - b:
            steps:
              - s:
                  assign: [{late: 1}]
- set:
    assign: [{late: 2}]
`;
    expect(await errorOf(source)).toMatchObject({ tags: ['KeyError', 'LookupError'] });
  });

  test('a concurrency_limit below 1 is a ValueError', async () => {
    const source = parallelFor(`shared: [out]\nconcurrency_limit: '\${0}'`, collect);
    expect(await errorOf(source)).toMatchObject({ tags: ['ValueError'] });
  });

  test('undocumented by Google: return ends its branch only', async () => {
    expect(await outcomeOf(parallelFor('shared: [out]', `${collect}\n- out:\n    return: 5`))).toBe('[1,2,3]');
  });
});
