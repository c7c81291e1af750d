import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storesFrom } from '../../functions/deps.ts';
import { openSqlite } from '../../shared/adapters/local/sqlite.ts';
import { readConfig } from '../../shared/config.ts';
import type { CrashGround, CrashTemplate } from './crash-site.ts';

/** Copies the template’s folder, so that every run has the same job with the same id, key and acceptance time. */
export function copyOf({ home }: CrashTemplate): string {
  const copy = mkdtempSync(join(tmpdir(), 'atlas-crash-'));
  cpSync(home, copy, { recursive: true });
  return copy;
}

function countRows(home: string, table: string): number {
  const db = openSqlite(join(home, 'atlas.db'));
  try {
    return (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
  } finally {
    db.close();
  }
}

/** The local mode: all in one folder. One run at a time, struck at `points` of all its durable writes. */
export const localGround = (points: number): CrashGround => ({
  kinds: ['any'],
  pointsOfEachKind: points,
  taskWrite: 'file:1',
  atOnce: 1,
  async open(template) {
    const home = copyOf(template);
    const env = { ATLAS_HOME: home };
    const { docs, objects, close } = storesFrom(readConfig(env));
    return {
      ...{ home, env, docs, objects, jobTimeoutMs: 90_000 },
      messagesLeft: async () => countRows(home, 'bus_messages'),
      deadLetters: async () => countRows(home, 'bus_dead_letters'),
      async clear() {
        await close();
        rmSync(home, { recursive: true, force: true });
      },
    };
  },
});
