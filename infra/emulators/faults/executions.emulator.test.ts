import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { AtlasError } from '../../../shared/errors.ts';
import { eventsPath, readJob } from '../../../shared/records/jobs.ts';
import type { JobDocument, JobEvent } from '../../../shared/schema/index.ts';
import type { EmptyStageName } from '../../../shared/testing/empty-stages.ts';
import { expectExact, type FaultPlace, faultPlace, until } from './fault-place.ts';

let place: FaultPlace;
let during: (name: EmptyStageName, job: JobDocument) => Promise<void>;
/** How many executions the API starts for each job. */
let startsEach = 1;
const calm = (): void => {
  during = async () => undefined;
  startsEach = 1;
};
const started: string[] = [];
const [delivered, failed]: [string[], string[]] = [[], []];

beforeAll(async () => {
  calm();
  place = await faultPlace({
    during: (name, job) => during(name, job),
    instances: (deps) => [
      {
        ...deps,
        workflows: {
          ...deps.workflows,
          async start(...args) {
            const names = await Promise.all(Array.from({ length: startsEach }, () => deps.workflows.start(...args)));
            started.push(...names);
            return names[0] ?? '';
          },
        },
      },
    ],
  });
});
afterEach(calm);
afterAll(() => place.close());

const Execution = z.looseObject({ state: z.string(), result: z.string().optional() });

/** How an execution ended. */
async function endOf(name: string): Promise<string> {
  const { identity, settings } = place.server.deps;
  let end = '';
  await until(`execution ${name} has ended`, async () => {
    const token = await identity.mint(settings.functionsUrl);
    const answer = await fetch(`${place.server.url}/v1/${name}`, { headers: { authorization: `Bearer ${token}` } });
    const { state, result } = Execution.parse(await answer.json());
    end = `${state} ${z.looseObject({ status: z.string() }).parse(JSON.parse(result ?? '{"status":""}')).status}`;
    return state !== 'ACTIVE';
  });
  return end;
}

describe('two executions of one job', () => {
  test('started at once: one does the work, the other ends as a duplicate, and the job is charged once', async () => {
    startsEach = 2;
    const ids = await place.post(6);
    await place.ended(ids);
    const ends = await Promise.all(started.splice(0).map(endOf));
    expect(ends.sort()).toEqual([...Array(6).fill('SUCCEEDED DUPLICATE'), ...Array(6).fill('SUCCEEDED done')]);
    delivered.push(...ids);
    await expectExact(place, { delivered });
  });

  test('of which the second starts when the first has settled changes nothing', async () => {
    const [id = ''] = await place.post(1);
    await place.ended([id]);
    delivered.push(id);
    const before = await place.snapshot();
    const second = await place.server.deps.workflows.start('produce-asset', { tenantId: place.tenantId, jobId: id });
    expect(await endOf(second)).toBe('SUCCEEDED DUPLICATE');
    expect(await place.snapshot()).toEqual(before);
    await expectExact(place, { delivered });
  });
});

describe('a stage', () => {
  test('that cannot work three times, and then can, is delivered and charged once', async () => {
    const tries = new Map<string, number>();
    during = async (name, { id }) => {
      const key = `${name} ${id}`;
      tries.set(key, (tries.get(key) ?? 0) + 1);
      if (name !== 'dispatch' && (tries.get(key) ?? 0) <= 3) {
        throw new AtlasError('store_unavailable', 'Not now.');
      }
    };
    const ids = await place.post(3);
    await place.ended(ids);
    expect([...tries.values()].sort()).toEqual([1, 1, 1, ...Array(9).fill(4)]);
    delivered.push(...ids);
    await expectExact(place, { delivered });
  });

  test('that refuses its input ends the job as failed, with the reason, after one try', async () => {
    let tries = 0;
    during = async (name) => {
      if (name !== 'convert') return;
      tries++;
      throw new AtlasError('file_malformed', 'The file is broken.');
    };
    const [id = ''] = await place.post(1);
    await place.ended([id]);
    failed.push(id);
    const job = await readJob(place.server.deps.docs, place.tenantId, id);
    expect([tries, job.status, job.error?.code]).toEqual([1, 'failed', 'file_malformed']);
    const events = await place.server.deps.docs.query<JobEvent>(eventsPath(place.tenantId, id));
    expect(events.filter(({ data }) => data.type === 'stage.failed')).toHaveLength(1);
    await expectExact(place, { delivered, failed });
  });
});
