import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../shared/schema/index.ts';
import { type TestServer, testServer } from '../../shared/testing/api-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const jobBody = { source: { kind: 'asset', assetId: 'ast_0123456789abcdef' }, targets: ['web'] };
const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  server.call('POST', '/v1/jobs', { body, headers });

describe('every answer', () => {
  test('has its own request id and headers that keep browsers and caches from touching it', async () => {
    const [first, second] = [await server.call('GET', '/v1/jobs'), await server.call('GET', '/v1/jobs')];
    expect(first.headers.get('x-request-id')).toMatch(/^req_/);
    expect(first.headers.get('x-request-id')).not.toBe(second.headers.get('x-request-id'));
    expect(first.headers.get('x-content-type-options')).toBe('nosniff');
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('to a mistake tells its request id in the document as in the header', async () => {
    const answer = await server.call('GET', '/v1/nothing');
    expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'));
  });
});

describe('an address', () => {
  test.each(['/', '/v1', '/v1/job', '/v1/jobs/', '/v2/jobs', '//evil.example/v1/jobs', '/v1/jobs/%00', '/v1/jobs/a:b'])(
    'that is not one is 404: %s',
    async (path) => {
      expect(await server.call('GET', path)).toMatchObject({ status: 404, json: { code: 'not_found' } });
    },
  );

  test.each(['/v1/jobs/job_1', '/v1/jobs/..%2f..%2fkeys', '/v1/jobs/JOB_0123456789ABCDEF'])(
    'with an id of the wrong form is 404, not a hint at the form: %s',
    async (path) => {
      expect(await server.call('GET', path)).toMatchObject({ status: 404, json: { code: 'not_found' } });
    },
  );

  test.each([
    ['PUT', '/v1/jobs', 'GET, HEAD, POST'],
    ['DELETE', '/v1/jobs', 'GET, HEAD, POST'],
    ['POST', '/v1/usage', 'GET, HEAD'],
    ['GET', '/v1/jobs/job_0123456789abcdef:cancel', 'POST'],
    ['PATCH', '/v1/webhooks/whk_0123456789abcdef', 'DELETE, GET, HEAD'],
  ])('does not take every method: %s %s', async (method, path, allow) => {
    const answer = await server.call(method, path);
    expect(answer).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } });
    expect(answer.headers.get('allow')).toBe(allow);
  });

  test('answers HEAD as GET, without a body', async () => {
    const get = await server.call('GET', '/v1/profiles');
    const head = await server.call('HEAD', '/v1/profiles');
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    expect((await server.call('HEAD', '/v1/profiles/nothing')).status).toBe(404);
  });
});

describe('a key', () => {
  test.each([
    ['no key', null],
    ['a made-up key', 'atl_0000'],
  ])('is needed: %s', async (_case, key) => {
    const answer = await server.call('GET', '/v1/jobs', { key });
    expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('is asked for before the body is looked at', async () => {
    expect((await server.call('POST', '/v1/jobs', { key: null, body: '{' })).status).toBe(401);
  });

  test.each(['/health', '/healthz', '/openapi.json', '/v1/receipt-keys'])('is not needed for %s', async (path) => {
    expect((await server.call('GET', path, { key: null })).status).toBe(200);
  });
});

describe('a body', () => {
  test.each([
    ['none', ''],
    ['cut', '{"source":'],
    ['two documents', '{} {}'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['a word', 'targets'],
  ])('that is not JSON is refused: %s', async (_case, body) => {
    expect(await post(body)).toMatchObject({ status: 400, json: { code: 'malformed_json' } });
  });

  test('nested 10,000 deep is refused before it is parsed', async () => {
    const body = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    expect(await post(body)).toMatchObject({ status: 400, json: { code: 'json_too_deep' } });
  });

  test('over the limit is refused, also when it does not say its length', async () => {
    const big = new Uint8Array(limits.requestBytes + 1).fill(0x20);
    expect(await post(big)).toMatchObject({ status: 413, json: { code: 'body_too_large' } });
    const chunked = await fetch(`${server.url}/v1/jobs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: new Blob([big, big]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });

  test('far over the limit is told so before the connection ends', async () => {
    const { port, hostname } = new URL(server.url);
    const head = `POST /v1/jobs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.key}\r\n`;
    const text = await new Promise<string>((resolve, reject) => {
      let seen = '';
      const socket = connect(Number(port), hostname, () => {
        socket.write(`${head}content-type: application/json\r\ncontent-length: 1000000000\r\n\r\n`);
        // More than is read and dropped, but not all of it: the server must not wait for the rest.
        socket.write(Buffer.alloc(10 * 1024 * 1024, 0x20));
      });
      socket.on('data', (chunk) => {
        seen += String(chunk);
        if (seen.includes('}')) resolve(seen);
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(seen));
    });
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('"code":"body_too_large"');
  });

  test.each([
    ['no type', { 'content-type': '' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['text', { 'content-type': 'text/plain' }],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
    ['compressed', { 'content-encoding': 'gzip' }],
  ])('that is not plain JSON is refused: %s', async (_case, headers) => {
    expect(await post('{}', headers as Record<string, string>)).toMatchObject({
      status: 415,
      json: { code: 'unsupported_media_type' },
    });
  });

  test.each(['application/json;charset=UTF-8', 'APPLICATION/JSON', 'application/json; charset="utf-8"'])(
    'of type %s is read',
    async (type) => {
      expect((await post('{}', { 'content-type': type })).json.code).toBe('invalid_request');
    },
  );

  test.each([
    ['top level', '{"__proto__":{"targets":["web"]}}', '/__proto__'],
    [
      'recipe',
      '{"source":{"kind":"asset","assetId":"ast_0123456789abcdef"},"targets":["web"],"recipe":{"__proto__":{"score":true}}}',
      '/recipe/__proto__',
    ],
  ])('with a __proto__ key is a body with an unknown field: %s', async (_case, body, pointer) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    expect(answer.json.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect(({} as Record<string, unknown>).targets).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ['a missing field', { targets: ['web'] }, '/source'],
    ['an unknown field', { ...jobBody, colour: 'red' }, '/colour'],
    ['an unknown recipe step', { ...jobBody, recipe: { paint: {} } }, '/recipe/paint'],
    ['an unknown recipe field', { ...jobBody, recipe: { convert: { triangels: 9 } } }, '/recipe/convert/triangels'],
    ['a field with a slash and a tilde', { ...jobBody, 'a/b~c': 1 }, '/a~1b~0c'],
    ['a wrong type', { ...jobBody, candidates: 'two' }, '/candidates'],
    ['no targets', { ...jobBody, targets: [] }, '/targets'],
    ['a target twice', { ...jobBody, targets: ['web', 'web'] }, '/targets'],
    ['an ill-formed target', { ...jobBody, targets: ['web', 'No!'] }, '/targets/1'],
    ['an unknown kind of source', { ...jobBody, source: { kind: 'fax' } }, '/source/kind'],
    ['an ill-formed asset id', { ...jobBody, source: { kind: 'asset', assetId: '../x' } }, '/source/assetId'],
    ['an ill-formed label', { ...jobBody, labels: { UPPER: 'x' } }, '/labels/UPPER'],
    ['a list', [jobBody], ''],
    ['null', null, ''],
  ])('with %s is refused at its place', async (_case, json, pointer) => {
    const answer = await server.call('POST', '/v1/jobs', { json });
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request', pointer } });
    expect(answer.json.errors[0].pointer).toBe(pointer);
  });

  test('with several mistakes is told all of them', async () => {
    const answer = await server.call('POST', '/v1/jobs', { json: { targets: [], candidates: 99, colour: 1 } });
    const pointers = answer.json.errors.map((error: { pointer: string }) => error.pointer);
    expect(pointers.sort()).toEqual(['/candidates', '/colour', '/source', '/targets']);
  });
});

describe('a query', () => {
  test.each([
    ['/v1/jobs?limit=0', '/query/limit'],
    ['/v1/jobs?limit=101', '/query/limit'],
    ['/v1/jobs?limit=ten', '/query/limit'],
    ['/v1/jobs?limit=5&limit=6', '/query/limit'],
    ['/v1/jobs?page=2', '/query/page'],
    ['/v1/jobs?status=lost', '/query/status'],
    ['/v1/jobs?label=novalue', '/query/label'],
    ['/v1/jobs?cursor=zzz', '/query/cursor'],
    ...[
      'e30',
      ...[
        '{"id":"job_0123456789abcdef","at":"2026-11-23T10:00:00.000Z"}',
        '{"id":"job_0123456789abcdef","at":7}',
        '{"id":"../ten_0123456789abcdef"}',
        '{"id":{"$gt":""}}',
        '{"id":"job_0123456789abcdef","tenantId":"ten_0123456789abcdef"}',
        `{"id":"${'x'.repeat(200)}"}`,
      ].map((text) => Buffer.from(text).toString('base64url')),
    ].map((cursor): [string, string] => [`/v1/jobs?cursor=${cursor}`, '/query/cursor']),
    // The cursor of a list that is sorted by id, in one that is sorted by time.
    [`/v1/usage/events?cursor=${Buffer.from('{"id":"job_0123456789abcdef"}').toString('base64url')}`, '/query/cursor'],
    ['/v1/jobs?__proto__=1', '/query/__proto__'],
    ['/v1/usage?from=yesterday', '/query/from'],
    ['/v1/usage?from=2026-11-02&to=2026-11-01', '/query/from'],
    ['/v1/usage?from=2020-01-01&to=2026-11-01', '/query/from'],
  ])('that is wrong is refused at its field: %s', async (path, pointer) => {
    expect(await server.call('GET', path)).toMatchObject({ status: 400, json: { code: 'invalid_request', pointer } });
  });
});

describe('a failure inside', () => {
  test('is a 500 that tells nothing of the inside, and is logged with its id', async () => {
    await server.call('GET', '/v1/jobs');
    server.broken.docs = true;
    const answer = await server.call('GET', '/v1/jobs');
    server.broken.docs = false;
    expect(answer).toMatchObject({ status: 500, json: { code: 'internal' } });
    expect(answer.text).not.toMatch(/ECONNREFUSED|10\.1\.2\.3|\.ts/);
    const line = server.logged.find((one) => one.startsWith('ERROR') && one.includes(answer.json.requestId));
    expect(line).toMatch(/ECONNREFUSED/);
  });

  test('of the store while a key is checked is 503 with Retry-After', async () => {
    server.advance(10_000);
    server.broken.docs = true;
    const answer = await server.call('GET', '/v1/jobs');
    const health = await Promise.all(['/health', '/healthz'].map((path) => server.call('GET', path)));
    server.broken.docs = false;
    expect(answer).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(health.map(({ status }) => status)).toEqual([503, 503]);
  });
});

test('a client that hangs up in the middle of a body harms nobody', async () => {
  const { port, hostname } = new URL(server.url);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      const head = `POST /v1/jobs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.key}\r\n`;
      socket.write(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"sou`, () => socket.destroy());
    });
    socket.on('close', () => resolve());
  });
  while (!server.logged.some((line) => line.includes('"hungUp":true'))) await new Promise(setImmediate);
  expect(server.logged.filter((line) => line.startsWith('ERROR') && line.includes('aborted'))).toEqual([]);
  expect((await server.call('GET', '/health')).status).toBe(200);
});
