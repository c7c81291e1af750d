import { describe, expect, test } from '@jest/globals';
import type { Json } from '../json-text.ts';
import { errorOf, outcomeOf } from '../testing/run-source.ts';
import type { Publish, RunJob } from './connectors.ts';

const publish = (topic: string, messages: string) => `
- p:
    call: googleapis.pubsub.v1.projects.topics.publish
    args: {topic: ${topic}, body: {messages: ${messages}}}
    result: r
- d:
    return: '\${r}'
`;
const run = (more = '') => `
- j:
    call: googleapis.run.v2.projects.locations.jobs.run
    args: {name: projects/p/locations/l/jobs/score, body: {overrides: {containerOverrides: [{env: [{name: JOB, value: '1'}]}]}}${more}}
    result: r
- d:
    return: '\${r}'
`;

describe('publish', () => {
  test('decodes the messages and answers their ids', async () => {
    const published: unknown[] = [];
    const spy: Publish = async (topic, messages, { operationId }) => {
      published.push(topic, messages, operationId.replace(/.*executions\/[^/]+/, ''));
      return ['m1', 'm2'];
    };
    const source = publish('projects/p/topics/t', '[{data: aGk=, attributes: {n: 1}}, {orderingKey: k}]');
    expect(await outcomeOf(source, { publish: spy })).toBe('{"messageIds":["m1","m2"]}');
    expect(published).toEqual([
      'projects/p/topics/t',
      [
        { data: new Uint8Array([104, 105]), attributes: { n: '1' }, orderingKey: '' },
        { data: new Uint8Array(), attributes: {}, orderingKey: 'k' },
      ],
      '/operations/1',
    ]);
  });

  test.each([
    ['topic', '[{data: aGk=}]', 'ValueError'],
    ['projects/p/topics/t', '[]', 'ValueError'],
    ['projects/p/topics/t', '[{data: "%"}]', 'ValueError'],
    ['projects/p/topics/t', '[text]', 'TypeError'],
  ])('refuses topic %s with messages %s', async (topic, messages, tag) => {
    expect(await errorOf(publish(topic, messages), { publish: async () => [] })).toMatchObject({ tags: [tag] });
  });

  test.each([
    [{ code: 404 }, { code: 404, tags: ['HttpError'] }],
    [{}, { tags: ['ConnectionError'] }],
  ])('a failure %j of the bus is an error of the workflow', async (failure, expected) => {
    const broken: Publish = () => Promise.reject(Object.assign(new Error('no topic'), failure));
    const source = publish('projects/p/topics/t', '[{data: aGk=}]');
    expect(await errorOf(source, { publish: broken })).toMatchObject(expected);
  });
});

describe('run job', () => {
  test('waits for the job and answers its execution', async () => {
    const runJob: RunJob = async (name, overrides) => ({ name, overrides }) as Json;
    expect(JSON.parse(await outcomeOf(run(), { runJob }))).toEqual({
      name: 'projects/p/locations/l/jobs/score',
      overrides: { containerOverrides: [{ env: [{ name: 'JOB', value: '1' }] }] },
    });
  });

  test('a failed job is an OperationError', async () => {
    const runJob: RunJob = () => Promise.reject(new Error('task 0 exited with 1'));
    expect(await errorOf(run(), { runJob })).toEqual({
      message: 'OperationError: task 0 exited with 1',
      tags: ['OperationError'],
    });
  });

  test('a job that takes longer than connector_params.timeout is given up with a TimeoutError', async () => {
    let aborted = false;
    const runJob: RunJob = (_, __, { signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('aborted'));
        }),
      );
    const error = await errorOf(run(', connector_params: {timeout: 0.001}'), { runJob });
    expect([error, aborted]).toMatchObject([{ tags: ['TimeoutError'] }, true]);
  });

  test('a job that never ends and hears no signal is given up too', async () => {
    const runJob: RunJob = () => new Promise(() => undefined);
    const error = await errorOf(run(', connector_params: {timeout: 0.001}'), { runJob });
    expect(error).toMatchObject({ tags: ['TimeoutError'] });
  });

  test('skip_polling answers at once with the operation', async () => {
    const runJob: RunJob = () => new Promise(() => undefined);
    const result = JSON.parse(await outcomeOf(run(', connector_params: {skip_polling: true}'), { runJob }));
    expect(result).toMatchObject({ done: false, name: expect.stringContaining('/operations/') });
  });
});
