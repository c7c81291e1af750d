import { describe, expect, test } from '@jest/globals';
import { writeJson } from '../json-text.ts';
import type { Value } from '../value.ts';
import { WorkflowError } from '../workflow-error.ts';
import { type EvaluationContext, evaluate } from './evaluate.ts';
import { ExpressionSyntaxError } from './lexer.ts';
import { parseExpression } from './parser.ts';

const variables = new Map<string, Value>([
  ['one', 1n],
  ['half', 0.5],
  ['yes', true],
  ['text', 'abc'],
  ['nothing', null],
  ['list', [10n, 20n, 30n]],
  ['nested', [[1n, 2n], [3n]]],
  [
    'map',
    new Map<string, Value>([
      ['a', 1n],
      ['b', new Map<string, Value>([['c', 'deep']])],
    ]),
  ],
  ['bytes', new Uint8Array([1, 2])],
]);

const context: EvaluationContext = {
  variable(name) {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`no ${name}`);
    return value;
  },
  call: (name, args) => [name, ...args],
};

const run = (source: string) => writeJson(evaluate(parseExpression(source), context));

function tagsOf(source: string): Value | undefined {
  try {
    run(source);
  } catch (error) {
    if (error instanceof WorkflowError) return (error.value as Map<string, Value>).get('tags');
  }
  throw new Error(`${source} raises nothing`);
}

describe('an expression gives', () => {
  test.each([
    // literals
    ['1', '1'],
    ['1.5', '1.5'],
    ['"a\\"b\\n\\u00e9"', '"a\\"b\\né"'],
    ['true', 'true'],
    ['False', 'false'],
    ['NULL', 'null'],
    ['9223372036854775807', '9223372036854775807'],
    // precedence, in the order of Google's table
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['-2 * 3', '-6'],
    ['2 - 3 - 4', '-5'],
    ['24 / 4 / 2', '3.0'],
    ['1 + 1 == 2 and 2 > 1', 'true'],
    ['true or true and false', 'true'],
    ['TRUE AND NOT FALSE', 'true'],
    ['not false and false', 'false'],
    ['not (1 in list)', 'true'],
    ['-one + 3', '2'],
    ['-map.a', '-1'],
    // arithmetic
    ['7 / 2', '3.5'],
    ['4 / 2', '2.0'],
    ['7 // 2', '3'],
    ['7 % 3', '1'],
    ['1 + half', '1.5'],
    ['2 * 0.25', '0.5'],
    ['3 - 0.5', '2.5'],
    // strings: the table of implicit conversions
    ['"a" + "b"', '"ab"'],
    ['"n=" + 1', '"n=1"'],
    ['1 + "=n"', '"1=n"'],
    ['"d=" + half', '"d=0.5"'],
    ['"b=" + yes', '"b=true"'],
    ['"a" < "b"', 'true'],
    // comparisons
    ['1 != 2', 'true'],
    ['2 >= 2', 'true'],
    ['1 <= half', 'false'],
    ['null == null', 'true'],
    ['nothing != "x"', 'true'],
    // membership
    ['20 in list', 'true'],
    ['"a" in map', 'true'],
    ['"z" in map', 'false'],
    // access
    ['list[0]', '10'],
    ['list[one + 1]', '30'],
    ['nested[0][1]', '2'],
    ['map.b.c', '"deep"'],
    ['map["b"]["c"]', '"deep"'],
    ['map["b"].c', '"deep"'],
    // logic does not evaluate what it does not need
    ['true or map.missing', 'true'],
    ['false and map.missing', 'false'],
    // calls
    ['text.split("a b", " ")', '["text.split","a b"," "]'],
    ['len(list[0])', '["len",10]'],
    ['sys.now()', '["sys.now"]'],
  ])('%s = %s', (source, expected) => {
    expect(run(source)).toBe(expected);
  });
});

describe('undocumented by Google: an expression gives', () => {
  test.each([
    ['--one', '1'],
    ['1 < 2 == true', 'true'],
    ['1 == 1.0', 'true'],
    ['null == 0', 'false'],
    ['list == [10, 20, 30]', 'true'],
    ['.5', '0.5'],
    ['2e3', '2000.0'],
    ['\'single\' + "double"', '"singledouble"'],
    ['-7 // 2', '-4'],
    ['-7 % 3', '2'],
    ['7 % -3', '-2'],
    ['7.5 // 2', '3.0'],
    ['-7.5 % 2', '0.5'],
    ['"" + 2.0', '"2.0"'],
    ['"1" == 1', 'false'],
    ['[1, "a"]', '[1,"a"]'],
  ])('%s = %s', (source, expected) => {
    expect(run(source)).toBe(expected);
  });
});

describe('an expression raises', () => {
  test.each([
    ['1 / 0', 'ZeroDivisionError'],
    ['1 // 0', 'ZeroDivisionError'],
    ['1 % 0', 'ZeroDivisionError'],
    ['1.0 / 0.0', 'ZeroDivisionError'],
    ['true + 1', 'TypeError'],
    ['"a" + null', 'TypeError'],
    ['"a" + list', 'TypeError'],
    ['"a" - "b"', 'TypeError'],
    ['-text', 'TypeError'],
    ['not 1', 'TypeError'],
    ['1 and true', 'TypeError'],
    ['true and 1', 'TypeError'],
    ['null or true', 'TypeError'],
    ['not 10 in list', 'TypeError'],
    ['1 < "2"', 'TypeError'],
    ['map.missing', 'KeyError'],
    ['map["missing"]', 'KeyError'],
    ['list[3]', 'IndexError'],
    ['list[-1]', 'IndexError'],
  ])('%s: %s', (source, tag) => {
    expect(tagsOf(source)).toContain(tag);
  });
});

describe('undocumented by Google: an expression raises', () => {
  test.each([
    ['list + list', 'TypeError'],
    ['true < false', 'TypeError'],
    ['null < 1', 'TypeError'],
    ['map[1]', 'TypeError'],
    ['list["a"]', 'TypeError'],
    ['list[1.0]', 'TypeError'],
    ['nothing.a', 'TypeError'],
    ['text.a', 'TypeError'],
    ['9223372036854775807 + 1', 'ValueError'],
    ['-9223372036854775807 - 2', 'ValueError'],
    ['"a" in "abc"', 'TypeError'],
  ])('%s: %s', (source, tag) => {
    expect(tagsOf(source)).toContain(tag);
  });
});

describe('an expression cannot be read', () => {
  test.each([
    [''],
    ['1 +'],
    ['1 2'],
    ['(1'],
    ['a..b'],
    ['a[1'],
    ['f(1,'],
    ['1 = 2'],
    ['a && b'],
    ['True AnD False'],
    ['"open'],
    ['a.b(1)(2)'],
    ['{"a": 1}'],
    ['$' + '{a}'],
    ['9223372036854775808'],
    ['"\\u12"'],
    ['('.repeat(500)],
    ['a not in b'],
  ])('%s', (source) => {
    expect(() => parseExpression(source)).toThrow(ExpressionSyntaxError);
  });
});
