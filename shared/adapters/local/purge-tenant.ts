import type { SqliteDatabase } from './sqlite.ts';

const messages = ['bus_messages', 'bus_dead_letters'] as const;
const parts = ['workflow_step_entries', 'workflow_snapshots'] as const;

/**
 * Removes messages, dead letters and workflow executions that speak of a tenant from the local database. Its id is unique
 * text, so a row that contains it belongs to it.
 *
 * @param which - `ended` leaves executions that somebody may be running; `all` is for when nobody does.
 */
export function purgeTenantRows(
  db: SqliteDatabase,
  tenantId: string,
  which: 'ended' | 'all',
): { messages: number; executions: number } {
  const text = `%${tenantId.replace(/[\\%_]/g, '\\$&')}%`;
  const has = (table: string): boolean =>
    db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined;
  const removed = { messages: 0, executions: 0 };
  for (const table of messages.filter(has)) {
    const { changes } = db.prepare(`DELETE FROM ${table} WHERE data LIKE ? ESCAPE '\\'`).run(text);
    removed.messages += Number(changes);
  }
  if (!has('workflow_executions')) return removed;
  const ended = which === 'ended' ? "AND state <> 'ACTIVE'" : '';
  const mine = `SELECT name FROM workflow_executions WHERE argument LIKE ? ESCAPE '\\' ${ended}`;
  for (const table of parts.filter(has)) db.prepare(`DELETE FROM ${table} WHERE name IN (${mine})`).run(text);
  const { changes } = db.prepare(`DELETE FROM workflow_executions WHERE name IN (${mine})`).run(text);
  removed.executions = Number(changes);
  return removed;
}
