import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { AtlasError } from '../shared/errors.ts';
import { changeJob, eventsPath, readJob } from '../shared/records/jobs.ts';
import { claimStage, renewStage, type StageRecord, stageKeyOf, stagePath } from '../shared/records/stages.ts';
import { type JobEvent, limits } from '../shared/schema/index.ts';
import { type StagePlace, stagePlace } from '../shared/testing/stage-place.ts';
import { subscriptions } from './deps.ts';
import { type Stage, type StageOutcome, stageFunction } from './event-function.ts';

let place: StagePlace;
beforeEach(() => {
  place = stagePlace();
});
afterEach(() => place.close());

const outcome = (result = 'done'): StageOutcome => ({ result: { result }, outputs: [], changes: [] });
const identity = { stage: 'dispatch' as const, engineVersion: '1', parameters: {}, inputs: [] };

/** A stage whose every job has the same work: what `work` does. */
const stageOf = (
  work: (signal: AbortSignal, run: number) => Promise<StageOutcome>,
  prepare: () => Promise<void> = async () => undefined,
) => {
  let runs = 0;
  const stage: Stage<object> = {
    name: 'dispatch',
    engineVersion: '1',
    input: z.strictObject({}),
    async prepare() {
      await prepare();
      return { parameters: {}, inputs: [], work: (signal) => work(signal, ++runs) };
    },
    tell: ({ result }) => ({ verdict: (result as { result: string }).result === 'done' ? 'accepted' : 'rejected' }),
  };
  return { run: stageFunction(place.deps, stage), runs: () => runs };
};

const key = () => stageKeyOf(place.tenantId, identity);
const record = () => place.deps.docs.get<StageRecord>(stagePath(place.tenantId, key()));
const job = (jobId: string) => readJob(place.deps.docs, place.tenantId, jobId);
const eventsOf = async (jobId: string) =>
  (await place.deps.docs.query<JobEvent>(eventsPath(place.tenantId, jobId))).map(({ data }) => data.type);
const cancel = (jobId: string) =>
  changeJob(place.deps.docs, place.clock, { tenantId: place.tenantId, jobId }, () => ({
    job: { status: 'cancelled' },
    events: [{ type: 'job.cancelled' }],
  }));
/** Lets a lease run out, and whoever waits for it look. */
const passTime = async (): Promise<void> => {
  place.clock.advance(31_000);
  await sleep(20);
};
async function passingTime(done: Promise<void>): Promise<void> {
  let over = false;
  const ended = done.finally(() => {
    over = true;
  });
  while (!over) await passTime();
  await ended;
}
/** A promise to be settled from outside. */
function held<T>() {
  let release = (_value: T): void => undefined;
  const promise = new Promise<T>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

test('the bus gives a command as many deliveries as the stages count on', () => {
  for (const [topic, { maxDeliveryAttempts }] of Object.entries(subscriptions)) {
    if (topic !== 'atlas-webhook') expect([topic, maxDeliveryAttempts]).toEqual([topic, limits.stageDeliveries]);
  }
});

describe('a stage command', () => {
  test('is worked on, written down with the job’s line and events, and answered', async () => {
    const { id } = await place.job(1);
    await stageOf(async () => outcome()).run(place.event({ jobId: id }));
    expect(place.answers).toEqual([{ status: 'done', stageKey: key(), cached: false, verdict: 'accepted' }]);
    expect(await record()).toMatchObject({ status: 'done', jobId: id, attempts: 1, result: { result: 'done' } });
    expect((await job(id)).stages).toMatchObject([{ name: 'dispatch', cached: false }]);
    expect(await eventsOf(id)).toEqual(['job.created', 'stage.started', 'stage.finished']);
  });

  test('that comes again is answered again from the record, without work', async () => {
    const { id } = await place.job(1);
    const { run, runs } = stageOf(async () => outcome());
    for (let count = 0; count < 3; count++) await run(place.event({ jobId: id }));
    expect([runs(), new Set(place.answers.map((answer) => JSON.stringify(answer))).size]).toEqual([1, 1]);
    expect((await job(id)).stages).toHaveLength(1);
    expect(await eventsOf(id)).toEqual(['job.created', 'stage.started', 'stage.finished']);
  });

  test('of another job with the same work is answered from the record, which the first job pays for', async () => {
    const [first, second] = [await place.job(1), await place.job(2)];
    const { run, runs } = stageOf(async () => outcome());
    for (const { id } of [first, second]) await run(place.event({ jobId: id }));
    expect(runs()).toBe(1);
    expect(place.answers.map((answer) => answer.status === 'done' && answer.cached)).toEqual([false, true]);
    expect(await record()).toMatchObject({ jobId: first.id });
    expect((await job(second.id)).stages).toMatchObject([{ cached: true, ms: 0 }]);
  });

  test('that comes twice at once is worked on once, and both are answered', async () => {
    const { id } = await place.job(1);
    const gate = held<void>();
    const { run, runs } = stageOf(async () => {
      await gate.promise;
      return outcome();
    });
    const both = [run(place.event({ jobId: id })), run(place.event({ jobId: id }))];
    while (runs() === 0) await new Promise(setImmediate);
    gate.release();
    await Promise.all(both);
    expect([runs(), place.answers.length]).toEqual([1, 2]);
    expect(await eventsOf(id)).toEqual(['job.created', 'stage.started', 'stage.finished']);
  });

  test.each<[string, Record<string, unknown>]>([
    ['of another execution', { executionId: 'execution-2' }],
    ['of a job that is not there', { jobId: 'job_none000000000000' }],
  ])('%s is passed over without an answer', async (_case, change) => {
    const { id } = await place.job(1);
    const { run, runs } = stageOf(async () => outcome());
    await run(place.event({ jobId: id, ...change }));
    expect([runs(), place.answers]).toEqual([0, []]);
  });

  test.each([
    ['no base64', { message: { data: '%%%' } }],
    ['no JSON', { message: { data: Buffer.from('{').toString('base64') } }],
    ['another schema', { message: { data: Buffer.from('{"jobId":1}').toString('base64') } }],
    ['no message', {}],
    ['nothing', undefined],
  ])('that is %s is refused each time, so that it becomes a dead letter', async (_case, data) => {
    const { run, runs } = stageOf(async () => outcome());
    await expect(run({ id: 'm', data } as never)).rejects.toMatchObject({ code: 'invalid_request' });
    expect(place.logged.join()).toContain('message refused');
    expect([runs(), place.answers]).toEqual([0, []]);
  });

  test('whose answer is not taken comes again, and is answered without work', async () => {
    const { id } = await place.job(1);
    const { run, runs } = stageOf(async () => outcome());
    place.broken.callback = true;
    await expect(run(place.event({ jobId: id }))).rejects.toMatchObject({ code: 'callback_failed' });
    place.broken.callback = false;
    await run(place.event({ jobId: id }, 2));
    expect([runs(), place.answers.length]).toEqual([1, 1]);
  });
});

describe('a failure', () => {
  const broken = () => new AtlasError('file_malformed', 'The file is broken.', { pointer: '/meshes/0' });

  test('of the file is answered with its code and pointer, not thrown', async () => {
    const { id } = await place.job(1);
    await stageOf(() => Promise.reject(broken())).run(place.event({ jobId: id }));
    const error = { code: 'file_malformed', message: 'The file is broken.', pointer: '/meshes/0' };
    expect(place.answers).toEqual([{ status: 'failed', error }]);
    expect(await eventsOf(id)).toEqual(['job.created', 'stage.started', 'stage.failed']);
  });

  test('of a file is the same however many jobs are made of it', async () => {
    const { run, runs } = stageOf(() => Promise.reject(broken()));
    for (let number = 1; number <= 8; number++) {
      await run(place.event({ jobId: (await place.job(number)).id }));
    }
    expect(runs()).toBe(8);
    expect(place.answers.map((answer) => answer.status === 'failed' && answer.error.code)).toEqual(
      Array(8).fill('file_malformed'),
    );
  });

  test.each<[string, () => Error, string]>([
    ['may pass', () => new AtlasError('store_unavailable', 'The store is gone.'), 'store_unavailable'],
    ['nobody foresaw', () => new TypeError('password is hunter2'), 'internal'],
  ])('that %s goes back to the bus, but is answered at the last delivery', async (_case, error, code) => {
    const { id } = await place.job(1);
    const { run } = stageOf(
      async () => outcome(),
      () => Promise.reject(error()),
    );
    for (const attempt of [1, limits.stageDeliveries - 1]) {
      await expect(run(place.event({ jobId: id }, attempt))).rejects.toBeInstanceOf(AtlasError);
    }
    expect(place.answers).toEqual([]);
    await run(place.event({ jobId: id }, limits.stageDeliveries));
    expect(place.answers).toMatchObject([{ status: 'failed', error: { code } }]);
    expect(JSON.stringify(place.answers)).not.toContain('hunter2');
    expect(await eventsOf(id)).toEqual(['job.created', 'stage.failed']);
  });

  test('that kills the worker four times ends its job, and the next job tries afresh', async () => {
    const [first, second] = [await place.job(1), await place.job(2)];
    const { deps, clock, tenantId } = place;
    for (let crash = 0; crash < 4; crash++) {
      const request = { ...identity, tenantId, jobId: first.id, stageKey: key(), holder: `dead-${crash}`, leaseMs: 1 };
      const looked = await claimStage(deps.docs, clock, request);
      clock.advance(2);
      if (looked.kind === 'busy') {
        expect(await claimStage(deps.docs, clock, { ...request, seen: looked.seen })).toMatchObject({ kind: 'mine' });
      } else expect([crash, looked.kind]).toEqual([0, 'mine']);
    }
    const { run, runs } = stageOf(async () => outcome());
    await passingTime(run(place.event({ jobId: first.id })));
    expect(place.answers).toMatchObject([{ status: 'failed', error: { code: 'work_crashed' } }]);
    expect(runs()).toBe(0);
    await run(place.event({ jobId: second.id }));
    expect(place.answers.at(-1)).toMatchObject({ status: 'done' });
    expect(await record()).toMatchObject({ status: 'done', jobId: second.id });
  });

  test('because we close down is no answer: the work is done after the restart', async () => {
    const { id } = await place.job(1);
    const closing = () => Promise.reject(new AtlasError('cancelled', 'Atlas is shutting down.'));
    const { run } = stageOf((_signal, count) => (count === 1 ? closing() : Promise.resolve(outcome())));
    await expect(run(place.event({ jobId: id }))).rejects.toMatchObject({ code: 'cancelled' });
    expect(place.answers).toEqual([]);
    await run(place.event({ jobId: id }, 2));
    expect(place.answers).toMatchObject([{ status: 'done' }]);
    expect(await eventsOf(id)).not.toContain('stage.failed');
  });
});

describe('a cancelled job', () => {
  test('gets no work done when it was cancelled while the stage was prepared', async () => {
    const { id } = await place.job(1);
    const { run, runs } = stageOf(
      async () => outcome(),
      async () => void (await cancel(id)),
    );
    await run(place.event({ jobId: id }));
    expect(runs()).toBe(0);
    expect(place.answers).toMatchObject([{ status: 'failed', error: { code: 'cancelled' } }]);
    expect(await eventsOf(id)).toEqual(['job.created', 'job.cancelled']);
  });

  test('stops the work that is under way, and leaves the stage to whoever comes next', async () => {
    const [first, second] = [await place.job(1), await place.job(2)];
    const { run, runs } = stageOf((signal, count) =>
      count > 1
        ? Promise.resolve(outcome())
        : new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new AtlasError('cancelled', 'The work was cancelled.')));
          }),
    );
    const under = run(place.event({ jobId: first.id }));
    while (runs() === 0) await new Promise(setImmediate);
    await cancel(first.id);
    await under;
    expect(await record()).toMatchObject({ status: 'running', leaseUntilMs: 0, attempts: 0 });
    expect((await job(first.id)).stages).toEqual([]);
    await run(place.event({ jobId: second.id }));
    expect(await record()).toMatchObject({ status: 'done', jobId: second.id });
    expect((await eventsOf(first.id)).at(-1)).toBe('job.cancelled');
  });

  test('answers a workflow that still waits for it', async () => {
    const { id } = await place.job(1, { status: 'cancelled' });
    const { run, runs } = stageOf(async () => outcome());
    await run(place.event({ jobId: id }));
    expect([runs(), place.answers]).toMatchObject([0, [{ status: 'failed', error: { code: 'cancelled' } }]]);
  });
});

describe('a holder that was taken for dead', () => {
  /** Two runs of one stage: the first is silent past its lease, the second takes over. */
  async function twoRuns(jobIds: readonly [string, string]) {
    const gates = [held<StageOutcome>(), held<StageOutcome>()];
    const { run, runs } = stageOf((_signal, count) => gates[count - 1]!.promise);
    const late = run(place.event({ jobId: jobIds[0] }));
    while (runs() === 0) await new Promise(setImmediate);
    const successor = run(place.event({ jobId: jobIds[1] }));
    while (runs() === 1) await passTime();
    return { late, successor, gates };
  }

  test('and comes back last changes nothing of what its successor wrote', async () => {
    const { id } = await place.job(1);
    const { late, successor, gates } = await twoRuns([id, id]);
    gates[1]!.release(outcome('done'));
    await successor;
    const written = await record();
    gates[0]!.release(outcome('other'));
    await late;
    expect(await record()).toEqual(written);
    expect(place.answers.map((answer) => answer.status === 'done' && answer.verdict)).toEqual(['accepted', 'accepted']);
    expect((await job(id)).stages).toHaveLength(1);
    expect((await eventsOf(id)).filter((type) => type === 'stage.finished')).toHaveLength(1);
  });

  test('and comes back first stands; the successor takes over its result, and one job pays', async () => {
    const [first, second] = [await place.job(1), await place.job(2)];
    const { late, successor, gates } = await twoRuns([first.id, second.id]);
    gates[0]!.release(outcome('done'));
    await late;
    gates[1]!.release(outcome('other'));
    await successor;
    expect(await record()).toMatchObject({ jobId: first.id, result: { result: 'done' } });
    expect(place.answers.map((answer) => answer.status === 'done' && answer.verdict)).toEqual(['accepted', 'accepted']);
  });

  test('and fails does not take the lease from its successor', async () => {
    const { id } = await place.job(1);
    const gate = held<StageOutcome>();
    const { run, runs } = stageOf((_signal, count) =>
      count === 1 ? gate.promise.then(() => Promise.reject(new TypeError('late'))) : new Promise(() => undefined),
    );
    const late = run(place.event({ jobId: id }));
    while (runs() === 0) await new Promise(setImmediate);
    const { tenantId } = place;
    const request = { ...identity, tenantId, jobId: id, stageKey: key(), holder: 'successor', leaseMs: 30_000 };
    const looked = await claimStage(place.deps.docs, place.clock, request);
    if (looked.kind !== 'busy') throw new Error('the lease was taken from a holder that has only begun');
    place.clock.advance(31_000);
    expect(await claimStage(place.deps.docs, place.clock, { ...request, seen: looked.seen })).toMatchObject({
      kind: 'mine',
    });
    gate.release(outcome());
    await expect(late).rejects.toMatchObject({ code: 'internal' });
    expect(await record()).toMatchObject({ holder: 'successor', leaseUntilMs: place.clock.now().getTime() + 30_000 });
  });
});

describe('clocks that differ', () => {
  const claimBy = (id: string, holder: string, skewMs: number, seen?: Parameters<typeof claimStage>[2]['seen']) => {
    const clock = { now: () => new Date(place.clock.now().getTime() + skewMs) };
    const request = { ...identity, tenantId: place.tenantId, jobId: id, stageKey: key(), leaseMs: 30_000 };
    return claimStage(place.deps.docs, clock, { ...request, holder, ...(seen ? { seen } : {}) });
  };

  test.each([
    ['ahead', 600_000, 0],
    ['behind', -600_000, 0],
    ['behind the holder’s', 0, 600_000],
    ['ahead of the holder’s', 0, -600_000],
  ])(
    '%s: a holder keeps its stage while it gives signs of life, and loses it thirty seconds later',
    async (_case, mine, its) => {
      const { id } = await place.job(1);
      expect((await claimBy(id, 'holder', its)).kind).toBe('mine');
      const run = { tenantId: place.tenantId, stageKey: key(), holder: 'holder' };
      const holderClock = { now: () => new Date(place.clock.now().getTime() + its) };
      let seen: Parameters<typeof claimStage>[2]['seen'];
      const look = async () => {
        const claim = await claimBy(id, 'other', mine, seen);
        seen = claim.kind === 'busy' ? claim.seen : undefined;
        return claim.kind;
      };
      for (let beat = 0; beat < 8; beat++) {
        expect(await look()).toBe('busy');
        place.clock.advance(10_000);
        await renewStage(place.deps.docs, holderClock, run, 30_000);
      }
      expect(await look()).toBe('busy');
      place.clock.advance(29_000);
      expect(await look()).toBe('busy');
      place.clock.advance(1000);
      expect(await look()).toBe('mine');
    },
  );
});
