import { describe, expect, test } from '@jest/globals';
import type { HttpClient } from '../calls/http-client.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { errorOf, outcomeOf } from '../testing/run-source.ts';

const call = `
          - get:
              call: http.get
              args: {url: 'http://service/x'}
              result: r`;

/** A service that answers these codes in turn, then 200; and when it was asked, in seconds. */
function service(...codes: number[]) {
  const clock = manualClock(0);
  const asked: number[] = [];
  const http: HttpClient = async () => {
    asked.push(clock.now() / 1000);
    return { code: codes.shift() ?? 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('"ok"') };
  };
  return { clock, asked, http };
}

const source = (retry: string, except = '') => `
main:
  steps:
    - tried:
        try:
          steps:${call.replace(/^/gm, '  ')}
        retry: ${retry}
${except}
    - done:
        return: '\${r.body}'
is_teapot:
  params: [e]
  steps:
    - out:
        return: '\${e.code == 418}'
is_text:
  params: [e]
  steps:
    - out:
        return: 'true'
breaks:
  params: [e]
  steps:
    - out:
        return: '\${e.missing}'
`;
const policy = (predicate: string, max: number | string = 3) =>
  `{predicate: '\${${predicate}}', max_retries: ${max}, backoff: {initial_delay: 1, max_delay: 5, multiplier: 2}}`;

describe('retry', () => {
  test('waits min(initial × multiplier^n, max) seconds between attempts', async () => {
    const { clock, asked, http } = service(503, 503, 503, 503, 503);
    const result = await outcomeOf(source(policy('http.default_retry_predicate', 5)), { clock, http });
    expect(result).toBe('"ok"');
    expect(asked).toEqual([0, 1, 3, 7, 12, 17]);
  });

  test('max_retries does not count the first attempt', async () => {
    const { clock, asked, http } = service(503, 503, 503, 503, 503);
    const error = await errorOf(source(policy('http.default_retry_predicate', 2)), { clock, http });
    expect(error).toMatchObject({ code: 503, tags: ['HttpError'] });
    expect(asked).toHaveLength(3);
  });

  test('an error that the predicate refuses is not tried again', async () => {
    const { clock, asked, http } = service(500);
    expect(await errorOf(source(policy('http.default_retry_predicate')), { clock, http })).toMatchObject({ code: 500 });
    expect(asked).toHaveLength(1);
  });

  test('a subworkflow can be the predicate', async () => {
    const { clock, asked, http } = service(418, 418, 503);
    expect(await errorOf(source(policy('is_teapot')), { clock, http })).toMatchObject({ code: 503 });
    expect(asked).toEqual([0, 1, 3]);
  });

  test.each([
    ['http.default_retry', [429, 502], '"ok"'],
    ['http.default_retry_non_idempotent', [429, 503], '"ok"'],
  ])('the ready policy %s retries %j', async (name, codes, expected) => {
    const { clock, asked, http } = service(...codes);
    expect(await outcomeOf(source(`'\${${name}}'`), { clock, http })).toBe(expected);
    expect(asked).toEqual([0, 1, 2.25]);
  });

  test('http.default_retry_non_idempotent does not retry 502', async () => {
    const { clock, asked, http } = service(502);
    expect(await errorOf(source(`'\${http.default_retry_non_idempotent}'`), { clock, http })).toMatchObject({
      code: 502,
    });
    expect(asked).toHaveLength(1);
  });

  test('when the retries are used up, except sees the last error', async () => {
    const { clock, http } = service(503, 504);
    const except = `        except:\n          as: e\n          steps:\n            - out:\n                return: '\${e.code}'`;
    expect(await outcomeOf(source(policy('retry.always', 1), except), { clock, http })).toBe('504');
  });

  test('the whole try body runs again, with what it had assigned', async () => {
    const { clock, http } = service(503, 503);
    const counting = `
- init:
    assign: [{n: 0}]
- tried:
    try:
      steps:
        - count:
            assign: [{n: '\${n + 1}'}]
        - get:
            call: http.get
            args: {url: 'http://service/x'}
    retry: ${policy('retry.always')}
- done:
    return: '\${n}'
`;
    expect(await outcomeOf(counting, { clock, http })).toBe('3');
  });

  test('max_retries and delays may be expressions', async () => {
    const { clock, asked, http } = service(503, 503);
    const retry = `{predicate: '\${retry.always}', max_retries: '\${1 + 1}', backoff: {initial_delay: '\${0.5}', max_delay: 9, multiplier: 1}}`;
    expect(await outcomeOf(source(retry), { clock, http })).toBe('"ok"');
    expect(asked).toEqual([0, 0.5, 1]);
  });

  test('delays of 0 never become anything else', async () => {
    const { clock, asked, http } = service(...Array.from({ length: 40 }, () => 503));
    const retry = `{predicate: '\${retry.always}', max_retries: 40, backoff: {initial_delay: 0, max_delay: 9, multiplier: 1.0e300}}`;
    expect(await outcomeOf(source(retry), { clock, http })).toBe('"ok"');
    expect(new Set(asked)).toEqual(new Set([0]));
  });

  test.each([
    ['answers no boolean', 'is_text'],
    ['raises an error itself', 'breaks'],
  ])('undocumented by Google: a predicate that %s means no retry, and the first error stays', async (_, predicate) => {
    const { clock, asked, http } = service(503);
    expect(await errorOf(source(policy(predicate)), { clock, http })).toMatchObject({ code: 503 });
    expect(asked).toHaveLength(1);
  });

  test('undocumented by Google: without a predicate every error is tried again', async () => {
    const { clock, asked, http } = service(400);
    expect(await outcomeOf(source('{max_retries: 1}'), { clock, http })).toBe('"ok"');
    expect(asked).toEqual([0, 1]);
  });
});
