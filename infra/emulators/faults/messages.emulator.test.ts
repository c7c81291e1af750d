import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '@google-cloud/functions-framework';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Deps } from '../../../functions/context.ts';
import type { LocalDeps } from '../../../functions/deps.ts';
import { AtlasError } from '../../../shared/errors.ts';
import type { StageAnswer } from '../../../shared/schema/index.ts';
import { seededRandom } from '../../../shared/testing/seeded-pictures.ts';
import {
  expectExact,
  type FaultPlace,
  fastClock,
  faultPlace,
  type Handler,
  type StageName,
  until,
} from './fault-place.ts';

const jobsEach = 8;
/** The workflow waits 900 s for an answer; by this clock that takes 2.25 s. */
const timesFaster = 400;

/** What happens to messages and answers now; each test sets it. */
let between: (name: StageName, event: CloudEvent<unknown>, handle: Handler) => Promise<void>;
let answering: (send: () => Promise<void>, answer: StageAnswer) => Promise<void>;
const calm = (): void => {
  between = (_name, event, handle) => handle(event);
  answering = (send) => send();
};

const faultyPorts = (deps: LocalDeps): Deps => ({
  ...deps,
  workflows: {
    ...deps.workflows,
    answer: (url, body) => answering(() => deps.workflows.answer(url, body), body as StageAnswer),
  },
});

let place: FaultPlace;
const delivered: string[] = [];
beforeAll(async () => {
  calm();
  place = await faultPlace({
    instances: (deps) => [faultyPorts(deps)],
    between: (name, handle) => (event) => between(name, event, handle),
    workflowClock: fastClock(timesFaster),
  });
});
afterEach(calm);
afterAll(() => place.close());

async function runJobs(): Promise<void> {
  const ids = await place.post(jobsEach);
  await place.ended(ids);
  delivered.push(...ids);
}

const dataOf = (event: CloudEvent<unknown>): string =>
  Buffer.from((event.data as { message: { data: string } }).message.data, 'base64').toString('utf8');
/** The stage of a job, whichever message asks for it. */
const stageOf = (event: CloudEvent<unknown>): string => {
  const { jobId, stage, target } = JSON.parse(dataOf(event));
  return `${jobId} ${stage} ${target}`;
};
const refusals = (): number => place.logged.filter(({ message }) => message === 'workflow call refused').length;

describe('messages', () => {
  test('that come again after their jobs have ended change no document, and their callbacks are refused and logged', async () => {
    const messages: { name: StageName; data: string }[] = [];
    between = (name, event, handle) => {
      messages.push({ name, data: dataOf(event) });
      return handle(event);
    };
    await runJobs();
    const first = messages.splice(0);
    expect(first.length).toBeGreaterThanOrEqual(5 * jobsEach);
    const [before, refusedBefore] = [await place.snapshot(), refusals()];
    let late = 0;
    between = async (_name, event, handle) => {
      await handle(event);
      late++;
    };
    for (const { name, data } of first) await place.server.deps.bus.publish(`atlas-${name}`, { data });
    await until('every late copy is handled', () => late >= first.length);
    expect(refusals() - refusedBefore).toBeGreaterThanOrEqual(first.length);
    expect(await place.snapshot()).toEqual(before);
    await expectExact(place, { delivered });
  });

  test('that come in another order, late and twice, end each job once', async () => {
    const random = seededRandom(11);
    const held: (() => void)[] = [];
    let [turned, over] = [0, false];
    // Lets go of what has gathered, in an order of its own.
    const letGo = (): void => {
      const some = held.splice(0);
      for (let left = some.length; left > 0; left--) {
        const pick = Math.floor(random() * left);
        if (pick > 0) turned++;
        some.splice(pick, 1)[0]?.();
      }
    };
    const releasing = (async () => {
      for (; !over; letGo()) await sleep(120);
    })();
    between = async (_name, event, handle) => {
      for (let copy = 0; copy < 2; copy++) {
        await new Promise<void>((resolve) => held.push(resolve));
        await handle(event);
      }
    };
    await runJobs();
    over = true;
    await releasing;
    letGo();
    expect(turned).toBeGreaterThan(jobsEach);
    await expectExact(place, { delivered });
  });

  test('of which the first of every third stage is lost are sent again by the workflow', async () => {
    const random = seededRandom(3);
    const known = new Set<string>();
    const [lost, again] = [new Set<string>(), new Set<string>()];
    between = async (_name, event, handle) => {
      const stage = stageOf(event);
      if (known.has(stage)) {
        if (lost.has(stage)) again.add(stage);
        return handle(event);
      }
      known.add(stage);
      if (random() > 0.3) return handle(event);
      lost.add(stage);
    };
    await runJobs();
    expect(lost.size).toBeGreaterThan(jobsEach / 2);
    expect(again).toEqual(lost);
    await expectExact(place, { delivered });
  });
});

describe('answers', () => {
  /** What becomes of some of them, the first time that their stage answers. */
  const faults: readonly [string, (send: () => Promise<void>) => Promise<void>][] = [
    [
      'that do not arrive, which the function is told, come with the next delivery',
      async () => {
        throw new AtlasError('callback_failed', 'The line was cut.');
      },
    ],
    [
      'that arrive, while the function is told that they did not, count once',
      async (send) => {
        await send();
        throw new AtlasError('callback_failed', 'The line was cut.');
      },
    ],
    ['that vanish without a word are asked for again by the workflow', async () => undefined],
    [
      'that arrive twice count once',
      async (send) => {
        await send();
        await send();
      },
    ],
  ];

  test.each(faults)('%s', async (_case, fate) => {
    const random = seededRandom(5);
    const known = new Set<string>();
    let met = 0;
    answering = (send, answer) => {
      if (answer.status !== 'done' || known.has(answer.stageKey)) return send();
      known.add(answer.stageKey);
      if (random() > 0.3) return send();
      met++;
      return fate(send);
    };
    await runJobs();
    expect(met).toBeGreaterThan(jobsEach / 2);
    await expectExact(place, { delivered });
  });
});
