import type { SqliteDatabase } from './sqlite.ts';

/**
 * Ends every lease on a stage. Called once when the local mode starts: it is the only process that works in its folder,
 * so whoever held a lease is gone.
 */
export function releaseLeases(db: SqliteDatabase): void {
  db.exec(`UPDATE docs SET data = json_set(data, '$.leaseUntilMs', 0), version = version + 1
    WHERE collection LIKE 'tenants/%/stages' AND json_extract(data, '$.status') = 'running'`);
}
