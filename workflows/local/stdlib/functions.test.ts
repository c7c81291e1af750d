import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../expression/evaluate.ts';
import { parseExpression } from '../expression/parser.ts';
import { writeJson } from '../json-text.ts';
import type { Value } from '../value.ts';
import { hasTag, languageError, WorkflowError } from '../workflow-error.ts';
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
    ['double("2.7")', '2.7'],
    ['double(3)', '3.0'],
    ['string(1.7)', '"1.7"'],
    ['string(42)', '"42"'],
    ['string(true)', '"true"'],
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
    ['text.substring("hello", 2, 4)', '"ll"'],
    ['text.substring("hello", -10, 10)', '"hello"'],
    ['text.substring("hello", -2, 10)', '"lo"'],
    ['text.substring("héllo", 1, 3)', '"él"'],
    ['text.to_upper("aé")', '"AÉ"'],
    ['text.to_lower("AÉ")', '"aé"'],
    ['text.find_all("00000", "00")', '[0,2]'],
    ['text.find_all("Hello World", "l")', '[2,3,9]'],
    ['text.find_all("é😀é", "é")', '[0,2]'],
    ['text.find_all("a", "b")', '[]'],
    ['text.find_all_regex("HelloWorld", "Hello|World")', '[{"index":0,"match":"Hello"},{"index":5,"match":"World"}]'],
    ['text.find_all_regex("a1b22", "[0-9]+")', '[{"index":1,"match":"1"},{"index":3,"match":"22"}]'],
    ['text.match_regex("job-17", "^job-[0-9]+$")', 'true'],
    ['text.match_regex("JOB", "(?i)job")', 'true'],
    ['text.replace_all("a.b.c", ".", "$&")', '"a$&b$&c"'],
    ['text.replace_all_regex("one two", "one|two", "three")', '"three three"'],
    ['text.replace_all_regex("k", "(k)", "$1")', '"$1"'],
    ['text.url_encode("a b&c/é")', '"a%20b%26c%2F%C3%A9"'],
    ['text.url_encode_plus("a b")', '"a+b"'],
    ['text.url_encode("._-~")', '"._-%7E"'],
    ['text.url_encode_plus("a/b/c?item=d+e f")', '"a%2Fb%2Fc%3Fitem%3Dd%2Be+f"'],
    ['text.url_decode("a%20b%26")', '"a b&"'],
    ['text.url_decode("a%2Fb%2Fc%3Fitem%3Dd%2Be")', '"a/b/c?item=d+e"'],
    ['text.url_decode("a+b")', '"a b"'],
    ['text.decode(base64.decode("/w=="))', '"\ufffd"'],
    ['text.decode(base64.decode("6Q=="), "iso-8859-1")', '"é"'],
    ['text.decode(base64.decode("Yek="), "US-ASCII")', '"a\ufffd"'],
    ['text.decode(text.encode("é"))', '"é"'],
    ['base64.encode(text.encode("hello"))', '"aGVsbG8="'],
    ['base64.encode(text.encode("hello"), false)', '"aGVsbG8"'],
    ['text.decode(base64.decode("aGVsbG8="))', '"hello"'],
    ['text.decode(base64.decode("aGVsbG8", false))', '"hello"'],
    ['text.decode(base64.decode("aGVs\\nbG8=\\r\\n"))', '"hello"'],
    ['json.encode_to_string([1], true)', JSON.stringify('[\n    1\n]')],
    [
      'json.encode_to_string([1], json.decode("{\\"prefix\\": \\"> \\", \\"indent\\": \\"\\"}"))',
      JSON.stringify('[\n> 1\n> ]'),
    ],
    ['json.encode_to_string([1], false)', '"[1]"'],
    ['json.encode_to_string(m)', '"{\\"a\\":{\\"b\\":1},\\"n\\":null}"'],
    ['json.decode(json.encode(m))', '{"a":{"b":1},"n":null}'],
    ['list.prepend([1], 0)', '[0,1]'],
    ['map.get(m, "z")', 'null'],
    ['map.get([1], "a")', 'null'],
    ['map.get(null, "a")', 'null'],
    ['map.get("text", ["a", "b"])', 'null'],
    ['map.get(m, ["n", "b"])', 'null'],
    ['map.delete(m, "z")', '{"a":{"b":1},"n":null}'],
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
    ['time.format(1720788633)', '"2024-07-12T12:50:33.000000Z"'],
    ['time.format(1720788633, "GMT")', '"2024-07-12T12:50:33.000000Z"'],
    ['time.format(1720788633, "")', '"2024-07-12T12:50:33.000000Z"'],
    ['time.format(1720788633, "Europe/Paris")', '"2024-07-12T14:50:33.000000+02:00"'],
    ['time.format(1704903354.615087)', '"2024-01-10T16:15:54.615087Z"'],
    ['time.format(-0.25)', '"1969-12-31T23:59:59.750000Z"'],
    ['time.format(1700000000, "America/New_York")', '"2023-11-14T17:13:20.000000-05:00"'],
    ['time.parse("2023-11-14T22:13:20Z")', '1700000000.0'],
    ['time.parse("2023-11-14T22:13:20.25+01:00")', '1699996400.25'],
    [
      'base64.encode(hash.compute_checksum(text.encode("abc"), "SHA256"))',
      '"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="',
    ],
    [
      'base64.encode(hash.compute_checksum(text.encode("Hello World", "UTF-8"), "SHA256"))',
      '"pZGm1Av0IEBKARczz7exkNYsZb8LzaMrV7J32a2fFG4="',
    ],
    ['base64.encode(hash.compute_checksum(text.encode(""), "SHA224"))', '"0UoCjCo6K8lHYQK7KII0xBWisB+CjqYqxbPkLw=="'],
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
    ['int(-2.7)', '-2'],
    ['len("aé😀")', '3'],
    ['json.decode("{\\"a\\": [1, 2.0]}")', '{"a":[1,2.0]}'],
    ['list.concat([1], [2])', '[1,[2]]'],
    ['sys.get_env("MISSING")', 'null'],
    ['text.find_all_regex("aé1", "[0-9]")', '[{"index":2,"match":"1"}]'],
  ])('%s = %s', (source, expected) => {
    expect(writeJson(run(source))).toBe(expected);
  });
});

function expectTag(source: string, tag: Parameters<typeof hasTag>[1]): void {
  let raised: unknown;
  try {
    run(source);
  } catch (error) {
    raised = error;
  }
  expect(raised).toBeInstanceOf(WorkflowError);
  expect(hasTag((raised as WorkflowError).value, tag)).toBe(true);
}

describe('a function of the standard library raises', () => {
  test.each([
    ['int("abc")', 'ValueError'],
    ['int(true)', 'TypeError'],
    ['double("x")', 'ValueError'],
    ['string(null)', 'TypeError'],
    ['string([1])', 'TypeError'],
    ['len(1)', 'TypeError'],
    ['keys([1])', 'TypeError'],
    ['map.get(m, 1)', 'TypeError'],
    ['map.get(m, ["x", 1])', 'TypeError'],
    ['map.delete([1], "a")', 'TypeError'],
    ['text.substring("abc", "0", 1)', 'TypeError'],
    ['json.encode(text.encode("a"))', 'ValueError'],
    ['text.decode(text.encode("a"), "KLINGON")', 'ValueError'],
    ['base64.decode("aGV%")', 'ValueError'],
    ['sys.get_env(1)', 'TypeError'],
    ['sys.get_env("MISSING", 5)', 'TypeError'],
    ['list.concat(m, 1)', 'TypeError'],
    ['json.decode("{")', 'ValueError'],
    ['base64.decode("a")', 'ValueError'],
    ['base64.encode("text")', 'TypeError'],
    ['text.match_regex("a", "(")', 'ValueError'],
    ['text.url_decode("%zz")', 'ValueError'],
    ['hash.compute_checksum(text.encode("a"), "CRC")', 'ValueError'],
    ['len()', 'TypeError'],
    ['len(1, 2)', 'TypeError'],
  ] as const)('%s: %s', (source, tag) => expectTag(source, tag));
});

describe('undocumented by Google: a function of the standard library raises', () => {
  test.each([
    ['int("1.5")', 'ValueError'],
    ['int("9223372036854775808")', 'ValueError'],
    ['int(1e300)', 'ValueError'],
    ['if("x", 1, 2)', 'TypeError'],
    ['time.format(0, "Mars/Olympus")', 'ValueError'],
    ['math.abs("1")', 'TypeError'],
    ['time.parse("yesterday")', 'ValueError'],
    ['double(null)', 'TypeError'],
  ] as const)('%s: %s', (source, tag) => expectTag(source, tag));
});

test('map and list functions leave their arguments as they were', () => {
  const before = writeJson(variables.get('m')!);
  for (const source of ['map.merge(m, other)', 'map.merge_nested(m, other)', 'map.delete(m, "a")']) run(source);
  expect(writeJson(variables.get('m')!)).toBe(before);
});
