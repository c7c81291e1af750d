import { expect, test } from '@jest/globals';
import type { BusMessage, Subscription } from '../../ports/index.ts';
import { contractSubscription, messageBusContract } from '../../testing/contracts/message-bus-contract.ts';
import { openSqlite } from './sqlite.ts';
import { sqliteBus } from './sqlite-bus.ts';

const clock = { now: () => new Date() };
const log = () => undefined;
const fast: Subscription = { minimumBackoffMs: 5, maximumBackoffMs: 20, maxDeliveryAttempts: 3, concurrency: 2 };

/** Waits until `done` holds; the bus works on real timers of a few milliseconds. */
async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; !done(); tries++) {
    if (tries > 500) throw new Error('it did not happen within five seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function busOn(db = openSqlite(':memory:'), push: (message: BusMessage) => Promise<void> = async () => undefined) {
  const bus = sqliteBus(db, { subscriptions: { t: fast }, push, clock, log });
  return { bus, db };
}

messageBusContract('sqliteBus', async (push) => {
  const db = openSqlite(':memory:');
  const bus = sqliteBus(db, { subscriptions: { contract: contractSubscription }, push, clock, log });
  bus.start();
  return { bus, close: () => bus.stop() };
});

const left = (db: ReturnType<typeof openSqlite>) => db.prepare('SELECT id FROM bus_messages').all().length;

test('a message is pushed with its data and attributes, then forgotten', async () => {
  const got: BusMessage[] = [];
  const { bus, db } = busOn(undefined, async (message) => void got.push(message));
  bus.start();
  const id = await bus.publish('t', { data: '{"n":1}', attributes: { a: 'b' } });
  await until(() => left(db) === 0);
  expect(got).toMatchObject([{ id, topic: 't', data: '{"n":1}', attributes: { a: 'b' }, deliveryAttempt: 1 }]);
});

test('a push that fails is tried again, then ends among the dead letters', async () => {
  const attempts: number[] = [];
  const { bus, db } = busOn(undefined, async ({ deliveryAttempt }) => {
    attempts.push(deliveryAttempt);
    throw new Error('no');
  });
  bus.start();
  const id = await bus.publish('t', { data: '{}' });
  await until(() => bus.deadLetters().length === 1);
  expect([attempts, left(db), bus.deadLetters()[0]?.id]).toEqual([[1, 2, 3], 0, id]);
});

test('messages that a dead process left are pushed by the next', async () => {
  const db = openSqlite(':memory:');
  await busOn(db).bus.publish('t', { data: '{"n":1}' });
  const got: string[] = [];
  const { bus } = busOn(db, async ({ data }) => void got.push(data));
  bus.start();
  await until(() => got.length === 1);
  expect(got).toEqual(['{"n":1}']);
});

test.each([
  ['that succeeds is acknowledged', 'succeeds', 0],
  ['that fails stays for the next start', 'fails', 1],
] as const)('stopping waits for a push under way, and one %s', async (_, how, stays) => {
  const release: ((failure?: Error) => void)[] = [];
  const push = () =>
    new Promise<void>((resolve, reject) => release.push((failure) => (failure ? reject(failure) : resolve())));
  const { bus, db } = busOn(undefined, push);
  bus.start();
  await bus.publish('t', { data: '{}' });
  await until(() => release.length === 1);
  const stopped = bus.stop();
  release[0]?.(how === 'fails' ? new Error('no') : undefined);
  await stopped;
  expect(left(db)).toBe(stays);
});

test('no more messages are under way than the subscription allows', async () => {
  let now = 0;
  let most = 0;
  const { bus, db } = busOn(undefined, async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now--;
  });
  bus.start();
  for (let i = 0; i < 12; i++) await bus.publish('t', { data: '{}' });
  await until(() => left(db) === 0);
  expect(most).toBe(2);
});

test('an unknown topic is refused', async () => {
  await expect(busOn().bus.publish('nowhere', { data: '{}' })).rejects.toThrow('nowhere');
});
