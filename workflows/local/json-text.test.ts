import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromJson, type Json, parseJson, toJson, writeJson } from './json-text.ts';
import { sameValue, typeName } from './value.ts';
import { WorkflowError } from './workflow-error.ts';

test('JSON text written from any JSON value reads back as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (json) => {
      const value = fromJson(json as Json);
      expect(sameValue(parseJson(writeJson(value)), value)).toBe(true);
    }),
  );
});

test('what JSON.stringify writes is read with the same content, key order included', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      const text = JSON.stringify(json);
      expect(toJson(parseJson(text))).toEqual(JSON.parse(text));
    }),
  );
});

test.each([
  ['1', 'integer'],
  ['-0', 'integer'],
  ['1.0', 'double'],
  ['1e2', 'double'],
  ['9223372036854775807', 'integer'],
  ['9223372036854775808', 'double'],
])('the number %s is %s', (text, type) => {
  expect(typeName(parseJson(text))).toBe(type);
});

test('undocumented by Google: a DOUBLE keeps its point when written, so that it stays a DOUBLE', () => {
  expect(writeJson(parseJson('[1.0, 1, 1e21]'))).toBe('[1.0,1,1e+21]');
});

test('a key named __proto__ is a key like any other', () => {
  const value = parseJson('{"__proto__":{"a":1}}');
  expect((value as Map<string, unknown>).get('__proto__')).toEqual(new Map([['a', 1n]]));
  expect(writeJson(value)).toBe('{"__proto__":{"a":1}}');
});

test('keys that look like numbers keep their place', () => {
  expect(writeJson(parseJson('{"b":1,"2":2,"1":3}'))).toBe('{"b":1,"2":2,"1":3}');
});

test.each([
  [''],
  ['{'],
  ['[1,]'],
  ['{"a":1,}'],
  ['{a:1}'],
  ['01'],
  ['"\n"'],
  ['"\\x"'],
  ['tru'],
  ['1 2'],
  ['"open'],
  ['.5'],
])('%j is not JSON', (text) => {
  expect(() => parseJson(text)).toThrow(WorkflowError);
});

test('JSON nested 10,000 deep is refused without harm', () => {
  expect(() => parseJson('['.repeat(10_000) + ']'.repeat(10_000))).toThrow(/nested deeper/);
});

test('bytes and infinity have no JSON form', () => {
  expect(() => writeJson(new Uint8Array())).toThrow(/ValueError/);
  expect(() => writeJson(Number.POSITIVE_INFINITY)).toThrow(/ValueError/);
});

test('an indent writes readable text, each new line after the prefix', () => {
  const value = parseJson('{"a":[1,{}],"b":{}}');
  expect(writeJson(value, { prefix: '', step: '  ' })).toBe('{\n  "a": [\n    1,\n    {}\n  ],\n  "b": {}\n}');
  expect(writeJson(value, { prefix: '>', step: '' })).toBe('{\n>"a": [\n>1,\n>{}\n>],\n>"b": {}\n>}');
});
