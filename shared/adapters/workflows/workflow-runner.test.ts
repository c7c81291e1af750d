import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import { workflowExecutor } from '../../../workflows/local/executor.ts';
import { memoryExecutionStore } from '../../../workflows/local/store/memory-execution-store.ts';
import { type WorkflowRunnerPlace, workflowRunnerContract } from '../../testing/contracts/workflow-runner-contract.ts';
import { cloudWorkflowsRunner } from './cloud-workflows-runner.ts';
import { restWorkflowRunner } from './rest-workflow-runner.ts';

const source = `
main:
  params: [args]
  steps:
    - choose:
        switch:
          - condition: '\${args.how == "fail"}'
            raise: 'as it was asked'
          - condition: '\${args.how == "wait"}'
            next: wait
    - done:
        return: 'done'
    - wait:
        call: sys.sleep
        args:
          seconds: 3600
`;

const authorize = async (request: IncomingMessage): Promise<boolean> => request.headers.authorization === 'Bearer t';

/** The local executor behind its REST interface, with the workflow deployed under `workflowId`. */
async function engine(workflowId: string): Promise<{ baseUrl: string; close(): Promise<void> }> {
  const executor = workflowExecutor({ store: memoryExecutionStore(), authorize, project: 'p', location: 'l' });
  executor.deploy({ workflowId, source });
  const server = createServer((req, res) => void (executor.handle(req, res) || res.writeHead(404).end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      executor.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

workflowRunnerContract('REST, as the local mode uses it', async (): Promise<WorkflowRunnerPlace> => {
  const { baseUrl, close } = await engine('work');
  const runner = restWorkflowRunner({
    baseUrl: () => baseUrl,
    parent: 'projects/p/locations/l',
    token: async () => 't',
  });
  return { runner, workflowId: 'work', cutOff: close };
});

workflowRunnerContract('Cloud Workflows, on the same interface', async (): Promise<WorkflowRunnerPlace> => {
  const { baseUrl, close } = await engine('atlas-work');
  const place = { project: 'p', location: 'l', baseUrl, token: async () => 't' };
  const runner = cloudWorkflowsRunner({ ...place, deployedAs: { work: 'atlas-work' } });
  return { runner, workflowId: 'work', cutOff: close };
});

/** What a stand-in for Google’s API answers next. */
let answer = { status: 200, text: '{}' };
const asked: string[] = [];
const standIn = createServer((req, res) => {
  asked.push(`${req.method} ${req.url}`);
  res.writeHead(answer.status).end(answer.text);
});
await new Promise<void>((resolve) => standIn.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  standIn.closeAllConnections();
  standIn.close();
});
const google = restWorkflowRunner({
  baseUrl: () => `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`,
  parent: 'projects/p/locations/l',
  token: async () => 't',
});

test('an execution that waits for its turn is active', async () => {
  answer = { status: 200, text: '{"state":"QUEUED"}' };
  expect(await google.state('projects/p/executions/e')).toBe('active');
  expect(asked).toEqual(['GET /v1/projects/p/executions/e?view=BASIC']);
});

test.each([
  ['Google cannot read its record', 200, '{"state":"UNAVAILABLE"}'],
  ['the state is one that we do not know', 200, '{"state":"PAUSED"}'],
  ['there is no state', 200, '{}'],
  ['the answer is not JSON', 200, '<html>'],
  ['we may not ask', 403, '{}'],
  ['the quota is used up', 429, '{}'],
  ['the engine fails', 503, ''],
])('when %s, nothing is said about the execution', async (_case, status, text) => {
  answer = { status, text };
  await expect(google.state('projects/p/executions/e')).rejects.toMatchObject({ code: 'store_unavailable' });
});
