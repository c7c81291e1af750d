import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { cloudWorkflowsRunner } from './cloud-workflows-runner.ts';

test('executions start under the deployed name, and calls carry an access token', async () => {
  const calls: string[] = [];
  const server = createServer((req, res) => {
    calls.push(`${req.method} ${req.url} ${req.headers.authorization}`);
    res.end('{"name":"projects/p/locations/l/workflows/atlas-produce-asset/executions/e"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const place = { project: 'p', location: 'l', baseUrl, token: async () => 'access' };
  const runner = cloudWorkflowsRunner({ ...place, deployedAs: { 'produce-asset': 'atlas-produce-asset' } });
  const name = await runner.start('produce-asset', { jobId: 'j' });
  await runner.answer(`https://elsewhere.example/v1/${name}/callbacks/c_1`, {});
  server.closeAllConnections();
  server.close();
  const workflow = '/v1/projects/p/locations/l/workflows/atlas-produce-asset/executions';
  expect(calls).toEqual([`POST ${workflow} Bearer access`, `POST ${workflow}/e/callbacks/c_1 Bearer access`]);
});
