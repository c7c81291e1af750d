import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openSqlite } from '../../shared/adapters/local/sqlite.ts';
import { sqliteBus } from '../../shared/adapters/local/sqlite-bus.ts';
import { sqliteDocStore } from '../../shared/adapters/local/sqlite-doc-store.ts';
import { readConfig } from '../../shared/config.ts';
import type { BusMessage } from '../../shared/ports/index.ts';
import { createApiKey } from '../../shared/records/api-keys.ts';
import { listAudit } from '../../shared/records/audit.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';
import { dropDeadLetter, listDeadLetters, redacted, replayDeadLetter, showDeadLetter } from './dead-letters.ts';

const home = tempFolder();
const config = readConfig({ ATLAS_HOME: home });
const clock = { now: () => new Date() };
const subscription = { minimumBackoffMs: 1, maximumBackoffMs: 1, maxDeliveryAttempts: 2, concurrency: 1 };
const db = openSqlite(join(home, 'atlas.db'));
const docs = sqliteDocStore(db);
let working = false;
const delivered: BusMessage[] = [];
const bus = sqliteBus(db, {
  subscriptions: { 'atlas-gate': subscription },
  push: async (message) => {
    if (!working) throw new Error('down');
    delivered.push(message);
  },
  clock,
  log: () => undefined,
});
let tenantId: string;
const commandOf = (stage: string) => ({
  ...{ tenantId, jobId: 'job_0123456789abcdef', executionId: 'e1', stage, target: 'web' },
  callbackUrl: 'https://workflows.example/callbacks/hush',
  input: { convertKey: 'a'.repeat(64) },
});

/** Messages of one millisecond come in no order. */
const letterOf = async (stage: string) =>
  (await listDeadLetters(config)).find(({ payload }) => typeof payload !== 'string' && payload.stage === stage);

async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; !done(); tries++) {
    if (tries > 500) throw new Error('it did not happen within five seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

beforeAll(async () => {
  ({ tenantId } = await createApiKey(docs, { name: 'one' }, clock));
  bus.start();
  for (const stage of ['gate', 'refine']) await bus.publish('atlas-gate', { data: JSON.stringify(commandOf(stage)) });
  await until(() => bus.deadLetters().length === 2);
});

describe('a dead letter', () => {
  test('is listed and shown by its ids, without its callback and its input', async () => {
    const first = await letterOf('gate');
    expect(first).toMatchObject({
      topic: 'atlas-gate',
      payload: { ...commandOf('gate'), callbackUrl: '(42 bytes)', input: expect.stringMatching(/^\(\d+ bytes\)$/) },
    });
    const shown = await showDeadLetter(config, first?.id ?? '');
    expect(shown).toEqual(first);
    expect(JSON.stringify(shown)).not.toContain('hush');
  });

  test.each([
    ['text that is not JSON', 'hush'],
    ['a list', '["hush"]'],
    ['an unknown field', '{"password":"hush"}'],
    ['an object where an id belongs', '{"jobId":{"hush":1}}'],
    ['a text where an id belongs', `{"jobId":"${'hush'.repeat(100)}"}`],
  ])('hides %s', (_case, data) => {
    const message = { id: 'm_1', topic: 't', data, attributes: {}, publishTime: '', deliveryAttempt: 1 };
    expect(JSON.stringify(redacted(message))).not.toContain('hush');
  });

  test('that is replayed is delivered by the running server at its next look, from its first delivery on', async () => {
    const first = await letterOf('gate');
    working = true;
    await replayDeadLetter(config, first?.id ?? '');
    expect(await listDeadLetters(config)).toHaveLength(1);
    bus.pickUp();
    bus.pickUp();
    await until(() => delivered.length > 0);
    expect(delivered).toMatchObject([{ id: first?.id, deliveryAttempt: 1, data: JSON.stringify(commandOf('gate')) }]);
    await until(() => db.prepare('SELECT 1 FROM bus_messages').all().length === 0);
  });

  test('that is dropped is gone, and its customer can see both acts', async () => {
    const second = await letterOf('refine');
    await dropDeadLetter(config, second?.id ?? '');
    expect(await listDeadLetters(config)).toEqual([]);
    const records = await listAudit(docs, tenantId, { limit: 2 });
    expect(records.map(({ data }) => [data.action, data.actor.kind])).toEqual([
      ['dead_letter.dropped', 'operator'],
      ['dead_letter.replayed', 'operator'],
    ]);
  });

  test.each([showDeadLetter, replayDeadLetter, dropDeadLetter])('that is not there is told so: %p', async (act) => {
    await expect(act(config, 'm_none')).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('what was put back while no server ran is delivered when one starts', async () => {
  await bus.stop();
  working = true;
  const count = delivered.length;
  db.exec("INSERT INTO bus_messages VALUES ('m_back', 'atlas-gate', '{}', '{}', '', 0, -1)");
  bus.start();
  bus.pickUp();
  await until(() => delivered.length > count);
  await bus.stop();
  expect(delivered.slice(count).map(({ id }) => id)).toEqual(['m_back']);
  db.close();
});
