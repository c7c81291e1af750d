import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { VisionAllowance, VisionQuestion } from '../../ports/index.ts';
import { type OpenAiVisionOptions, openAiVisionJudge } from './openai-vision-judge.ts';
import { vertexUrl } from './vertex-vision-judge.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Asked {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

/** A model server on this machine; each request gets the next answer, the last one again and again. */
async function standIn(...answers: ((res: ServerResponse, req: IncomingMessage) => void)[]) {
  const asked: Asked[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      asked.push({ path: req.url, authorization: req.headers.authorization, body });
      answers[Math.min(asked.length, answers.length) - 1]?.(res, req);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

const json =
  (value: unknown, status = 200, headers = {}) =>
  (res: ServerResponse) =>
    void res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));

const completion = (content: unknown, more: object = {}, finish = 'stop') => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', content } }],
  ...more,
});
const usage = { usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } };

const question: VisionQuestion = {
  instructions: 'You judge.',
  text: 'Which?',
  images: [
    { label: 'first', contentType: 'image/png', bytes: new Uint8Array([1, 2, 3]) },
    { label: 'second', contentType: 'image/jpeg', bytes: new Uint8Array([4, 5]) },
  ],
  answerName: 'penalties',
  answerSchema: { type: 'object' },
};

const allowance = (more: Partial<VisionAllowance> = {}): VisionAllowance => ({
  calls: 3,
  microUsd: undefined,
  signal: new AbortController().signal,
  ...more,
});

const price = { inputMicroUsd: 1_000_000, outputMicroUsd: 10_000_000 };
const judge = (url: string, more: Partial<OpenAiVisionOptions> = {}) =>
  openAiVisionJudge({ url, model: 'glm', firstWaitMs: 1, ...more });

test('asks with pictures as data URLs, a schema, and the key', async () => {
  const { asked, url } = await standIn(json(completion('{"a":1}', usage)));
  const answer = await judge(url, { token: async () => 'sk-1', price }).ask(question, allowance());
  expect(answer).toEqual({ status: 'answered', text: '{"a":1}', calls: 1, costMicroUsd: 2000 });
  expect(asked[0]).toMatchObject({
    path: '/v1/chat/completions',
    authorization: 'Bearer sk-1',
    body: {
      model: 'glm',
      temperature: 0,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'penalties', strict: true, schema: { type: 'object' } },
      },
      messages: [
        { role: 'system', content: 'You judge.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Picture "first":' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
            { type: 'text', text: 'Picture "second":' },
            { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,BAU=' } },
            { type: 'text', text: 'Which?' },
          ],
        },
      ],
    },
  });
});

test('sends no key when there is none, and reads content in parts', async () => {
  const parts = [
    { type: 'text', text: '{"a"' },
    { type: 'text', text: ':1}' },
  ];
  const { asked, url } = await standIn(json(completion(parts)));
  expect(await judge(url).ask(question, allowance())).toMatchObject({ text: '{"a":1}', costMicroUsd: null });
  expect(asked[0]?.authorization).toBeUndefined();
});

describe('an answer that does not count', () => {
  test.each<[string, string, (res: ServerResponse) => void]>([
    ['no JSON', 'malformed', (res) => void res.end('<html>hello</html>')],
    ['another schema', 'malformed', json({ result: 'a' })],
    ['no choice', 'malformed', json({ choices: [] })],
    ['an empty text', 'malformed', json(completion('  '))],
    ['a text cut at the limit of tokens', 'cut_off', json(completion('{"a":', {}, 'length'))],
    ['a refusal', 'refused', json({ error: { message: 'no' } }, 400)],
    ['a wrong key', 'refused', json({ error: { message: 'no' } }, 401)],
    ['a redirect', 'refused', (res) => void res.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    [
      'a connection that ends in the middle',
      'cut_off',
      (res) => {
        res.writeHead(200, { 'content-length': 1000 });
        res.write('{"choices":');
        setImmediate(() => res.destroy());
      },
    ],
    [
      'an answer without end',
      'too_long',
      (res) => {
        res.writeHead(200);
        const push = (): void => {
          while (!res.destroyed && res.write(Buffer.alloc(16_384, 32)));
          if (!res.destroyed) res.once('drain', push);
        };
        push();
      },
    ],
  ])('%s is asked for once: %s', async (_name, reason, listener) => {
    const { asked, url } = await standIn(listener);
    expect(await judge(url).ask(question, allowance())).toMatchObject({ status: 'no_answer', reason, calls: 1 });
    expect(asked).toHaveLength(1);
  });

  test.each<[string, (res: ServerResponse) => void]>([
    ['never', () => undefined],
    ['slowly', (res) => void res.writeHead(200).write('{')],
  ])('one that comes %s times out, and counts as paid', async (_name, listener) => {
    const { url } = await standIn(listener);
    const answer = await judge(url, { timeoutMs: 50, price }).ask(question, allowance());
    expect(answer).toMatchObject({ status: 'no_answer', reason: 'timed_out', calls: 1 });
    expect(answer.costMicroUsd).toBeGreaterThan(0);
  });

  test('the end of the duel ends the question', async () => {
    const { url } = await standIn(() => undefined);
    const end = new AbortController();
    const asking = judge(url).ask(question, allowance({ signal: end.signal }));
    setImmediate(() => end.abort());
    expect(await asking).toMatchObject({ status: 'no_answer', reason: 'timed_out' });
  });

  test('an endpoint that is not there is tried again, then given up', async () => {
    const { url } = await standIn();
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    expect(await judge(url, { price }).ask(question, allowance())).toEqual({
      ...{ status: 'no_answer', reason: 'unreachable', calls: 3, costMicroUsd: 0 },
    });
  });
});

describe('what may pass', () => {
  test.each([429, 500, 502, 503])('%d is tried again', async (status) => {
    const { asked, url } = await standIn(json({}, status), json({}, status), json(completion('{}')));
    expect(await judge(url).ask(question, allowance())).toMatchObject({ status: 'answered', calls: 3 });
    expect(asked).toHaveLength(3);
  });

  test('but not beyond the allowance of calls', async () => {
    const { asked, url } = await standIn(json({}, 503));
    const answer = await judge(url, { price }).ask(question, allowance({ calls: 2 }));
    expect(answer).toEqual({ status: 'no_answer', reason: 'overloaded', calls: 2, costMicroUsd: 0 });
    expect(asked).toHaveLength(2);
  });

  test('a wait that the endpoint asks for ends with the duel', async () => {
    const end = new AbortController();
    const { url } = await standIn((res) => {
      json({}, 429, { 'retry-after': '3600' })(res);
      res.on('close', () => setTimeout(() => end.abort(), 20));
    });
    const answer = await judge(url).ask(question, allowance({ signal: end.signal }));
    expect(answer).toMatchObject({ status: 'no_answer', reason: 'timed_out', calls: 1 });
  });
});

describe('money', () => {
  test('a question that may cost more than it is allowed is not asked', async () => {
    const { asked, url } = await standIn(json(completion('{}')));
    const answer = await judge(url, { price }).ask(question, allowance({ microUsd: 100 }));
    expect(answer).toEqual({ status: 'no_answer', reason: 'budget_spent', calls: 0, costMicroUsd: 0 });
    expect(asked).toHaveLength(0);
  });

  test.each([
    ['no count', {}],
    ['a count that is none', { usage: { prompt_tokens: 'many', completion_tokens: -1 } }],
  ])('with %s of tokens the most it can be is recorded', async (_name, more) => {
    const { url } = await standIn(json(completion('{}', more)));
    const { costMicroUsd } = await judge(url, { price, answerTokens: 1000 }).ask(question, allowance());
    // Two pictures at 2500 tokens and 1000 tokens of answer, beside some text.
    expect(costMicroUsd).toBeGreaterThan(15_000);
    expect(costMicroUsd).toBeLessThan(15_100);
  });
});

describe('the address', () => {
  const token = async () => 'key';
  test.each([
    ['no URL', 'models'],
    ['another protocol', 'ftp://host/v1'],
    ['a password in it', 'https://u:p@host/v1'],
    ['a key over http to another machine', 'http://10.0.0.1/v1'],
  ])('%s is refused', (_name, url) => {
    expect(() => judge(url, { token })).toThrow(/ATLAS_VISION_URL/);
  });

  test.each(['https://host/v1', 'https://host/v1/', 'https://host/v1/chat/completions', 'http://localhost:1/v1'])(
    '%s is taken',
    (url) => expect(() => judge(url, { token })).not.toThrow(),
  );

  test('a server of one’s own may be reached over http without a key', () => {
    expect(() => judge('http://10.0.0.1:8000/v1')).not.toThrow();
  });

  test('no key, no request', async () => {
    const { asked, url } = await standIn(json(completion('{}')));
    const failing = judge(url, { token: () => Promise.reject(new Error('no secret')) });
    expect(await failing.ask(question, allowance())).toMatchObject({
      status: 'no_answer',
      reason: 'refused',
      calls: 0,
    });
    expect(asked).toHaveLength(0);
  });

  test('of Vertex AI names project and location', () => {
    expect(vertexUrl('p', 'europe-west4')).toBe(
      'https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/p/locations/europe-west4/endpoints/openapi',
    );
    expect(vertexUrl('p', 'global')).toMatch(/^https:\/\/aiplatform\.googleapis\.com\//);
  });
});
