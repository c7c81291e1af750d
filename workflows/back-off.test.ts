import { expect, test } from '@jest/globals';
import type { Json } from './local/json-text.ts';
import type { ExecutionStore } from './local/store/execution-store.ts';
import { memoryExecutionStore } from './local/store/memory-execution-store.ts';
import { manualClock } from './local/testing/manual-clock.ts';
import { finish } from './local/testing/run-source.ts';
import {
  type Command,
  claimed,
  deliver,
  done,
  executionName,
  failed,
  openSite,
  produce,
  settled,
  startExecution,
  type World,
} from './testing/run-produce-asset.ts';

const settingsOf = (round: number): Json => ({ triangles: 1000 >> round, textureSizePx: 2048 });
const roundOf = ({ input }: Command): number => Number(input.round);
const keyOf = (stage: string, target: string | null, round: number): string => `${stage}:${target}:${round}`;
const keysOf = (target: string, round: number) => ({
  refineKey: keyOf('refine', target, round),
  convertKey: keyOf('convert', target, round),
  gateKey: keyOf('gate', target, round),
});
const keysOfRounds = (target: string, count: number) =>
  Array.from({ length: count }, (_, round) => keysOf(target, round));

/** A gate that asks for other settings until it has judged `tries` rounds; round `accept` of them counts in the end. */
function gateOf({ tries, accept }: { tries: number; accept: number }) {
  return (command: Command): Json => {
    const { stage, target } = command;
    if (target === null) return done(command);
    const round = roundOf(command);
    const answer = { status: 'done', stageKey: keyOf(stage, target, round), cached: false };
    if (stage !== 'gate') return answer;
    const rounds = [...((command.input.rounds ?? []) as Json[]), { round, settings: command.input.settings ?? null }];
    const last = round + 1 >= tries;
    return {
      ...answer,
      verdict: 'rejected',
      rounds,
      next: last ? null : settingsOf(round + 1),
      accept: last ? accept : round,
    };
  };
}

const world = (answer: World['answer'], targets = ['web']): World => ({
  claims: [claimed({ targets })],
  ...(answer ? { answer } : {}),
});
const sentTo = (commands: readonly Command[], target: string) =>
  commands.filter((command) => command.target === target).map((command) => `${command.stage} ${roundOf(command)}`);
const targetsOf = (run: { commands: readonly Command[] }) => settled(run)[0]?.input.targets;

test('a target that passes at once is tried once', async () => {
  const run = await produce(world(gateOf({ tries: 1, accept: 0 })));
  expect(sentTo(run.commands, 'web')).toEqual(['refine 0', 'convert 0', 'gate 0']);
  expect(targetsOf(run)).toEqual({ web: { ...keysOf('web', 0), rounds: keysOfRounds('web', 1) } });
});

test('a missed limit leads to a try with the settings that the gate answered, which its stages are told', async () => {
  const run = await produce(world(gateOf({ tries: 2, accept: 1 })));
  expect(sentTo(run.commands, 'web')).toEqual(['refine 0', 'convert 0', 'gate 0', 'refine 1', 'convert 1', 'gate 1']);
  const [refine, convert, gate] = run.commands.filter((command) => command.target && roundOf(command) === 1);
  const told = { round: 1, settings: settingsOf(1) };
  expect(refine?.input).toEqual({ dispatchKey: 'dispatch:null', ...told });
  expect(convert?.input).toEqual({ refineKey: keyOf('refine', 'web', 1), ...told });
  expect(gate?.input).toMatchObject({ convertKey: keyOf('convert', 'web', 1), ...told, rounds: [{ round: 0 }] });
  expect(targetsOf(run)).toEqual({ web: { ...keysOf('web', 1), rounds: keysOfRounds('web', 2) } });
});

test('the try that counts need not be the last', async () => {
  const run = await produce(world(gateOf({ tries: 4, accept: 2 })));
  expect(targetsOf(run)).toEqual({ web: { ...keysOf('web', 2), rounds: keysOfRounds('web', 4) } });
});

test('it ends when the gate gives up, with the last try', async () => {
  const run = await produce(world(gateOf({ tries: 5, accept: 4 })));
  expect(targetsOf(run)).toEqual({ web: { ...keysOf('web', 4), rounds: keysOfRounds('web', 5) } });
});

test('a gate that never gives up is stopped after eight changes', async () => {
  const run = await produce(world(gateOf({ tries: Infinity, accept: 0 })));
  expect(run.execution.state).toBe('SUCCEEDED');
  expect(run.commands.filter(({ stage }) => stage === 'gate')).toHaveLength(9);
});

test('each target has its own loop', async () => {
  const [short, long] = [gateOf({ tries: 1, accept: 0 }), gateOf({ tries: 3, accept: 2 })];
  const run = await produce(
    world((command) => (command.target === 'ar' ? long(command) : short(command)), ['web', 'ar']),
  );
  expect(targetsOf(run)).toEqual({
    web: { ...keysOf('web', 0), rounds: keysOfRounds('web', 1) },
    ar: { ...keysOf('ar', 2), rounds: keysOfRounds('ar', 3) },
  });
});

test.each([
  ['that fails leaves the result of the tries before it', failed('budget_unreachable')],
  ['that nobody answers leaves the result of the tries before it', undefined],
])('a later try %s', async (_, answer) => {
  const gate = gateOf({ tries: 3, accept: 2 });
  const run = await produce(
    world((command) => (command.stage === 'convert' && roundOf(command) === 2 ? answer : gate(command))),
  );
  expect(targetsOf(run)).toEqual({ web: { ...keysOf('web', 1), rounds: keysOfRounds('web', 2) } });
});

test('a first try that fails is the error of its target', async () => {
  const gate = gateOf({ tries: 3, accept: 2 });
  const run = await produce(world((command) => (command.stage === 'convert' ? failed('broken') : gate(command))));
  expect(targetsOf(run)).toEqual({ web: { error: failed('broken').error } });
});

test('an answer of a gate without a loop is a first try that counts', async () => {
  const run = await produce(world(done));
  expect(run.commands.filter(({ stage }) => stage === 'gate')).toHaveLength(1);
});

test('a loop that was killed at any commit goes on where it was, and ends alike', async () => {
  const answer = gateOf({ tries: 4, accept: 2 });
  const store = memoryExecutionStore();
  const clock = manualClock(0);
  const moments: { store: ReturnType<typeof memoryExecutionStore>; time: number; sent: number }[] = [];
  const watched: ExecutionStore = {
    ...store,
    commit(changes) {
      store.commit(changes);
      moments.push({ store: store.copy(), time: clock.now(), sent: site.commands.length });
    },
  };
  const site = openSite(world(answer), { store: watched, clock });
  await startExecution(site);
  await finish(site.executor, clock, executionName);
  site.executor.close();
  const expected = targetsOf(site);
  expect(expected).toEqual({ web: { ...keysOf('web', 2), rounds: keysOfRounds('web', 4) } });
  // One for each stage command of the four tries, dispatch and settle.
  expect(moments.length).toBeGreaterThanOrEqual(14);
  for (const moment of moments.slice(0, -1)) {
    const later = manualClock(moment.time);
    const next = openSite(world(answer), { store: moment.store, clock: later });
    next.executor.resumeAll();
    // The stages answer what they were told before the kill; most of those answers have come already.
    for (const command of site.commands.slice(0, moment.sent)) {
      await deliver(next.executor, command, answer(command)).catch(() => undefined);
    }
    const end = await finish(next.executor, later, executionName);
    next.executor.close();
    const settlements = settled({ commands: [...site.commands.slice(0, moment.sent), ...next.commands] });
    expect([end.state, settlements[0]?.input.targets]).toEqual(['SUCCEEDED', expected]);
    // No round is begun again from the start: what is sent twice is only what was under way.
    const again = sentTo(next.commands, 'web').filter((one) =>
      sentTo(site.commands.slice(0, moment.sent), 'web').includes(one),
    );
    expect(again.length).toBeLessThanOrEqual(1);
  }
}, 60_000);
