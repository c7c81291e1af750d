import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Deps } from '../../../functions/context.ts';
import { Job, type JobDocument } from '../../../shared/schema/index.ts';
import { expectExact, type FaultPlace, faultPlace } from './fault-place.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const skewed = (deps: Deps, ms: number): Deps => ({
  ...deps,
  clock: { now: () => new Date(deps.clock.now().getTime() + ms) },
});

describe('instances whose clocks are ten minutes ahead and behind', () => {
  let place: FaultPlace;
  const runs = new Map<string, number>();
  const delivered: string[] = [];
  beforeAll(async () => {
    place = await faultPlace({
      environment: { ATLAS_DELIVERIES: '3' },
      instances: (deps) => [deps, skewed(deps, 10 * minuteMs), skewed(deps, -10 * minuteMs)],
      async during(name, job) {
        const key = `${name} ${job.id}`;
        runs.set(key, (runs.get(key) ?? 0) + 1);
        // Long enough for every copy to meet the one that holds the stage.
        await sleep(400);
      },
    });
  });
  afterAll(() => place.close());

  test('take no stage from its holder: of three deliveries at once one works, and each job is charged once', async () => {
    const ids = await place.post(6);
    await place.ended(ids);
    delivered.push(...ids);
    expect([...runs.values()]).toEqual(Array(4 * 6).fill(1));
    await expectExact(place, { delivered });
  });

  test('accept one job for one Idempotency-Key, whichever of them is asked', async () => {
    const post = () =>
      fetch(`${place.server.url}/v1/jobs`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${place.key}`,
          'content-type': 'application/json',
          'idempotency-key': 'skew',
        },
        body: JSON.stringify(place.request),
      });
    const atOnce = await Promise.all(Array.from({ length: 9 }, post));
    for (const { status } of atOnce) expect([201, 409, 429, 503]).toContain(status);
    const ids = new Set<string>();
    for (let instance = 0; instance < 3; instance++) {
      const answer = await post();
      expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
      ids.add(Job.parse(await answer.json()).id);
    }
    expect(ids.size).toBe(1);
    await place.ended([...ids]);
    delivered.push(...ids);
    await expectExact(place, { delivered });
  });
});

test('jobs that one instance accepts today and another settles tomorrow are charged on the day of their acceptance', async () => {
  const place = await faultPlace({ instances: (deps) => [deps, skewed(deps, dayMs)] });
  try {
    const { docs } = place.server.deps;
    const ids = await place.post(6);
    await place.ended(ids);
    const jobs = await docs.getAll<JobDocument>(ids.map((id) => `tenants/${place.tenantId}/jobs/${id}`));
    expect(new Set(jobs.map((job) => job?.createdAt.slice(0, 10))).size).toBe(2);
    expect(new Set(jobs.map((job) => job?.createdAt.slice(0, 10) === job?.finishedAt?.slice(0, 10))).size).toBe(2);
    await expectExact(place, { delivered: ids });
  } finally {
    await place.close();
  }
});
