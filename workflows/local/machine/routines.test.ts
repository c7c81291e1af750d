import { describe, expect, test } from '@jest/globals';
import { errorOf, outcomeOf, runSource } from '../testing/run-source.ts';

describe('call and subworkflows', () => {
  const add = `
add:
  params: [a, b: 10]
  steps:
    - sum:
        return: '\${a + b}'
`;
  const main = (steps: string) => `main:\n  steps:\n${steps.replace(/^/gm, '    ')}\n`;

  test.each([
    ['named arguments', `- c:\n    call: add\n    args: {b: 2, a: 1}\n    result: r\n- d:\n    return: '\${r}'`, '3'],
    [
      'a default for a missing argument',
      `- c:\n    call: add\n    args: {a: 1}\n    result: r\n- d:\n    return: '\${r}'`,
      '11',
    ],
    [
      'arguments from an expression',
      `- m:\n    assign: [{m: {a: 4, b: 5}}]\n- c:\n    call: add\n    args: '\${m}'\n    result: r\n- d:\n    return: '\${r}'`,
      '9',
    ],
    ['positional arguments in an expression', `- d:\n    return: '\${add(1, 2) * add(3)}'`, '39'],
    ['a call inside a call', `- d:\n    return: '\${add(add(1, 1), add(2, 2))}'`, '6'],
    [
      'a call in an assignment, a condition and an index',
      `- a:\n    assign: [{l: [7, 8]}, {'l[add(0, 1)]': '\${add(1, 1)}'}]\n- s:\n    switch:\n      - condition: '\${add(1, 1) == 2}'\n        return: '\${l}'`,
      '[7,2]',
    ],
    [
      'arguments as a list, in the order of the parameters',
      `- c:\n    call: text.split\n    args: ['a b', '\${" "}']\n    result: r\n- d:\n    call: add\n    args: [1]\n    result: n\n- e:\n    return: '\${[r, n]}'`,
      '[["a","b"],11]',
    ],
    [
      'a standard function as a step',
      `- c:\n    call: text.split\n    args: {source: 'a,b', separator: ','}\n    result: r\n- d:\n    return: '\${r}'`,
      '["a","b"]',
    ],
  ])('%s', async (_, steps, expected) => {
    expect(await outcomeOf(main(steps) + add)).toBe(expected);
  });

  test('a subworkflow sees only its parameters', async () => {
    const source = `
main:
  steps:
    - set:
        assign: [{secret: 1}]
    - c:
        call: peek
        result: r
    - d:
        return: '\${r}'
peek:
  steps:
    - try:
        try:
          steps:
            - read:
                assign: [{seen: '\${secret}'}]
        except:
          as: e
          steps:
            - out:
                return: '\${e.tags[0]}'
    - late:
        assign: [{secret: 2}]
`;
    expect(await outcomeOf(source)).toBe('"KeyError"');
  });

  test('a subworkflow without return answers null', async () => {
    const source = `main:\n  steps:\n    - d:\n        return: '\${quiet()}'\nquiet:\n  steps:\n    - x:\n        assign: [{a: 1}]\n`;
    expect(await outcomeOf(source)).toBe('null');
  });

  test('undocumented by Google: the call depth of 20 counts main', async () => {
    const source = (depth: number) => `
main:
  steps:
    - go:
        return: '\${down(${depth})}'
down:
  params: [n]
  steps:
    - check:
        switch:
          - condition: '\${n <= 1}'
            return: bottom
    - deeper:
        return: '\${down(n - 1)}'
`;
    expect(await outcomeOf(source(19))).toBe('"bottom"');
    expect(await errorOf(source(20))).toMatchObject({ tags: ['RecursionError'] });
  });

  test('main takes the argument, or null when there is none', async () => {
    const source = `main:\n  params: [args]\n  steps:\n    - d:\n        return: '\${args}'\n`;
    expect(await outcomeOf(source, { argument: { n: 1, list: [1.5, 'x', null] } })).toBe(
      '{"n":1,"list":[1.5,"x",null]}',
    );
    expect(await outcomeOf(source)).toBe('null');
  });
});

describe('try, except and raise', () => {
  const attempt = (body: string, handler: string) => `
- init:
    assign: [{log: []}]
- tried:
    try:
      steps:
${body.replace(/^/gm, '        ')}
    except:
      as: e
      steps:
${handler.replace(/^/gm, '        ')}
- done:
    return: '\${log}'
`;

  test.each([
    ['a raised string is the error itself', '- r:\n    raise: oops', `- n:\n    assign: [{log: '\${e}'}]`, '"oops"'],
    [
      'a raised map is the error itself',
      '- r:\n    raise: {code: 55, message: bad}',
      `- n:\n    assign: [{log: '\${e.code}'}]`,
      '55',
    ],
    [
      'an error of the language has message and tags',
      `- r:\n    assign: [{x: '\${1 / 0}'}]`,
      `- n:\n    assign: [{log: '\${e}'}]`,
      '{"message":"ZeroDivisionError: division by zero","tags":["ZeroDivisionError","ArithmeticError"]}',
    ],
    [
      'an error leaves loops',
      '- l:\n    for:\n      value: v\n      in: [1]\n      steps:\n        - r:\n            raise: out',
      `- n:\n    assign: [{log: '\${e}'}]`,
      '"out"',
    ],
    ['except may return', '- r:\n    raise: x', `- n:\n    return: '\${e + "!"}'`, '"x!"'],
    [
      'except may jump to an outer step',
      '- r:\n    raise: x',
      '- n:\n    assign: [{log: jumped}]\n    next: done',
      '"jumped"',
    ],
    ['except may raise again', '- r:\n    raise: x', `- n:\n    raise: '\${e}'`, 'raised x'],
    [
      'without an error except is skipped',
      '- r:\n    assign: [{log: fine}]',
      '- n:\n    assign: [{log: wrong}]',
      '"fine"',
    ],
  ])('%s', async (_, body, handler, expected) => {
    expect(await outcomeOf(attempt(body, handler))).toBe(expected);
  });

  test('an error passes through a subworkflow to the caller', async () => {
    const source = `
main:
  steps:
    - t:
        try:
          call: fail
        except:
          as: e
          steps:
            - out:
                return: '\${e}'
fail:
  steps:
    - r:
        raise: inside
`;
    expect(await outcomeOf(source)).toBe('"inside"');
  });

  test('variables of the try body stay, those of the except block do not', async () => {
    const source = `
- tried:
    try:
      steps:
        - set:
            assign: [{kept: 1}]
        - fail:
            raise: x
    except:
      as: e
      steps:
        - local:
            assign: [{lost: 1}, {kept: 2}]
- probe:
    try:
      steps:
        - read:
            return: '\${lost}'
    except:
      as: e
      steps:
        - out:
            return: '\${[kept, e.tags[0]]}'
- elsewhere:
    assign: [{lost: 0}]
`;
    expect(await outcomeOf(source)).toBe('[2,"KeyError"]');
  });

  test('an uncaught error fails the execution with payload, context and stack trace', async () => {
    const source = `
main:
  steps:
    - start:
        call: deeper
deeper:
  steps:
    - ok:
        assign: [{a: 1}]
    - bad:
        raise: {code: 7, message: broken}
`;
    const { execution } = await runSource(source);
    expect(execution).toMatchObject({
      state: 'FAILED',
      error: {
        payload: '{"code":7,"message":"broken"}',
        context: expect.stringContaining('in step "bad", routine "deeper", line: 10'),
        stackTrace: {
          elements: [
            { routine: 'deeper', step: 'bad', position: { line: '10', column: '7' } },
            { routine: 'main', step: 'start', position: { line: '4', column: '7' } },
          ],
        },
      },
    });
    expect(execution).not.toHaveProperty('result');
  });

  test('bytes cannot be the result of a workflow', async () => {
    expect(await errorOf(`- d:\n    return: '\${text.encode("a")}'\n`)).toMatchObject({ tags: ['ValueError'] });
  });
});

describe('limits', () => {
  test.each([
    ['sys.sleep', '{seconds: -1}'],
    ['sys.sleep', '{seconds: 1.0e300}'],
    ['events.create_callback_endpoint', '{http_callback_method: BREW}'],
    ['sys.log', '{text: x, severity: LOUD}'],
  ])('%s %s is a ValueError', async (call, args) => {
    expect(await errorOf(`- c:\n    call: ${call}\n    args: ${args}\n`)).toMatchObject({ tags: ['ValueError'] });
  });

  test.each([
    ['nothing to log', '{severity: INFO}'],
    ['two things to log', '{text: a, data: b}'],
    ['json that is no map', '{json: [1]}'],
    ['bytes', `{data: '\${text.encode("a")}'}`],
    ['no map and no list', 'x'],
    ['too many in a list', `'\${[1, "INFO", null, null, 1, 2]}'`],
  ])('sys.log with %s is a TypeError', async (_, args) => {
    expect(await errorOf(`- c:\n    call: sys.log\n    args: ${args}\n`)).toMatchObject({ tags: ['TypeError'] });
  });

  test('variables may take 512 KB together; beyond that an assignment raises and changes nothing', async () => {
    const source = `
- init:
    assign: [{chunk: "${'x'.repeat(50_000)}"}, {all: []}, {rounds: 0}]
- each:
    for:
      value: v
      range: [1, 20]
      steps:
        - t:
            try:
              steps:
                - add:
                    assign: [{all: '\${list.concat(all, chunk)}'}, {rounds: '\${rounds + 1}'}]
            except:
              as: e
              steps:
                - out:
                    return: '\${[rounds, len(all), e.tags[0]]}'
`;
    expect(await outcomeOf(source)).toBe('[9,9,"ResourceLimitError"]');
  });

  test('memory of scopes that ended is free again', async () => {
    const source = `
- each:
    for:
      value: v
      range: [1, 40]
      steps:
        - add:
            assign: [{big: "${'x'.repeat(50_000)}"}]
- done:
    return: ok
`;
    expect(await outcomeOf(source)).toBe('"ok"');
  });

  test('a string may have 256 KB', async () => {
    const source = `
- a:
    assign: [{s: "${'x'.repeat(65_536)}"}, {rounds: 0}]
- b:
    for:
      value: v
      range: [1, 3]
      steps:
        - double:
            try:
              steps:
                - grow:
                    assign: [{s: '\${s + s}'}, {rounds: '\${rounds + 1}'}]
            except:
              as: e
              steps:
                - out:
                    return: '\${[rounds, len(s), e.tags[0]]}'
`;
    expect(await outcomeOf(source)).toBe('[2,262144,"ResourceLimitError"]');
  });

  test('nothing is free: lists of lists reach the limit too, however much they share', async () => {
    const source = `
- a:
    assign: [{l: []}]
- b:
    for:
      value: v
      range: [1, 60]
      steps:
        - double:
            assign: [{l: '\${[l, l]}'}]
`;
    expect(await errorOf(source)).toMatchObject({ tags: ['ResourceLimitError'] });
  });

  test('an execution may run 100,000 steps; undocumented by Google: beyond that nothing catches the error', async () => {
    const source = `
- again:
    try:
      steps:
        - loop:
            for:
              value: v
              range: [1, 1000000]
              steps:
                - nothing:
                    assign: []
    except:
      steps:
        - caught:
            return: caught
`;
    expect(await errorOf(source)).toMatchObject({ tags: ['ResourceLimitError'] });
  });
});
