import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AtlasError } from '../shared/errors.ts';
import { Problem } from '../shared/schema/index.ts';
import { keptTelemetry } from '../shared/testing/kept-telemetry.ts';
import { readJson } from './api/read-json.ts';
import { httpFunction } from './http-function.ts';

const lines: string[] = [];
const log = (severity: string, message: string, fields?: Record<string, unknown>) =>
  void lines.push(`${severity} ${message} ${JSON.stringify(fields)}`);
let server: Server;
let url: string;

beforeAll(async () => {
  http(
    'probe',
    httpFunction({ log, telemetry: keptTelemetry().telemetry }, async ({ req, res, facts }) => {
      facts.probe = true;
      if (req.url === '/late') {
        res.writeHead(200, { 'content-type': 'text/plain' }).write('half');
        throw new Error('too late to tell');
      }
      if (req.url === '/secret') throw new Error('password is hunter2');
      if (req.url === '/busy') throw new AtlasError('too_many_requests', 'Slow down.');
      res.writeHead(200).end(JSON.stringify(await readJson(req)));
    }),
  );
  server = getTestServer('probe');
  await new Promise<void>((resolve) => server.listen(0, resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('an HTTP function behind the Functions Framework', () => {
  test('reads the body that the framework has already read', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: '{"a":[1]}' });
    expect([response.status, await response.json()]).toEqual([200, { a: [1] }]);
  });

  test('answers an unforeseen error with 500 and tells only the log what it was', async () => {
    const response = await fetch(`${url}/secret`);
    const problem = Problem.parse(await response.json());
    expect([response.status, problem.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    const logged = lines.filter((line) => line.includes(problem.requestId));
    expect(logged).toEqual([
      expect.stringMatching(/^ERROR request failed .*hunter2/),
      expect.stringMatching(/^INFO request .*"status":500.*"probe":true/),
    ]);
  });

  test('tells when a retry can help', async () => {
    const response = await fetch(`${url}/busy`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1']);
  });

  test('cuts an answer that fails midway instead of ending it as if it were whole', async () => {
    const response = await fetch(`${url}/late`);
    await expect(response.text()).rejects.toThrow();
  });
});
