import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ExecutionResource } from '../execution-resource.ts';
import { workflowExecutor } from '../executor.ts';
import { memoryExecutionStore } from '../store/memory-execution-store.ts';
import { errorOf, outcomeOf } from '../testing/run-source.ts';
import type { Value } from '../value.ts';
import { httpCall } from './http-call.ts';
import { type HttpClient, type HttpRequest, nodeHttpClient } from './http-client.ts';

const step = (call: string, args: string, result = 'r') => `
- c:
    call: ${call}
    args: ${args}
    result: r
- d:
    return: '\${${result}}'
`;

function recorder(code = 200, headers: Record<string, string> = {}, body = '') {
  const requests: HttpRequest[] = [];
  const http: HttpClient = async (request) => {
    requests.push(request);
    return { code, headers, body: Buffer.from(body) };
  };
  return { requests, http };
}

const agent = 'GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)';

describe('a request', () => {
  test.each([
    [
      'http.get',
      "{url: 'http://s/p', query: {q: 'a b', n: 1, l: [x, y]}}",
      'GET',
      'http://s/p?q=a+b&n=1&l=x&l=y',
      '',
      {},
    ],
    [
      'http.post',
      "{url: 'http://s/', body: {a: 1, b: 1.0}}",
      'POST',
      'http://s/',
      '{"a":1,"b":1.0}',
      { 'content-type': 'application/json; charset=utf-8' },
    ],
    [
      'http.post',
      "{url: 'http://s/', body: text}",
      'POST',
      'http://s/',
      '"text"',
      { 'content-type': 'application/json; charset=utf-8' },
    ],
    [
      'http.put',
      "{url: 'http://s/', body: raw, headers: {Content-Type: text/plain}}",
      'PUT',
      'http://s/',
      'raw',
      { 'content-type': 'text/plain' },
    ],
    [
      'http.patch',
      "{url: 'http://s/', body: {a: 1, b: x y}, headers: {content-type: application/x-www-form-urlencoded}}",
      'PATCH',
      'http://s/',
      'a=1&b=x+y',
      {},
    ],
    [
      'http.post',
      `{url: 'http://s/', body: '\${text.encode("hi")}'}`,
      'POST',
      'http://s/',
      'hi',
      { 'content-type': 'application/octet-stream' },
    ],
    ['http.post', "['http://s/', 5, {a: 1}, {X-N: 1}, {q: 2}]", 'POST', 'http://s/?q=2', '{"a":1}', { 'x-n': '1' }],
    ['http.delete', "{url: 'http://s/'}", 'DELETE', 'http://s/', '', {}],
    ['http.request', "{method: head, url: 'http://s/'}", 'HEAD', 'http://s/', '', {}],
    [
      'http.get',
      "{url: 'http://s/', headers: {User-Agent: mine, X-N: 1}}",
      'GET',
      'http://s/',
      '',
      { 'user-agent': `mine ${agent}`, 'x-n': '1' },
    ],
  ])('%s %s', async (call, args, method, url, body, headers) => {
    const { requests, http } = recorder();
    await outcomeOf(step(call, args), { http });
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect([request!.method, request!.url, Buffer.from(request!.body ?? []).toString()]).toEqual([method, url, body]);
    expect(request!.headers).toMatchObject({ 'user-agent': agent, ...headers });
  });

  test.each([
    ['{type: OIDC, audience: aud}', 'Bearer token:aud'],
    ['{type: OIDC}', 'Bearer token:http://s/p'],
    ['{type: OAuth2, scopes: [a, b]}', 'Bearer token:a b'],
  ])('auth %s', async (auth, expected) => {
    const { requests, http } = recorder();
    const mintToken = async (audience: string) => `token:${audience}`;
    await outcomeOf(step('http.get', `{url: 'http://s/p', auth: ${auth}}`), { http, mintToken });
    expect(requests[0]!.headers.authorization).toBe(expected);
  });

  test.each([
    ["{url: 'ftp://s/'}", 'ValueError'],
    ['{url: 5}', 'TypeError'],
    ["{url: 'http://s/', timeout: 1801}", 'ValueError'],
    ["{url: 'http://s/', timeout: 0}", 'ValueError'],
    ["{url: 'http://s/', auth: {type: OIDC, audience: [1]}}", 'TypeError'],
    ["{url: 'http://s/', headers: {a: [1]}}", 'TypeError'],
    ["{url: 'http://s/', auth: {type: OIDC}}", 'AuthError'],
    ["{url: 'http://s/', auth: {type: Basic}}", 'ValueError'],
  ])('%s raises %s', async (args, tag) => {
    expect(await errorOf(step('http.get', args), recorder())).toMatchObject({ tags: [tag] });
  });
});

describe('a response', () => {
  test.each([
    ['application/json', '{"a":1}', '{"a":1}'],
    ['application/problem+json; charset=utf-8', '[1.5]', '[1.5]'],
    ['text/plain', 'hello', '"hello"'],
  ])('of type %s is read', async (type, body, expected) => {
    const { http } = recorder(201, { 'Content-Type': type, 'X-A': 'b' }, body);
    const result = JSON.parse(await outcomeOf(step('http.get', "{url: 'http://s/'}"), { http }));
    expect(result).toEqual({ body: JSON.parse(expected), code: 201, headers: { 'content-type': type, 'x-a': 'b' } });
  });

  test('of any other type is bytes', async () => {
    const { http } = recorder(200, { 'content-type': 'model/gltf-binary' }, 'glTF');
    expect(await outcomeOf(step('http.get', "{url: 'http://s/'}", 'get_type(r.body)'), { http })).toBe('"bytes"');
  });

  test('undocumented by Google: JSON that cannot be read is text, an empty body is null', async () => {
    const json = { 'content-type': 'application/json' };
    const broken = recorder(200, json, '{');
    expect(await outcomeOf(step('http.get', "{url: 'http://s/'}", 'r.body'), { http: broken.http })).toBe('"{"');
    const empty = recorder(204, json, '');
    expect(await outcomeOf(step('http.get', "{url: 'http://s/'}", 'r.body'), { http: empty.http })).toBe('null');
  });

  test.each([[400], [404], [500], [503]])('with status %d raises an HttpError with everything in it', async (code) => {
    const { http } = recorder(code, { 'content-type': 'application/json' }, '{"why":"x"}');
    expect(await errorOf(step('http.get', "{url: 'http://s/'}"), { http })).toEqual({
      message: `HTTP server responded with error code ${code}`,
      tags: ['HttpError'],
      code,
      headers: { 'content-type': 'application/json' },
      body: { why: 'x' },
    });
  });

  test.each([[302], [399]])('with status %d is a result', async (code) => {
    const { http } = recorder(code);
    expect(await outcomeOf(step('http.get', "{url: 'http://s/'}", 'r.code'), { http })).toBe(String(code));
  });

  test.each([
    ['ECONNREFUSED', 'ConnectionFailedError'],
    ['ENOTFOUND', 'ConnectionFailedError'],
    ['ECONNRESET', 'ConnectionError'],
    ['UND_ERR_SOCKET', 'ConnectionError'],
    ['ERR_INVALID_CHAR', 'ValueError'],
  ])('that never comes because of %s raises %s', async (code, tag) => {
    const http: HttpClient = () => Promise.reject(new TypeError('fetch failed', { cause: { code } }));
    expect(await errorOf(step('http.get', "{url: 'http://s/'}"), { http })).toMatchObject({ tags: [tag] });
  });
});

test('a request without an answer in time raises a TimeoutError', async () => {
  const http: HttpClient = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  const executor = workflowExecutor({ store: memoryExecutionStore(), http });
  executor.deploy({ workflowId: 'late', source: step('http.get', "{url: 'http://s/', timeout: 0.01}") });
  const ended = new Promise<ExecutionResource>((resolve) => executor.onFinished(resolve));
  await executor.createExecution({ workflowId: 'late' });
  expect((await ended).error?.payload).toContain('"tags":["TimeoutError"]');
  executor.close();
});

describe('a call that nobody answers ends by itself', () => {
  const deaf: HttpClient = () => new Promise(() => undefined);
  const call = (args: [string, Value][], tools: Partial<Parameters<typeof httpCall>[2]> = {}) => {
    const mintToken = async () => 'token';
    const signal = new AbortController().signal;
    return httpCall('http.get', new Map<string, Value>([['url', 'http://s/'], ...args]), {
      ...{ client: deaf, mintToken, signal },
      ...tools,
    });
  };

  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test.each<[string, [string, Value][], number]>([
    ['after 300 seconds', [], 300],
    ['when its timeout is over', [['timeout', 1800n]], 1800],
  ])('%s', async (_, args, seconds) => {
    let error: unknown;
    void call(args).catch((thrown: unknown) => {
      error = thrown;
    });
    await jest.advanceTimersByTimeAsync(seconds * 1000 - 1);
    expect(error).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(String(error)).toMatch(/TimeoutError/);
  });

  test('also while it waits for its token', async () => {
    const auth: Value = new Map([['type', 'OIDC']]);
    const late = expect(call([['auth', auth]], { mintToken: () => new Promise(() => undefined) })).rejects.toThrow(
      /TimeoutError/,
    );
    await jest.advanceTimersByTimeAsync(300_000);
    await late;
  });
});

describe('the client over node:http', () => {
  const used = new WeakSet<object>();
  const server = createServer((request, response) => {
    if (request.url === '/drop') return void request.socket.destroy();
    if (request.url === '/once') {
      if (used.has(request.socket)) return void request.socket.destroy();
      used.add(request.socket);
    }
    if (request.url === '/large') return void response.end(Buffer.alloc(3_000_000));
    if (request.url === '/moved') return void response.writeHead(302, { location: '/' }).end();
    request.pipe(response.writeHead(200, { 'content-type': 'text/plain', 'x-method': request.method! }));
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const signal = new AbortController().signal;

  test('sends bodies and gives back status, headers and bytes', async () => {
    const response = await nodeHttpClient({
      method: 'POST',
      url: base,
      headers: {},
      body: Buffer.from('echo'),
      signal,
    });
    expect([response.code, response.headers['x-method'], Buffer.from(response.body).toString()]).toEqual([
      200,
      'POST',
      'echo',
    ]);
  });

  test('does not follow redirects', async () => {
    const response = await nodeHttpClient({
      method: 'GET',
      url: `${base}/moved`,
      headers: {},
      body: undefined,
      signal,
    });
    expect(response.code).toBe(302);
  });

  const get = (path: string) =>
    nodeHttpClient({ method: 'GET', url: `${base}${path}`, headers: {}, body: undefined, signal });

  test('takes a new connection when the server no longer answers on a kept one', async () => {
    for (let round = 0; round < 3; round += 1) expect((await get('/once')).code).toBe(200);
  });

  test('rejects when the server drops the request', async () => {
    await expect(get('/drop')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('sends a body with any method', async () => {
    const request = { method: 'GET', url: base, headers: {}, body: Buffer.from('ask'), signal };
    expect(Buffer.from((await nodeHttpClient(request)).body).toString()).toBe('ask');
  });

  test('gives up responses over 2 MB', async () => {
    const request = { method: 'GET', url: `${base}/large`, headers: {}, body: undefined, signal };
    await expect(nodeHttpClient(request)).rejects.toThrow(/ResourceLimitError/);
  });
});
