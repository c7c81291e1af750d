import type { BusMessage, DeadLetters } from '../../ports/index.ts';
import { committerOf, type SqliteDatabase } from './sqlite.ts';

/** Marks a message that was put back by another process; the bus takes it up at its next look. */
export const putBackDueMs = -1;

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly data: string;
  readonly attributes: string;
  readonly publish_time: string;
  readonly attempts: number;
}

const toMessage = (row: Row): BusMessage => ({
  id: row.id,
  topic: row.topic,
  data: row.data,
  attributes: JSON.parse(row.attributes),
  publishTime: row.publish_time,
  deliveryAttempt: row.attempts + 1,
});

/** The dead letters of the local bus. Works on the database alone, also beside the process that drives the bus. */
export function deadLetters(db: SqliteDatabase): DeadLetters {
  const commit = committerOf(db);
  const known = (): boolean =>
    db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'bus_dead_letters'").get() !== undefined;
  const find = (id: string): BusMessage | undefined => {
    if (!known()) return undefined;
    const row = db.prepare('SELECT * FROM bus_dead_letters WHERE id = ?').get(id) as Row | undefined;
    return row && toMessage(row);
  };
  const take = async (id: string, before: () => void): Promise<boolean> => {
    if (!find(id)) return false;
    await commit({
      apply() {
        before();
        db.prepare('DELETE FROM bus_dead_letters WHERE id = ?').run(id);
      },
    });
    return true;
  };
  return {
    list: async () =>
      known()
        ? (db.prepare('SELECT * FROM bus_dead_letters ORDER BY publish_time, id').all() as Row[]).map(toMessage)
        : [],
    find: async (id) => find(id),
    replay: (id) =>
      take(id, () => {
        db.prepare(
          `INSERT OR IGNORE INTO bus_messages SELECT id, topic, data, attributes, publish_time, 0, ${putBackDueMs}
           FROM bus_dead_letters WHERE id = ?`,
        ).run(id);
      }),
    drop: (id) => take(id, () => undefined),
  };
}
