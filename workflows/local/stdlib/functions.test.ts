import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../expression/evaluate.ts';
import { parseExpression } from '../expression/parser.ts';
import { writeJson } from '../json-text.ts';
import type { Value } from '../value.ts';
import { hasTag, languageError, type WorkflowError } from '../workflow-error.ts';
import { bindPositional } from './bind-arguments.ts';
import { functions } from './functions.ts';

const host = {
  now: () => 1_700_000_000_500,
  uuid: () => '00000000-0000-4000-8000-000000000001',
  environment: (name: string) => (name === 'ATLAS_BUCKET' ? 'bucket' : undefined),
};

const httpError = (code: bigint) =>
  new Map<string, Value>([
    ['tags', ['HttpError']],
    ['code', code],
  ]);
const variables = new Map<string, Value>([
  [
    'm',
    new Map<string, Value>([
      ['a', new Map<string, Value>([['b', 1n]])],
      ['n', null],
    ]),
  ],
  [
    'other',
    new Map<string, Value>([
      ['a', new Map<string, Value>([['c', 2n]])],
      ['z', 3n],
    ]),
  ],
  ['e429', httpError(429n)],
  ['e500', httpError(500n)],
  ['e502', httpError(502n)],
  ['e503', httpError(503n)],
  ['e504', httpError(504n)],
  ['broken', languageError('ConnectionError', '').value],
  ['refused', languageError('ConnectionFailedError', '').value],
  ['late', languageError('TimeoutError', '').value],
]);

function run(source: string): Value {
  return evaluate(parseExpression(source), {
    variable: (name) => variables.get(name)!,
    call(name, args) {
      const found = functions.get(name)!;
      return found.run(bindPositional(name, found.parameters, args), host);
    },
  });
}

describe('a function of the standard library gives', () => {
  test.each([
    ['int("42")', '42'],
    ['int(2.7)', '2'],
    ['int(-2.7)', '-2'],
    ['double("2.7")', '2.7'],
    ['double(3)', '3.0'],
    ['string(1.7)', '"1.7"'],
    ['string(42)', '"42"'],
    ['string(true)', '"true"'],
    ['len("aé😀")', '3'],
    ['len([1, 2])', '2'],
    ['len(m)', '2'],
    ['keys(m)', '["a","n"]'],
    ['default(null, 5)', '5'],
    ['default(false, 5)', 'false'],
    ['if(1 < 2, "a", "b")', '"a"'],
    ['get_type(1)', '"integer"'],
    ['get_type(1.0)', '"double"'],
    ['get_type(null)', '"null"'],
    ['get_type(text.encode("a"))', '"bytes"'],
    ['get_type(m)', '"map"'],
    ['text.split("a,b,,c", ",")', '["a","b","","c"]'],
    ['text.substring("héllo", 1, 3)', '"él"'],
    ['text.to_upper("aé")', '"AÉ"'],
    ['text.to_lower("AÉ")', '"aé"'],
    ['text.find_all("abcabc", "bc")', '[1,4]'],
    ['text.find_all_regex("a1b22", "[0-9]+")', '[{"index":1,"match":"1"},{"index":3,"match":"22"}]'],
    ['text.match_regex("job-17", "^job-[0-9]+$")', 'true'],
    ['text.match_regex("JOB", "(?i)job")', 'true'],
    ['text.replace_all("a.b.c", ".", "$&")', '"a$&b$&c"'],
    ['text.replace_all_regex("k=v", "(k)=(v)", "\\\\2:\\\\1")', '"v:k"'],
    ['text.url_encode("a b&c/é")', '"a%20b%26c%2F%C3%A9"'],
    ['text.url_encode_plus("a b")', '"a+b"'],
    ['text.url_decode("a%20b%26")', '"a b&"'],
    ['text.decode(text.encode("é"))', '"é"'],
    ['base64.encode(text.encode("hello"))', '"aGVsbG8="'],
    ['base64.encode(text.encode("hello"), false)', '"aGVsbG8"'],
    ['text.decode(base64.decode("aGVsbG8="))', '"hello"'],
    ['text.decode(base64.decode("aGVsbG8", false))', '"hello"'],
    ['json.encode_to_string(m)', '"{\\"a\\":{\\"b\\":1},\\"n\\":null}"'],
    ['json.decode(json.encode(m))', '{"a":{"b":1},"n":null}'],
    ['list.prepend([1], 0)', '[0,1]'],
    ['map.get(m, "z")', 'null'],
    ['map.get(m, ["a", "b"])', '1'],
    ['default(map.get(m, ["x", "y"]), "d")', '"d"'],
    ['map.delete(m, "a")', '{"n":null}'],
    ['map.merge(m, other)', '{"a":{"c":2},"n":null,"z":3}'],
    ['map.merge_nested(m, other)', '{"a":{"b":1,"c":2},"n":null,"z":3}'],
    ['math.abs(-3)', '3'],
    ['math.abs(-1.5)', '1.5'],
    ['math.max(1, 2.5)', '2.5'],
    ['math.min(1, 2)', '1'],
    ['uuid.generate()', '"00000000-0000-4000-8000-000000000001"'],
    ['sys.now()', '1700000000.5'],
    ['sys.get_env("ATLAS_BUCKET")', '"bucket"'],
    ['sys.get_env("MISSING", "x")', '"x"'],
    ['time.parse("2023-11-14T22:13:20Z")', '1700000000.0'],
    ['time.parse("2023-11-14T22:13:20.25+01:00")', '1699996400.25'],
    [
      'base64.encode(hash.compute_checksum(text.encode("abc"), "SHA256"))',
      '"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="',
    ],
    [
      'base64.encode(hash.compute_hmac(text.encode("key"), text.encode("The quick brown fox jumps over the lazy dog"), "SHA256"))',
      '"97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg="',
    ],
    // Google's pages on the two predicates
    ['http.default_retry_predicate(e429)', 'true'],
    ['http.default_retry_predicate(e500)', 'false'],
    ['http.default_retry_predicate(e502)', 'true'],
    ['http.default_retry_predicate(e503)', 'true'],
    ['http.default_retry_predicate(e504)', 'true'],
    ['http.default_retry_predicate(broken)', 'true'],
    ['http.default_retry_predicate(refused)', 'true'],
    ['http.default_retry_predicate(late)', 'true'],
    ['http.default_retry_predicate_non_idempotent(e429)', 'true'],
    ['http.default_retry_predicate_non_idempotent(e503)', 'true'],
    ['http.default_retry_predicate_non_idempotent(refused)', 'true'],
    ['http.default_retry_predicate_non_idempotent(e502)', 'false'],
    ['http.default_retry_predicate_non_idempotent(broken)', 'false'],
    ['http.default_retry_predicate_non_idempotent(late)', 'false'],
    ['retry.always("text")', 'true'],
    ['retry.never(e503)', 'false'],
  ])('%s = %s', (source, expected) => {
    expect(writeJson(run(source))).toBe(expected);
  });
});

describe('undocumented by Google: a function of the standard library gives', () => {
  test.each([
    ['json.decode("{\\"a\\": [1, 2.0]}")', '{"a":[1,2.0]}'],
    ['list.concat([1], [2])', '[1,[2]]'],
    ['map.get(m, ["n", "b"])', 'null'],
    ['time.format(1700000000)', '"2023-11-14T22:13:20.000Z"'],
    ['time.format(1700000000, "America/New_York")', '"2023-11-14T17:13:20.000-05:00"'],
  ])('%s = %s', (source, expected) => {
    expect(writeJson(run(source))).toBe(expected);
  });
});

describe('a function of the standard library raises', () => {
  test.each([
    ['int("abc")', 'ValueError'],
    ['int("1.5")', 'ValueError'],
    ['int("9223372036854775808")', 'ValueError'],
    ['int(true)', 'TypeError'],
    ['int(1e300)', 'ValueError'],
    ['double("x")', 'ValueError'],
    ['double(null)', 'TypeError'],
    ['string(null)', 'TypeError'],
    ['string([1])', 'TypeError'],
    ['len(1)', 'TypeError'],
    ['keys([1])', 'TypeError'],
    ['if("x", 1, 2)', 'TypeError'],
    ['map.get([1], "a")', 'TypeError'],
    ['list.concat(m, 1)', 'TypeError'],
    ['json.decode("{")', 'ValueError'],
    ['base64.decode("a")', 'ValueError'],
    ['base64.encode("text")', 'TypeError'],
    ['text.substring("abc", 2, 1)', 'ValueError'],
    ['text.match_regex("a", "(")', 'ValueError'],
    ['text.url_decode("%zz")', 'ValueError'],
    ['text.decode(base64.decode("/w=="))', 'ValueError'],
    ['hash.compute_checksum(text.encode("a"), "CRC")', 'ValueError'],
    ['sys.get_env("MISSING")', 'KeyError'],
    ['time.parse("yesterday")', 'ValueError'],
    ['time.format(0, "Mars/Olympus")', 'ValueError'],
    ['math.abs("1")', 'TypeError'],
    ['len()', 'TypeError'],
    ['len(1, 2)', 'TypeError'],
  ] as const)('%s: %s', (source, tag) => {
    expect.assertions(1);
    try {
      run(source);
    } catch (error) {
      expect(hasTag((error as WorkflowError).value, tag)).toBe(true);
    }
  });
});

test('map and list functions leave their arguments as they were', () => {
  const before = writeJson(variables.get('m')!);
  for (const source of ['map.merge(m, other)', 'map.merge_nested(m, other)', 'map.delete(m, "a")']) run(source);
  expect(writeJson(variables.get('m')!)).toBe(before);
});
