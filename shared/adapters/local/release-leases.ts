import type { SqliteDatabase } from './sqlite.ts';

/**
 * Ends every lease on a stage and every hold on an entry of an outbox. Called once when the local mode starts: it is the
 * only process that works in its folder, so whoever held one is gone.
 */
export function releaseLeases(db: SqliteDatabase): void {
  db.exec(`UPDATE docs SET data = json_set(data, '$.leaseUntilMs', 0), version = version + 1
    WHERE collection LIKE 'tenants/%/stages' AND json_extract(data, '$.status') = 'running'`);
  db.exec(`UPDATE docs SET data = json_set(data, '$.dueAt', '1970-01-01T00:00:00.000Z'), version = version + 1
    WHERE collection IN ('jobOutbox', 'webhookOutbox')`);
  db.exec(`UPDATE docs SET data = json_set(data, '$.leaseUntilMs', 0), version = version + 1
    WHERE collection = 'sweeps'`);
}
