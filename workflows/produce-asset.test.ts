import { expect, test } from '@jest/globals';
import type { RunJob } from './local/calls/connectors.ts';
import type { Json } from './local/json-text.ts';
import { claimed, done, failed, keys, produce, settled, type World } from './testing/run-produce-asset.ts';

test('claims the job, makes every target stage by stage, and settles with all their keys', async () => {
  const run = await produce({});
  expect(run.execution).toMatchObject({ state: 'SUCCEEDED', result: '{"status":"done","stageKey":"settle:null"}' });
  expect(run.asked).toEqual([
    {
      url: 'http://functions/claim',
      body: '{"tenantId":"ten_1","jobId":"job_1","executionId":"e1","traceparent":""}',
      authorization: 'Bearer for http://functions',
    },
  ]);
  expect(run.commands.map(({ stage, target }) => `${stage} ${target}`).sort()).toEqual([
    'convert ar',
    'convert web',
    'dispatch null',
    'gate ar',
    'gate web',
    'refine ar',
    'refine web',
    'settle null',
  ]);
  expect(run.commands.find(({ stage, target }) => stage === 'convert' && target === 'web')).toEqual({
    ...{ tenantId: 'ten_1', jobId: 'job_1', executionId: 'e1', stage: 'convert', target: 'web' },
    callbackUrl: expect.stringContaining('/executions/e1/callbacks/'),
    traceparent: '',
    input: { refineKey: 'refine:web', round: 0, settings: null },
  });
  expect(settled(run)[0]!.input).toEqual({
    dispatchKey: 'dispatch:null',
    scoreManifest: null,
    targets: { web: keys('web'), ar: keys('ar') },
  });
});

test('ends at once when another execution owns the job', async () => {
  const run = await produce({ claims: [claimed({ owned: false })] });
  expect(run.execution.result).toBe('{"status":"DUPLICATE","jobId":"job_1"}');
  expect(run.commands).toEqual([]);
});

test('claims again while the function is busy, gives up when it refuses', async () => {
  const busy = Array.from({ length: 20 }, () => ({ code: 500, body: null }));
  const patient = await produce({ claims: [...busy, claimed()] });
  expect([patient.execution.state, patient.seconds]).toEqual(['SUCCEEDED', 1 + 2 + 4 + 8 + 16 + 32 + 14 * 60]);
  const refused = await produce({ claims: [{ code: 404, body: { code: 'not_found' } }] });
  expect([refused.execution.state, refused.asked.length]).toEqual(['FAILED', 1]);
});

test('a command that nobody answers is sent again', async () => {
  const run = await produce({
    answer: (command, count) => (command.stage === 'refine' && count === 1 ? undefined : done(command)),
  });
  expect(run.execution.state).toBe('SUCCEEDED');
  expect(run.commands.filter(({ stage, target }) => stage === 'refine' && target === 'web')).toHaveLength(2);
  expect(settled(run)[0]!.input.targets).toEqual({ web: keys('web'), ar: keys('ar') });
});

test('a failed target keeps its error, and the others are made', async () => {
  const run = await produce({
    answer: (command) =>
      command.stage === 'convert' && command.target === 'web' ? failed('too_many_triangles') : done(command),
  });
  expect(settled(run)[0]!.input.targets).toEqual({
    web: { error: failed('too_many_triangles').error },
    ar: keys('ar'),
  });
});

test('a target that never ends fails with a time-out, and the others are made', async () => {
  const run = await produce({
    answer: (command) => (command.stage === 'gate' && command.target === 'ar' ? undefined : done(command)),
  });
  expect(settled(run)[0]!.input.targets).toMatchObject({ web: keys('web'), ar: { error: { tags: ['TimeoutError'] } } });
});

test('an error is settled without what would fill the memory', async () => {
  const huge = { status: 'failed', error: { message: 'large', detail: 'x'.repeat(200_000) } };
  const targets = ['a', 'b', 'c', 'd'];
  const run = await produce({
    claims: [claimed({ targets })],
    answer: (command) => (command.stage === 'refine' ? huge : done(command)),
  });
  const errors = settled(run)[0]!.input.targets as Record<string, { error: { message: string } }>;
  expect(Object.keys(errors).sort()).toEqual(targets);
  for (const { error } of Object.values(errors)) expect(JSON.stringify(error).length).toBeLessThan(200);
  expect(run.execution.state).toBe('SUCCEEDED');
});

test.each<[string, World, Json]>([
  [
    'its source is refused',
    { answer: (command) => (command.stage === 'dispatch' ? failed('bad_glb') : done(command)) },
    failed('bad_glb').error,
  ],
  [
    'the scoring job fails twice',
    {
      claims: [claimed({ score: true })],
      runJob: () => Promise.reject(new Error('task 0 exited with 1')),
    },
    { message: 'OperationError: task 0 exited with 1', tags: ['OperationError'] },
  ],
])('the job is settled as failed when %s', async (_, world, error) => {
  const run = await produce(world);
  expect(settled(run).map(({ input }) => [input.error, input.targets])).toEqual([[error, {}]]);
  expect(run.execution.state).toBe('SUCCEEDED');
});

test('scores when the job asks for it, and settles with the manifest', async () => {
  const jobs: Json[] = [];
  const runJob: RunJob = async (name, overrides) => {
    jobs.push([name, overrides]);
    return null;
  };
  const run = await produce({ claims: [claimed({ score: true })], runJob });
  const manifest = 'tenants/ten_1/scores/dispatch:null.json';
  expect(jobs).toEqual([
    [
      'projects/p/locations/eu/jobs/atlas-score',
      {
        containerOverrides: [{ args: ['ten_1', 'dispatch:null', manifest], env: [{ name: 'TRACEPARENT', value: '' }] }],
      },
    ],
  ]);
  expect(settled(run)[0]!.input.scoreManifest).toBe(manifest);
});

test('hands its trace on: to the claim, in and beside every command, and to the scoring job', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const jobs: Json[] = [];
  const runJob: RunJob = async (_name, overrides) => {
    jobs.push(overrides);
    return null;
  };
  const run = await produce({ claims: [claimed({ score: true })], runJob, traceparent });
  expect(run.execution.state).toBe('SUCCEEDED');
  expect(JSON.parse(run.asked[0]!.body)).toMatchObject({ traceparent });
  expect(run.commands).toHaveLength(8);
  for (const command of run.commands) expect(command.traceparent).toBe(traceparent);
  for (const beside of run.attributes) expect(beside).toEqual({ traceparent });
  expect(jobs).toMatchObject([{ containerOverrides: [{ env: [{ name: 'TRACEPARENT', value: traceparent }] }] }]);
});

test('a settlement that cannot be done is replaced by that of a failed job', async () => {
  const run = await produce({
    answer: (command) =>
      command.stage === 'settle' && command.input.error === undefined ? failed('internal') : done(command),
  });
  expect(settled(run).map(({ input }) => input.error)).toEqual([undefined, failed('internal').error]);
  expect(run.execution.state).toBe('SUCCEEDED');
});
