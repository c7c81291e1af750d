import { describe, expect, test } from '@jest/globals';
import type { LintCode } from '../program/finding.ts';
import { lintWorkflow } from './lint-workflow.ts';

const codes = (source: string) => lintWorkflow(source).map(({ code }) => code);
const steps = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Each rule once broken and once kept, side by side. */
const cases: readonly (readonly [LintCode, string, string, string])[] = [
  ['yaml-syntax', 'a tab as indentation', '- a:\n\tassign: []\n', '- a:\n    assign: []\n'],
  ['yaml-syntax', 'a key twice', '- a:\n    assign: []\n    assign: []\n', '- a:\n    assign: []\n'],
  ['yaml-syntax', 'an anchor', '- a: &x\n    assign: []\n- b: *x\n', '- a:\n    assign: []\n'],
  [
    'source-too-large',
    '128 KB',
    `- a:\n    return: '${'x'.repeat(131_072)}'\n`,
    `- a:\n    return: '${'x'.repeat(130_000)}'\n`,
  ],
  ['structure', 'a step of two kinds', '- a:\n    return: 1\n    raise: x\n', '- a:\n    return: 1\n'],
  ['structure', 'an empty source', '""', '- a:\n    return: 1\n'],
  [
    'structure',
    'a range of three',
    '- a:\n    for:\n      value: v\n      range: [1, 2, 3]\n      steps:\n        - b:\n            assign: []\n',
    '- a:\n    for:\n      value: v\n      range: [1, 2]\n      steps:\n        - b:\n            assign: []\n',
  ],
  ['structure', 'an assignment to a literal', '- a:\n    assign: [{"1": 2}]\n', '- a:\n    assign: [{x: 2}]\n'],
  [
    'structure',
    'try without retry or except',
    '- a:\n    try:\n      raise: x\n',
    '- a:\n    try:\n      raise: x\n    except:\n      steps:\n        - b:\n            assign: []\n',
  ],
  [
    'structure',
    'an unknown exception_policy',
    '- a:\n    parallel:\n      exception_policy: abort\n      branches:\n        - b:\n            assign: []\n',
    '- a:\n    parallel:\n      exception_policy: continueAll\n      branches:\n        - b:\n            assign: []\n',
  ],
  [
    'structure',
    'a ready policy that is not there',
    `- a:\n    try:\n      raise: x\n    retry: '\${http.other}'\n`,
    `- a:\n    try:\n      raise: x\n    retry: '\${http.default_retry}'\n`,
  ],
  [
    'unknown-key',
    'a typing error in a step',
    '- a:\n    asign: []\n    next: end\n',
    '- a:\n    assign: []\n    next: end\n',
  ],
  [
    'unknown-key',
    'args beside assign',
    '- a:\n    assign: []\n    args: {}\n',
    '- a:\n    call: sys.now\n    args: {}\n',
  ],
  [
    'unknown-key',
    'a field of a routine',
    'main:\n  param: [a]\n  steps:\n    - a:\n        return: 1\n',
    'main:\n  params: [a]\n  steps:\n    - a:\n        return: 1\n',
  ],
  [
    'main-missing',
    'only subworkflows',
    'other:\n  steps:\n    - a:\n        return: 1\n',
    'main:\n  steps:\n    - a:\n        return: 1\n',
  ],
  [
    'main-parameters',
    'two parameters',
    'main:\n  params: [a, b]\n  steps:\n    - a:\n        return: 1\n',
    'main:\n  params: [a]\n  steps:\n    - a:\n        return: 1\n',
  ],
  [
    'duplicate-step',
    'a name again, further in',
    '- a:\n    steps:\n      - b:\n          assign: []\n- b:\n    return: 1\n',
    '- a:\n    steps:\n      - b:\n          assign: []\n- c:\n    return: 1\n',
  ],
  [
    'duplicate-step',
    'a branch twice',
    '- a:\n    parallel:\n      branches:\n        - b:\n            assign: []\n        - b:\n            assign: []\n',
    '- a:\n    parallel:\n      branches:\n        - b:\n            assign: []\n        - c:\n            assign: []\n',
  ],
  [
    'expression-syntax',
    'an operator without operand',
    `- a:\n    return: '\${1 +}'\n`,
    `- a:\n    return: '\${1 + 1}'\n`,
  ],
  ['expression-syntax', 'a nested expression', `- a:\n    return: '\${\${1}}'\n`, `- a:\n    return: '\${1}'\n`],
  [
    'expression-too-long',
    '401 characters',
    `- a:\n    return: '\${"${'x'.repeat(396)}"}'\n`,
    `- a:\n    return: '\${"${'x'.repeat(395)}"}'\n`,
  ],
  ['expression-unquoted', 'a plain scalar', `- a:\n    return: \${1 + 1}\n`, `- a:\n    return: '\${1 + 1}'\n`],
  ['expression-embedded', 'text around it', `- a:\n    return: 'x \${1}'\n`, `- a:\n    return: '\${"x " + 1}'\n`],
  [
    'too-many-assignments',
    '51',
    `- a:\n    assign:\n${steps(51, (index) => `      - v${index}: 1`)}\n`,
    `- a:\n    assign:\n${steps(50, (index) => `      - v${index}: 1`)}\n`,
  ],
  [
    'too-many-conditions',
    '51',
    `- a:\n    switch:\n${steps(51, () => '      - condition: false\n        next: end')}\n`,
    `- a:\n    switch:\n${steps(50, () => '      - condition: false\n        next: end')}\n`,
  ],
  [
    'too-many-branches',
    '11',
    `- a:\n    parallel:\n      branches:\n${steps(11, (index) => `        - b${index}:\n            assign: []`)}\n`,
    `- a:\n    parallel:\n      branches:\n${steps(10, (index) => `        - b${index}:\n            assign: []`)}\n`,
  ],
  ['parallel-too-deep', 'three levels', nested(3), nested(2)],
  ['concurrency-out-of-range', '21', concurrency('21'), concurrency('20')],
  ['concurrency-out-of-range', 'a text', concurrency('many'), concurrency(`'\${1 + 1}'`)],
  ['unknown-target', 'a call of nothing', '- a:\n    call: no.such\n', '- a:\n    call: sys.now\n'],
  [
    'unknown-target',
    'a connector that is not there',
    '- a:\n    call: googleapis.storage.v1.objects.get\n',
    '- a:\n    call: googleapis.pubsub.v1.projects.topics.publish\n',
  ],
  ['unknown-function', 'in an expression', `- a:\n    return: '\${no.such(1)}'\n`, `- a:\n    return: '\${len("")}'\n`],
  ['unknown-function', 'as predicate', retry('nothing'), retry('retry.always')],
  [
    'blocking-in-expression',
    'sys.log',
    `- a:\n    return: '\${sys.log(1)}'\n`,
    '- a:\n    call: sys.log\n    args: {text: x}\n',
  ],
  [
    'blocking-in-expression',
    'http.get',
    `- a:\n    return: '\${http.get("http://s")}'\n`,
    "- a:\n    call: http.get\n    args: {url: 'http://s'}\n",
  ],
  ['wrong-arguments', 'a parameter that a subworkflow has not', sub('{a: 1, z: 1}'), sub('{a: 1, b: 1}')],
  ['wrong-arguments', 'a missing argument of a subworkflow', sub('{b: 1}'), sub('{a: 1}')],
  [
    'wrong-arguments',
    'too few in an expression',
    `- a:\n    return: '\${text.split("a")}'\n`,
    `- a:\n    return: '\${text.split("a", "b")}'\n`,
  ],
  [
    'wrong-arguments',
    'an unknown argument of a standard function',
    '- a:\n    call: sys.sleep\n    args: {second: 1}\n',
    '- a:\n    call: sys.sleep\n    args: {seconds: 1}\n',
  ],
  [
    'wrong-arguments',
    'a predicate of two parameters',
    `main:${indent(retry('p'))}p:\n  params: [a, b]\n  steps:\n    - d:\n        return: true\n`,
    `main:${indent(retry('p'))}p:\n  params: [a]\n  steps:\n    - d:\n        return: true\n`,
  ],
  [
    'unknown-next',
    'a step that is not there',
    '- a:\n    next: c\n- b:\n    return: 1\n',
    '- a:\n    next: b\n- b:\n    return: 1\n',
  ],
  [
    'unknown-next',
    'break outside a loop',
    '- a:\n    next: break\n',
    '- a:\n    for:\n      value: v\n      in: []\n      steps:\n        - b:\n            next: break\n',
  ],
  [
    'unknown-next',
    'out of a loop',
    '- a:\n    for:\n      value: v\n      in: []\n      steps:\n        - b:\n            next: c\n- c:\n    return: 1\n',
    '- a:\n    steps:\n      - b:\n          next: c\n- c:\n    return: 1\n',
  ],
  [
    'unknown-next',
    'into a nested list',
    '- a:\n    next: c\n- b:\n    steps:\n      - c:\n          return: 1\n',
    '- a:\n    next: b\n- b:\n    steps:\n      - c:\n          return: 1\n',
  ],
  [
    'unreachable-step',
    'after return',
    '- a:\n    return: 1\n- b:\n    return: 2\n',
    '- a:\n    assign: []\n- b:\n    return: 2\n',
  ],
  [
    'unreachable-step',
    'after a certain switch',
    '- a:\n    switch:\n      - condition: true\n        return: 1\n- b:\n    return: 2\n',
    '- a:\n    switch:\n      - condition: true\n        assign: []\n- b:\n    return: 2\n',
  ],
  [
    'undefined-variable',
    'never assigned',
    `- a:\n    return: '\${x}'\n`,
    `- x:\n    assign: [{x: 1}]\n- a:\n    return: '\${x}'\n`,
  ],
  [
    'undefined-variable',
    'of a loop, after it',
    `- a:\n    for:\n      value: v\n      in: []\n      steps:\n        - b:\n            assign: []\n- c:\n    return: '\${v}'\n`,
    `- a:\n    for:\n      value: v\n      in: []\n      steps:\n        - b:\n            assign: [{w: '\${v}'}]\n`,
  ],
  [
    'undefined-variable',
    'of an except block, after it',
    `- a:\n    try:\n      raise: x\n    except:\n      as: e\n      steps:\n        - b:\n            assign: []\n- c:\n    return: '\${e}'\n`,
    `- a:\n    try:\n      raise: x\n    except:\n      as: e\n      steps:\n        - b:\n            return: '\${e}'\n`,
  ],
  [
    'shared-undeclared',
    'nothing assigns it',
    `- a:\n    parallel:\n      shared: [x]\n      branches:\n        - b:\n            assign: []\n`,
    parallelWrite('[x]'),
  ],
  ['parallel-write', 'an unshared variable', parallelWrite('[]'), parallelWrite('[x]')],
  [
    'parallel-write',
    'a result',
    parallelWrite('[]').replace('assign: [{x: 2}]', 'call: sys.now\n            result: x'),
    parallelWrite('[x]'),
  ],
  [
    'return-in-parallel',
    'in a branch',
    '- a:\n    parallel:\n      branches:\n        - b:\n            return: 1\n',
    '- a:\n    parallel:\n      branches:\n        - b:\n            assign: []\n',
  ],
  [
    'for-under-try',
    'a loop without a name',
    '- a:\n    try:\n      for:\n        value: v\n        in: []\n        steps:\n          - b:\n              assign: []\n    except:\n      steps:\n        - c:\n            assign: []\n',
    '- a:\n    try:\n      steps:\n        - l:\n            for:\n              value: v\n              in: []\n              steps:\n                - b:\n                    assign: []\n    except:\n      steps:\n        - c:\n            assign: []\n',
  ],
  [
    'retry-incomplete',
    'no predicate',
    '- a:\n    try:\n      raise: x\n    retry: {max_retries: 1, backoff: {initial_delay: 1}}\n',
    retry('retry.always'),
  ],
  [
    'environment-name',
    'a reserved beginning',
    `- a:\n    return: '\${sys.get_env("GOOGLE_SECRET")}'\n`,
    `- a:\n    return: '\${sys.get_env("GOOGLE_CLOUD_PROJECT_ID")}'\n`,
  ],
  ['variable-memory', '512 KB for certain', literals(6), literals(5)],
  [
    'variable-memory',
    'a string over 256 KB',
    `- a:\n    assign: [{s: '${'x'.repeat(100_000)}'}]\n- b:\n    assign: [{s: '\${s + s + s}'}]\n`,
    `- a:\n    assign: [{s: '${'x'.repeat(100_000)}'}]\n- b:\n    assign: [{s: '\${s + s}'}]\n`,
  ],
  [
    'wrong-arguments',
    'too many in a list',
    '- a:\n    call: sys.sleep\n    args: [1, 2]\n',
    '- a:\n    call: sys.sleep\n    args: [1]\n',
  ],
  [
    'environment-name',
    'as a call',
    '- a:\n    call: sys.get_env\n    args: {name: WORKFLOWS_X}\n',
    '- a:\n    call: sys.get_env\n    args: {name: ATLAS_BUCKET}\n',
  ],
];

function nested(depth: number): string {
  let inner = 'assign: []';
  for (let level = depth; level > 0; level -= 1) {
    const pad = ' '.repeat(level * 10 - 6);
    inner = `parallel:\n${pad}  branches:\n${pad}    - b${level}:\n${pad}        ${inner}`;
  }
  return `- a:\n    ${inner}\n`;
}

/** A text of 100,000 bytes in this many variables. */
function literals(count: number): string {
  const copies = steps(count - 1, (index) => `      - c${index}: '\${t}'`);
  return `- a:\n    assign:\n      - t: '${'x'.repeat(100_000)}'\n${copies}\n`;
}

function concurrency(limit: string): string {
  return `- a:\n    parallel:\n      concurrency_limit: ${limit}\n      branches:\n        - b:\n            assign: []\n`;
}

function retry(predicate: string): string {
  return `- a:\n    try:\n      raise: x\n    retry: {predicate: '\${${predicate}}', max_retries: 1, backoff: {initial_delay: 1}}\n`;
}

function indent(list: string): string {
  return `\n  steps:\n${list.replace(/^(?=.)/gm, '    ')}`;
}

function sub(args: string): string {
  return `main:\n  steps:\n    - a:\n        call: sub\n        args: ${args}\nsub:\n  params: [a, b: 1]\n  steps:\n    - d:\n        return: '\${a + b}'\n`;
}

function parallelWrite(shared: string): string {
  return `- x:\n    assign: [{x: 1}]\n- a:\n    parallel:\n      shared: ${shared}\n      branches:\n        - b:\n            assign: [{x: 2}]\n`;
}

describe('the linter', () => {
  test.each(cases)('%s: finds %s', (code, _, broken) => {
    expect(codes(broken)).toContain(code);
  });

  test.each(cases)('%s: without %s it finds nothing', (_code, _, __, kept) => {
    expect(lintWorkflow(kept)).toEqual([]);
  });

  test('knows a case for each of its rules', () => {
    const all: Record<LintCode, true> = {
      ...{ 'yaml-syntax': true, 'source-too-large': true, structure: true, 'unknown-key': true, 'main-missing': true },
      ...{ 'main-parameters': true, 'duplicate-step': true, 'expression-syntax': true, 'expression-too-long': true },
      ...{ 'expression-unquoted': true, 'expression-embedded': true },
      ...{ 'too-many-assignments': true, 'too-many-conditions': true, 'too-many-branches': true },
      ...{
        'parallel-too-deep': true,
        'concurrency-out-of-range': true,
        'unknown-target': true,
        'unknown-function': true,
      },
      ...{ 'blocking-in-expression': true, 'wrong-arguments': true, 'unknown-next': true, 'unreachable-step': true },
      ...{ 'undefined-variable': true, 'shared-undeclared': true, 'parallel-write': true, 'return-in-parallel': true },
      ...{ 'for-under-try': true, 'retry-incomplete': true, 'environment-name': true, 'variable-memory': true },
    };
    expect(new Set(cases.map(([code]) => code))).toEqual(new Set(Object.keys(all)));
  });

  test('says where: step, line and column', () => {
    const source = `main:\n  steps:\n    - first:\n        assign:\n          - a: 1\n          - b: '\${a +}'\n`;
    expect(lintWorkflow(source)).toEqual([
      {
        code: 'expression-syntax',
        severity: 'error',
        path: 'main/first',
        line: 6,
        column: 16,
        message: 'the expression ends too early at character 4',
      },
    ]);
  });

  test('finds everything at once, in the order of lines', () => {
    const source = `- a:\n    call: no.such\n- b:\n    next: nowhere\n- c:\n    return: '\${missing}'\n`;
    expect(lintWorkflow(source).map(({ code, line }) => [code, line])).toEqual([
      ['unknown-target', 1],
      ['unknown-next', 4],
      ['undefined-variable', 6],
    ]);
  });

  test.each([
    ['[]'],
    ['null'],
    ['- 1'],
    ['- a: 1'],
    ['main: 1'],
    ['main:\n  steps: x'],
    ['- a:\n    switch: 1'],
    ['- a:\n    for: []'],
  ])('has an error for %j instead of breaking', (source) => {
    expect(lintWorkflow(source).some(({ severity }) => severity === 'error')).toBe(true);
  });
});
