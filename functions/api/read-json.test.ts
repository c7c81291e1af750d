import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HttpRequest } from '../http-function.ts';
import { jsonExtent, parseJson, readBody } from './read-json.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const jsonDepth = (text: Uint8Array): number => jsonExtent(text).depth;

/** Slow and obviously right. */
function oracleDepth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(oracleDepth));
}

describe('the depth of JSON', () => {
  test.each([
    ['1', 0],
    ['[]', 1],
    ['[{"a":[]}]', 3],
    ['[[],[[]],[]]', 3],
    ['"[[["', 0],
    ['["\\"[[", 1]', 1],
    ['["\\\\", [2]]', 2],
    ['{"[[[":"{{{"}', 1],
    ['["„[["]', 1],
  ])('of %s is %i', (text, depth) => {
    expect(jsonDepth(bytes(text))).toBe(depth);
  });

  test('agrees with a count on the parsed value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonDepth(bytes(JSON.stringify(value)))).toBe(oracleDepth(value));
      }),
    );
  });

  test('counts what opens after too many have closed', () => {
    expect(jsonDepth(bytes(`${'['.repeat(100)}${']'.repeat(300)}`))).toBe(100);
    expect(jsonDepth(bytes(`${']'.repeat(3)}${'['.repeat(100)}`))).toBeGreaterThan(64);
  });
});

describe('JSON', () => {
  test('64 levels deep is parsed, 65 are not', () => {
    const nested = (levels: number) => bytes('['.repeat(levels) + ']'.repeat(levels));
    expect(() => parseJson(nested(64))).not.toThrow();
    expect(() => parseJson(nested(65))).toThrow(expect.objectContaining({ code: 'json_too_deep' }));
  });

  test('with more members than any request needs is refused before each of them is judged', () => {
    const labels = (count: number) =>
      bytes(JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, ',,']))));
    expect(() => parseJson(labels(10_000))).not.toThrow();
    expect(() => parseJson(labels(10_001))).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });

  test('may begin with a byte order mark', () => {
    expect(parseJson(bytes('\ufeff{"a":1}'))).toEqual({ a: 1 });
  });

  test('keeps a __proto__ key as a plain field', () => {
    const value = parseJson(bytes('{"__proto__":{"admin":true}}')) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(value.admin).toBeUndefined();
  });
});

const streamed = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk))) as HttpRequest;

describe('a body', () => {
  test('is read from the stream, or taken where the framework has read it', async () => {
    expect((await readBody(streamed('ab', 'c'), 3)).toString()).toBe('abc');
    expect((await readBody(Object.assign(streamed('x'), { rawBody: Buffer.from('abc') }), 3)).toString()).toBe('abc');
  });

  test.each<[string, HttpRequest]>([
    ['streamed', streamed('abc', 'd')],
    ['read before', Object.assign(streamed(), { rawBody: Buffer.from('abcd') })],
  ])('over the limit is refused: %s', async (_case, req) => {
    await expect(readBody(req, 3)).rejects.toMatchObject({ code: 'body_too_large' });
  });
});
