import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { localIdentity } from '../../shared/adapters/local/local-identity.ts';
import type { WorkflowRunner } from '../../shared/ports/index.ts';
import { type LocalMode, localMode } from '../../shared/testing/local-mode.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';

const home = tempFolder();
let mode: LocalMode;
beforeAll(async () => {
  mode = await localMode(home);
});
afterAll(() => mode.server.close());

const clock = { now: () => new Date() };
const command = { specversion: '1.0' };

/** Tokens that are not ours, not for us, or no longer valid. */
const tokens: readonly (readonly [string, () => Promise<string | undefined>])[] = [
  ['no token', async () => undefined],
  ['nonsense', async () => 'abc'],
  ['an API key', async () => mode.key],
  [
    'a token of another installation',
    () => localIdentity(Buffer.alloc(32, 1), clock).mint(mode.server.deps.settings.functionsUrl),
  ],
  ['a token for another audience', () => mode.server.deps.identity.mint('https://elsewhere.example')],
  [
    'a token that has expired',
    () =>
      localIdentity(mode.server.deps.secret, { now: () => new Date(Date.now() - 3_600_000) }).mint(
        mode.server.deps.settings.functionsUrl,
      ),
  ],
  [
    'a token whose signature was cut off',
    async () => (await mode.server.deps.identity.mint(mode.server.deps.settings.functionsUrl)).replace(/[^.]+$/, ''),
  ],
];

const ask = async (path: string, token: string | undefined): Promise<number> => {
  const response = await fetch(`${mode.server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(command),
  });
  await response.arrayBuffer();
  return response.status;
};
const countOf = (message: string): number => mode.logged.filter((line) => line.message === message).length;

describe.each([
  ['a function', '/fn/settle', 'identity token refused'],
  [
    'the workflow engine',
    '/v1/projects/atlas-local/locations/local/workflows/produce-asset/executions',
    'workflow call refused',
  ],
])('%s', (_who, path, message) => {
  test.each(tokens)('refuses %s, and logs it', async (_case, token) => {
    const before = countOf(message);
    expect(await ask(path, await token())).toBe(401);
    expect(countOf(message)).toBe(before + 1);
  });
});

test('a function that is not there is logged and tells no more than that', async () => {
  expect(await ask('/fn/nothing', await mode.server.deps.identity.mint(mode.server.deps.settings.functionsUrl))).toBe(
    404,
  );
  expect(countOf('no such function')).toBe(1);
});

test('a callback for an execution that has ended, or never was, is refused and logged; who answers it goes on', async () => {
  const workflows: WorkflowRunner = mode.server.deps.workflows;
  const ids = { tenantId: mode.tenantId, jobId: 'job_0123456789abcdef' };
  const name = await workflows.start('produce-asset', ids);
  await workflows.cancel(name).catch(() => undefined);
  const before = countOf('workflow call refused');
  await workflows.answer(`${mode.server.url}/v1/${name}/callbacks/made-up`, { status: 'done' });
  await workflows.answer(`${mode.server.url}/v1/${name}x/callbacks/made-up`, { status: 'done' });
  expect(countOf('workflow call refused')).toBe(before + 2);
});
