import { describe, expect, test } from '@jest/globals';
import { errorOf, outcomeOf } from '../testing/run-source.ts';

/** A main that runs assignments and returns an expression. */
const assign = (assignments: string, result: string) => `
- set:
    assign: [${assignments}]
- done:
    return: '\${${result}}'
`;

describe('assign', () => {
  test.each([
    ['runs in order', `{a: 1}, {b: '\${a + 1}'}`, '[a, b]', '[1,2]'],
    ['sets a map key with a dot', '{m: {}}, {m.a: 1}', 'm', '{"a":1}'],
    ['sets a map key in brackets', `{m: {}}, {'m["a b"]': 1}`, 'm', '{"a b":1}'],
    ['creates missing map levels', '{m: {}}, {m.a.b.c: 1}', 'm', '{"a":{"b":{"c":1}}}'],
    ['sets a list element', "{l: [1, 2]}, {'l[0]': 9}", 'l', '[9,2]'],
    ['sets a list element at an expression', "{l: [1, 2]}, {i: 0}, {'l[i + 1]': 9}", 'l', '[1,9]'],
    ['sets inside lists and maps', "{l: [{a: [0]}]}, {'l[0].a[0]': 1}", 'l', '[{"a":[1]}]'],
    ['sets a key that a variable names', "{k: x}, {m: {}}, {'m[k]': 1}", 'm', '{"x":1}'],
    ['keeps INTEGER and DOUBLE apart', '{a: 1}, {b: 1.0}', '[get_type(a), get_type(b)]', '["integer","double"]'],
    ['reads yes as text and True as BOOLEAN', '{a: yes}, {b: True}', '[a, b]', '["yes",true]'],
    ['evaluates expressions inside lists and maps', `{a: 1}, {b: [{c: '\${a}'}]}`, 'b', '[{"c":1}]'],
    ['reads a default for a missing key', '{m: {}}', 'default(map.get(m, ["a", "b"]), "none")', '"none"'],
  ])('%s', async (_, assignments, result, expected) => {
    expect(await outcomeOf(assign(assignments, result))).toBe(expected);
  });

  test.each([
    ['an index beyond the end', "{l: [1]}, {'l[1]': 2}", 'IndexError'],
    ['a negative index', "{l: [1]}, {'l[-1]': 2}", 'IndexError'],
    ['a key of a list', '{l: [1]}, {l.a: 2}', 'TypeError'],
    ['a key of a string', '{s: text}, {s.a: 2}', 'TypeError'],
  ])('raises for %s', async (_, assignments, tag) => {
    expect(await errorOf(assign(assignments, 'null'))).toMatchObject({ tags: expect.arrayContaining([tag]) });
  });

  test.each([
    ['a key of null', '{n: null}, {n.a: 2}', 'TypeError'],
    ['a boolean as key', "{m: {}}, {'m[true]': 2}", 'TypeError'],
  ])('undocumented by Google: raises for %s', async (_, assignments, tag) => {
    expect(await errorOf(assign(assignments, 'null'))).toMatchObject({ tags: expect.arrayContaining([tag]) });
  });

  test('undocumented by Google: assigning a list or map copies it', async () => {
    expect(await outcomeOf(assign(`{a: {x: 1}}, {b: '\${a}'}, {b.x: 2}`, '[a.x, b.x]'))).toBe('[1,2]');
  });

  test('undocumented by Google: a missing variable is created when a key of it is set', async () => {
    expect(await outcomeOf(assign('{m.a: 1}', 'm'))).toBe('{"a":1}');
  });

  test('undocumented by Google: a variable that was not assigned yet is a KeyError', async () => {
    const source = `
- pick:
    switch:
      - condition: false
        assign: [{late: 1}]
- done:
    return: '\${late}'
`;
    expect(await errorOf(source)).toEqual({
      message: 'KeyError: variable not found: late',
      tags: ['KeyError', 'LookupError'],
    });
  });
});

describe('switch, next and steps', () => {
  const grade = (score: number) => `
- init:
    assign: [{score: ${score}}]
- pick:
    switch:
      - condition: '\${score > 90}'
        next: top
      - condition: '\${score > 50}'
        steps:
          - note:
              assign: [{mark: pass}]
          - out:
              next: done
      - condition: '\${score == 13}'
        raise: unlucky
      - condition: '\${score == 7}'
        return: lucky
    next: low
- top:
    assign: [{mark: top}]
    next: done
- low:
    assign: [{mark: low}]
- done:
    return: '\${mark}'
`;
  test.each([
    [95, '"top"'],
    [60, '"pass"'],
    [13, 'raised unlucky'],
    [7, '"lucky"'],
    [1, '"low"'],
  ])('the first condition that holds wins: %d', async (score, expected) => {
    expect(await outcomeOf(grade(score))).toBe(expected);
  });

  test('an entry may have both steps and next', async () => {
    const source = `
- pick:
    switch:
      - condition: true
        steps:
          - one:
              assign: [{a: 1}]
          - two:
              assign: [{a: '\${a + 1}'}]
        next: done
- skipped:
    assign: [{a: 9}]
- done:
    return: '\${a}'
`;
    expect(await outcomeOf(source)).toBe('2');
  });

  test('a switch without a match and without next falls through', async () => {
    const source = `
- pick:
    switch:
      - condition: false
        return: never
- done:
    return: fell
`;
    expect(await outcomeOf(source)).toBe('"fell"');
  });

  test('steps of a switch entry go on after the switch', async () => {
    const source = `
- pick:
    switch:
      - condition: true
        steps:
          - one:
              assign: [{a: 1}]
- done:
    return: '\${a}'
`;
    expect(await outcomeOf(source)).toBe('1');
  });

  test('a condition that is not a boolean is a TypeError', async () => {
    const source = `
- pick:
    switch:
      - condition: '\${1}'
        return: never
`;
    expect(await errorOf(source)).toMatchObject({ tags: ['TypeError'] });
  });

  test('next jumps backwards too', async () => {
    const source = `
- init:
    assign: [{n: 0}]
- count:
    assign: [{n: '\${n + 1}'}]
- again:
    switch:
      - condition: '\${n < 5}'
        next: count
- done:
    return: '\${n}'
`;
    expect(await outcomeOf(source)).toBe('5');
  });

  test('nested steps share the scope and may jump out', async () => {
    const source = `
- group:
    steps:
      - one:
          assign: [{a: 1}]
      - leave:
          next: done
- skipped:
    assign: [{a: 2}]
- done:
    return: '\${a}'
`;
    expect(await outcomeOf(source)).toBe('1');
  });

  test('next: end ends the workflow with null', async () => {
    const source = `
- stop:
    assign: [{a: 1}]
    next: end
`;
    expect(await outcomeOf(source)).toBe('null');
  });

  test('a workflow that runs out of steps returns null', async () => {
    expect(await outcomeOf('- only:\n    assign: [{a: 1}]\n')).toBe('null');
  });
});

describe('for', () => {
  const loop = (head: string, body: string, result = 'out') => `
- init:
    assign: [{out: []}]
- each:
    for:
${head.replace(/^/gm, '      ')}
      steps:
${body.replace(/^/gm, '        ')}
- done:
    return: '\${${result}}'
`;
  const collect = `- add:\n    assign: [{out: '\${list.concat(out, v)}'}]`;

  test.each([
    ['a list', 'value: v\nin: [1, a, null]', collect, '[1,"a",null]'],
    ['an expression', `value: v\nin: '\${[3, 4]}'`, collect, '[3,4]'],
    ['the keys of a map', `value: v\nin: '\${keys(json.decode("{\\"x\\": 1, \\"y\\": 2}"))}'`, collect, '["x","y"]'],
    ['a range, both ends included', 'value: v\nrange: [1, 4]', collect, '[1,2,3,4]'],
    ['a range of expressions', `value: v\nrange: ['\${1 + 1}', '\${len("abc")}']`, collect, '[2,3]'],
    ['an empty range', 'value: v\nrange: [2, 1]', collect, '[]'],
    ['an empty list', 'value: v\nin: []', collect, '[]'],
    ['with an index', 'value: v\nindex: i\nin: [5, 6]', collect.replace('out, v', 'out, v * 10 + i'), '[50,61]'],
  ])('runs over %s', async (_, head, body, expected) => {
    expect(await outcomeOf(loop(head, body))).toBe(expected);
  });

  test('break leaves the loop and continue skips the rest of a round', async () => {
    const body = `- pick:
    switch:
      - condition: '\${v == 2}'
        next: continue
      - condition: '\${v == 4}'
        next: break
${collect}`;
    expect(await outcomeOf(loop('value: v\nrange: [1, 9]', body))).toBe('[1,3]');
  });

  test('loops nest, and break leaves the inner one', async () => {
    const body = `- inner:
    for:
      value: w
      in: [1, 2, 3]
      steps:
        - add:
            assign: [{out: '\${list.concat(out, v * w)}'}]
        - stop:
            switch:
              - condition: '\${w == 2}'
                next: break`;
    expect(await outcomeOf(loop('value: v\nin: [1, 10]', body))).toBe('[1,2,10,20]');
  });

  test('return inside a loop returns from the workflow', async () => {
    expect(await outcomeOf(loop('value: v\nin: [1, 2]', `- out:\n    return: '\${v}'`))).toBe('1');
  });

  test('what a loop creates is gone after it, what was there before is changed in place', async () => {
    const source = `
- init:
    assign: [{sum: 0}]
- each:
    for:
      value: v
      in: [1, 2]
      steps:
        - add:
            assign: [{sum: '\${sum + v}'}, {inner: 1}]
- probe:
    try:
      steps:
        - read:
            assign: [{seen: '\${inner}'}]
    except:
      as: e
      steps:
        - out:
            return: '\${[sum, e.tags[0]]}'
- inner_elsewhere:
    assign: [{inner: 2}]
`;
    expect(await outcomeOf(source)).toBe('[3,"KeyError"]');
  });

  test('undocumented by Google: each round begins without the variables of the round before', async () => {
    const body = `- probe:
    try:
      steps:
        - read:
            assign: [{out: '\${list.concat(out, local)}'}]
    except:
      steps:
        - note:
            assign: [{out: '\${list.concat(out, "fresh")}'}]
- set:
    assign: [{local: 1}]`;
    expect(await outcomeOf(loop('value: v\nin: [1, 2]', body))).toBe('["fresh","fresh"]');
  });

  test.each([
    ['a map', 'in: {a: 1}'],
    ['a string', 'in: abc'],
    ['a range of doubles', 'range: [1.0, 2.0]'],
  ])('over %s is a TypeError', async (_, head) => {
    expect(await errorOf(loop(`value: v\n${head}`, collect))).toMatchObject({ tags: ['TypeError'] });
  });
});
