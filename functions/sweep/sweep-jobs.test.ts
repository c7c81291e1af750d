import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AtlasError } from '../../shared/errors.ts';
import type { ExecutionState, WorkflowRunner } from '../../shared/ports/index.ts';
import { eventsPath, jobPath, outboxPath, readJob } from '../../shared/records/jobs.ts';
import { activeJobs, admitJob } from '../../shared/records/quotas.ts';
import { stagePath } from '../../shared/records/stages.ts';
import { webhookPath } from '../../shared/records/webhooks.ts';
import type { JobDocument, JobEvent } from '../../shared/schema/index.ts';
import { type StagePlace, stagePlace } from '../../shared/testing/stage-place.ts';
import { claimJob } from '../claim/claim.ts';
import { startJob } from '../start-job.ts';
import { type SweepJobsDeps, sweepJobs } from './sweep-jobs.ts';

const minute = 60_000;
const parent = 'projects/p/locations/l/workflows/w/executions';

let place: StagePlace;
let deps: SweepJobsDeps;
/** Executions that were started, and how each stands; what is not listed is not known to the engine. */
let executions: Map<string, ExecutionState>;
let down: boolean;
let ids: { tenantId: string; jobId: string };

const refuseWhenDown = (): void => {
  if (down) throw new AtlasError('store_unavailable', 'The workflow engine is not reachable.');
};
const workflows: WorkflowRunner = {
  async start() {
    refuseWhenDown();
    const name = `${parent}/e${executions.size + 1}`;
    executions.set(name, 'active');
    return name;
  },
  async state(name) {
    refuseWhenDown();
    return executions.get(name) ?? 'gone';
  },
  nameOf: (_workflow, id) => `${parent}/${id}`,
  async cancel() {},
  async answer() {},
};

beforeEach(async () => {
  place = stagePlace();
  executions = new Map();
  down = false;
  deps = { ...place.deps, workflows };
  const { tenantId, clock } = place;
  await deps.docs.set(`tenants/${tenantId}`, { id: tenantId });
  const job: JobDocument = {
    ...{ id: 'job_0123456789abcdef', tenantId, status: 'queued', priceMicroUsd: 1_000_000, eventCount: 1 },
    request: { source: { kind: 'asset', assetId: 'ast_0123456789abcdef' }, targets: ['web'], candidates: 1 },
    ...{ createdAt: clock.now().toISOString(), results: [], outputs: [], stages: [], plans: [] },
  };
  await admitJob(deps.docs, clock, job, []);
  ids = { tenantId, jobId: job.id };
});
afterEach(() => place.close());

const job = (): Promise<JobDocument> => readJob(deps.docs, ids.tenantId, ids.jobId);
const start = async (): Promise<void> => startJob(deps, await job());
const claim = (execution: number) => claimJob(place.deps, { ...ids, executionId: `e${execution}` });
const sweep = async (afterMs = 0): Promise<Record<string, number>> => {
  place.clock.advance(afterMs);
  return { ...(await sweepJobs(deps)).counts };
};
const eventTypes = async (): Promise<string[]> =>
  (await deps.docs.query<JobEvent>(eventsPath(ids.tenantId, ids.jobId))).map(({ data }) => data.type);
const left = async (): Promise<unknown> => deps.docs.get(outboxPath(ids.jobId));

describe('a job that was never started', () => {
  test('is left to whoever accepted it for a moment, then started, once', async () => {
    expect(await sweep()).toEqual({});
    expect(await sweep(10_000)).toEqual({ started: 1 });
    expect(await sweep()).toEqual({});
    expect([...executions.keys()]).toEqual([(await job()).executionName]);
  });

  test('is started once by two sweeps at once', async () => {
    place.clock.advance(minute);
    const both = await Promise.all([sweepJobs(deps), sweepJobs(deps)]);
    expect(both.map(({ counts }) => counts.started ?? 0).sort()).toEqual([0, 1]);
    expect(executions.size).toBe(1);
  });

  test('waits while the workflow engine is down, and is started when it is back', async () => {
    down = true;
    expect(await sweep(minute)).toEqual({ failed: 1 });
    expect(await sweep(minute)).toEqual({});
    down = false;
    expect(await sweep(minute)).toEqual({ started: 1 });
  });

  test('ends as failed when it could not be begun within a day, even while the engine is down', async () => {
    down = true;
    expect(await sweep(25 * 60 * minute)).toEqual({ ended: 1 });
    expect(await job()).toMatchObject({ status: 'failed', error: { code: 'work_crashed' } });
  });

  test('is not touched once it has been cancelled', async () => {
    await deps.docs.set(jobPath(ids.tenantId, ids.jobId), { status: 'cancelled' }, { merge: true });
    expect(await sweep(minute)).toEqual({ gone: 1 });
    expect([executions.size, await left()]).toEqual([0, undefined]);
  });

  test('whose tenant was deleted leaves nothing behind', async () => {
    await deps.docs.delete(jobPath(ids.tenantId, ids.jobId));
    expect(await sweep(minute)).toEqual({ gone: 1 });
    expect(await left()).toBeUndefined();
  });

  test('is started again when the sweep died after the start, and belongs to the first that claims it', async () => {
    const dying = { ...deps, docs: { ...deps.docs, transaction: () => Promise.reject(new Error('killed')) } };
    await expect(startJob(dying, await job())).rejects.toThrow('killed');
    await claim(1);
    expect(await sweep(minute)).toEqual({ alive: 1 });
    expect(executions.size).toBe(1);
  });
});

describe('a job whose execution died before its claim', () => {
  beforeEach(start);

  test.each<ExecutionState>(['failed', 'cancelled', 'succeeded', 'gone'])('(%s) is started again', async (state) => {
    executions.set(`${parent}/e1`, state);
    expect(await sweep(minute)).toEqual({});
    expect(await sweep(5 * minute)).toEqual({ restarted: 1 });
    expect(await claim(2)).toMatchObject({ owned: true });
    expect(await sweep(6 * minute)).toEqual({ alive: 1 });
  });

  test('is left alone while the execution still tries', async () => {
    for (let look = 0; look < 5; look++) expect(await sweep(6 * minute)).toEqual({ alive: 1 });
    expect(executions.size).toBe(1);
  });

  test('is not started a second time while the engine cannot be asked', async () => {
    executions.set(`${parent}/e1`, 'failed');
    down = true;
    expect(await sweep(6 * minute)).toEqual({ failed: 1 });
    expect([executions.size, (await job()).status]).toEqual([1, 'queued']);
  });

  test('ends as failed after five starts', async () => {
    const done: Record<string, number>[] = [];
    for (let look = 0; look < 5; look++) {
      for (const name of executions.keys()) executions.set(name, 'failed');
      done.push(await sweep(6 * minute));
    }
    expect(done).toEqual([{ restarted: 1 }, { restarted: 1 }, { restarted: 1 }, { restarted: 1 }, { ended: 1 }]);
    expect(executions.size).toBe(5);
    expect(await sweep(60 * minute)).toEqual({});
  });
});

describe('a job that its execution has claimed', () => {
  beforeEach(async () => {
    await start();
    await claim(1);
  });

  test('is left alone while the execution lives, however long', async () => {
    for (let look = 0; look < 60; look++) expect(await sweep(6 * minute)).toEqual({ alive: 1 });
    expect((await job()).status).toBe('running');
  });

  test('is left alone while the engine cannot be asked', async () => {
    executions.clear();
    down = true;
    for (let look = 0; look < 20; look++) expect(await sweep(10 * minute)).toEqual({ failed: 1 });
    expect((await job()).status).toBe('running');
  });

  test.each<ExecutionState>(['failed', 'cancelled', 'succeeded', 'gone'])(
    'and left behind (%s) ends as failed after a second look: uncharged, told, and its place is free',
    async (state) => {
      await deps.docs.set(webhookPath(ids.tenantId, 'whk_0123456789abcdef'), { events: ['job.failed'] });
      executions.set(`${parent}/e1`, state);
      expect(await sweep(6 * minute)).toEqual({ doubted: 1 });
      expect([(await job()).status, await sweep(5 * minute)]).toEqual(['running', {}]);
      expect(await activeJobs(deps.docs, ids.tenantId)).toBe(1);
      expect(await sweep(6 * minute)).toEqual({ ended: 1 });
      const ended = await job();
      expect(ended).toMatchObject({ status: 'failed', error: { code: 'work_crashed' } });
      expect(ended.chargedMicroUsd).toBeLessThan(ended.priceMicroUsd);
      expect(await eventTypes()).toEqual(['job.created', 'job.started', 'job.failed']);
      expect(place.published.map(({ topic }) => topic)).toEqual(['atlas-webhook']);
      expect([await activeJobs(deps.docs, ids.tenantId), await left()]).toEqual([0, undefined]);
    },
  );

  test('is ended once by two sweeps at once', async () => {
    executions.set(`${parent}/e1`, 'failed');
    await sweep(6 * minute);
    place.clock.advance(11 * minute);
    await Promise.all([sweepJobs(deps), sweepJobs(deps)]);
    expect(await eventTypes()).toEqual(['job.created', 'job.started', 'job.failed']);
    expect(await activeJobs(deps.docs, ids.tenantId)).toBe(0);
  });

  test('is left alone while somebody holds the lease on one of its stages', async () => {
    executions.set(`${parent}/e1`, 'failed');
    await sweep(6 * minute);
    place.clock.advance(11 * minute);
    const leaseUntilMs = place.clock.now().getTime() + 1000;
    const stage = { jobId: ids.jobId, status: 'running', leaseUntilMs };
    await deps.docs.set(stagePath(ids.tenantId, 'key'), stage);
    expect(await sweep()).toEqual({ alive: 1 });
    expect((await job()).status).toBe('running');
    expect(await sweep(6 * minute)).toEqual({ ended: 1 });
  });

  test('that settles between the question and the end stays as it was settled', async () => {
    executions.set(`${parent}/e1`, 'succeeded');
    await sweep(6 * minute);
    const settling: WorkflowRunner = {
      ...workflows,
      async state(name) {
        await deps.docs.set(jobPath(ids.tenantId, ids.jobId), { status: 'delivered' }, { merge: true });
        return workflows.state(name);
      },
    };
    place.clock.advance(11 * minute);
    expect((await sweepJobs({ ...deps, workflows: settling })).counts).toEqual({ alive: 1 });
    expect((await job()).status).toBe('delivered');
    expect(await eventTypes()).toEqual(['job.created', 'job.started']);
  });

  test('and whose second look finds the execution alive is not doubted any more', async () => {
    executions.set(`${parent}/e1`, 'gone');
    expect(await sweep(6 * minute)).toEqual({ doubted: 1 });
    executions.set(`${parent}/e1`, 'active');
    expect(await sweep(11 * minute)).toEqual({ alive: 1 });
    executions.set(`${parent}/e1`, 'gone');
    expect(await sweep(6 * minute)).toEqual({ doubted: 1 });
  });
});

describe('a job whose workflow was started twice', () => {
  beforeEach(async () => {
    await start();
    await start();
  });

  test('lives with the execution that claimed it, whichever name was written down', async () => {
    await claim(1);
    executions.set(`${parent}/e2`, 'succeeded');
    for (let look = 0; look < 3; look++) expect(await sweep(11 * minute)).toEqual({ alive: 1 });
  });

  test('and ends with it', async () => {
    await claim(1);
    executions.set(`${parent}/e1`, 'failed');
    expect([await sweep(11 * minute), await sweep(11 * minute)]).toEqual([{ doubted: 1 }, { ended: 1 }]);
  });
});

describe('many jobs', () => {
  beforeEach(async () => {
    for (let number = 1; number <= 130; number++)
      await place.job(number, { status: 'queued', executionId: undefined } as never);
    await deps.docs.delete(outboxPath(ids.jobId));
    place.clock.advance(minute);
  });

  test('are done by slices: a call stops when its time is over, the next goes on', async () => {
    let asked = 0;
    const first = await sweepJobs(deps, () => ++asked > 3);
    expect(first).toEqual({ counts: { started: 24 }, more: true });
    expect(await sweepJobs(deps)).toEqual({ counts: { started: 106 }, more: false });
    expect(executions.size).toBe(130);
  });

  test('do not all wait for an engine that is down: the call gives up early', async () => {
    down = true;
    const { counts, more } = await sweepJobs(deps);
    expect([counts.failed, more]).toEqual([24, true]);
  });

  test('cost one read when none is due', async () => {
    await sweepJobs(deps);
    const asked: string[] = [];
    const docs = {
      ...deps.docs,
      query: (...args: Parameters<typeof deps.docs.query>) => {
        asked.push(args[0]);
        return deps.docs.query(...args);
      },
      get: () => Promise.reject(new Error('nothing is to be read')),
      transaction: () => Promise.reject(new Error('nothing is to be changed')),
    } as unknown as typeof deps.docs;
    expect(await sweepJobs({ ...deps, docs })).toEqual({ counts: {}, more: false });
    expect(asked).toEqual(['jobOutbox']);
  });
});
