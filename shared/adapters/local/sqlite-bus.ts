import { newId } from '../../ids.ts';
import { describeError, type Log } from '../../log.ts';
import type { BusMessage, Clock, DrivenBus, Message, Subscription } from '../../ports/index.ts';
import { putBackDueMs } from './dead-letters.ts';
import { committerOf, type SqliteDatabase } from './sqlite.ts';

export interface SqliteBus extends DrivenBus {
  deadLetters(): BusMessage[];
}

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly data: string;
  readonly attributes: string;
  readonly publish_time: string;
  readonly attempts: number;
  readonly due_ms: number;
}

const toMessage = (row: Row): BusMessage => ({
  id: row.id,
  topic: row.topic,
  data: row.data,
  attributes: JSON.parse(row.attributes),
  publishTime: row.publish_time,
  deliveryAttempt: row.attempts + 1,
});

/**
 * Pub/Sub with push subscriptions, kept in SQLite: a message is on disk before `publish` returns, is pushed at least
 * once, backs off when `push` rejects, and ends among the dead letters after the last attempt.
 */
export function sqliteBus(
  db: SqliteDatabase,
  options: {
    subscriptions: Record<string, Subscription>;
    push: (message: BusMessage) => Promise<void>;
    clock: Clock;
    log: Log;
  },
): SqliteBus {
  db.exec(`CREATE TABLE IF NOT EXISTS bus_messages (
    id TEXT PRIMARY KEY, topic TEXT NOT NULL, data TEXT NOT NULL, attributes TEXT NOT NULL,
    publish_time TEXT NOT NULL, attempts INTEGER NOT NULL, due_ms INTEGER NOT NULL
  ) WITHOUT ROWID; CREATE TABLE IF NOT EXISTS bus_dead_letters AS SELECT * FROM bus_messages WHERE 0;`);
  const insert = db.prepare('INSERT INTO bus_messages VALUES (?, ?, ?, ?, ?, 0, 0)');
  const remove = db.prepare('DELETE FROM bus_messages WHERE id = ?');
  const postpone = db.prepare('UPDATE bus_messages SET attempts = ?, due_ms = ? WHERE id = ?');
  const bury = db.prepare('INSERT INTO bus_dead_letters SELECT * FROM bus_messages WHERE id = ?');
  const commit = committerOf(db);
  const waiting = new Map<string, BusMessage[]>();
  const underWay = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  const deliveries = new Set<Promise<void>>();
  let running = false;

  const nowMs = (): number => options.clock.now().getTime();

  const fail = async (message: BusMessage, subscription: Subscription, error: unknown): Promise<void> => {
    const attempts = message.deliveryAttempt;
    if (attempts >= subscription.maxDeliveryAttempts) {
      await commit({
        apply() {
          bury.run(message.id);
          remove.run(message.id);
        },
      });
      options.log('ERROR', 'message became a dead letter', {
        topic: message.topic,
        messageId: message.id,
        error: describeError(error),
      });
      return;
    }
    const delayMs = Math.min(subscription.minimumBackoffMs * 2 ** (attempts - 1), subscription.maximumBackoffMs);
    const dueMs = nowMs() + delayMs;
    await commit({ apply: () => void postpone.run(attempts, dueMs, message.id) });
    later({ ...message, deliveryAttempt: attempts + 1 }, delayMs);
  };

  const deliver = async (message: BusMessage, subscription: Subscription): Promise<void> => {
    underWay.set(message.topic, (underWay.get(message.topic) ?? 0) + 1);
    try {
      const failure = await options.push(message).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (failure) await fail(message, subscription, failure.error);
      else await commit({ apply: () => void remove.run(message.id) });
    } catch (error) {
      // The store is gone; the message stays and is pushed again by the next start.
      if (running)
        options.log('ERROR', 'message not acknowledged', { messageId: message.id, error: describeError(error) });
    } finally {
      underWay.set(message.topic, (underWay.get(message.topic) ?? 1) - 1);
      pump(message.topic);
    }
  };

  const pump = (topic: string): void => {
    const subscription = options.subscriptions[topic];
    const queue = waiting.get(topic);
    if (!running || !subscription || !queue) return;
    while (queue.length > 0 && (underWay.get(topic) ?? 0) < subscription.concurrency) {
      const message = queue.shift();
      if (!message) continue;
      const delivery = deliver(message, subscription).finally(() => deliveries.delete(delivery));
      deliveries.add(delivery);
    }
  };

  const enqueue = (message: BusMessage): void => {
    const queue = waiting.get(message.topic);
    if (queue) queue.push(message);
    else waiting.set(message.topic, [message]);
    pump(message.topic);
  };

  const later = (message: BusMessage, delayMs: number): void => {
    if (!running) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      enqueue(message);
    }, delayMs);
    timers.add(timer);
  };

  return {
    async publish(topic: string, { data, attributes = {} }: Message) {
      if (!options.subscriptions[topic]) throw new TypeError(`there is no topic ${topic}`);
      const id = newId('m', options.clock.now());
      const publishTime = options.clock.now().toISOString();
      await commit({ apply: () => void insert.run(id, topic, data, JSON.stringify(attributes), publishTime) });
      if (running) enqueue({ id, topic, data, attributes, publishTime, deliveryAttempt: 1 });
      return id;
    },
    start() {
      running = true;
      db.exec(`UPDATE bus_messages SET due_ms = 0 WHERE due_ms = ${putBackDueMs}`);
      const rows = db.prepare('SELECT * FROM bus_messages ORDER BY id').all() as Row[];
      for (const row of rows) later(toMessage(row), Math.max(0, row.due_ms - nowMs()));
    },
    async stop() {
      running = false;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await Promise.all(deliveries);
    },
    pickUp() {
      const rows = db.prepare(`SELECT * FROM bus_messages WHERE due_ms = ${putBackDueMs}`).all() as Row[];
      if (rows.length === 0) return;
      db.exec(`UPDATE bus_messages SET due_ms = 0 WHERE due_ms = ${putBackDueMs}`);
      for (const row of rows) enqueue(toMessage(row));
    },
    deadLetters: () => (db.prepare('SELECT * FROM bus_dead_letters ORDER BY id').all() as Row[]).map(toMessage),
  };
}
