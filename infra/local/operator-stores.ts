import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deadLettersIn, storesFrom } from '../../functions/deps.ts';
import { accessTokens } from '../../shared/adapters/gcp/google-rest.ts';
import { deadLetters } from '../../shared/adapters/local/dead-letters.ts';
import { purgeTenantRows } from '../../shared/adapters/local/purge-tenant.ts';
import { openSqlite, type SqliteDatabase } from '../../shared/adapters/local/sqlite.ts';
import { cloudWorkflowsRunner } from '../../shared/adapters/workflows/cloud-workflows-runner.ts';
import type { Config } from '../../shared/config.ts';
import type { Clock, DeadLetters, DocStore } from '../../shared/ports/index.ts';
import type { DeletionDeps } from '../../shared/records/delete-tenant.ts';

export const systemClock: Clock = { now: () => new Date() };

/** What an operator’s command works on, in whichever mode: beside a running server, or instead of one. */
export interface OperatorStores {
  readonly docs: DocStore;
  readonly deadLetters: DeadLetters;
  /** For deleting a tenant while no local server runs its executions. */
  readonly deletion: DeletionDeps;
}

/** Opens the stores of the mode for one act and closes them again. */
export async function withStores<T>(config: Config, act: (stores: OperatorStores) => Promise<T>): Promise<T> {
  let db: SqliteDatabase | undefined;
  const database = (): SqliteDatabase => {
    if (!db) {
      mkdirSync(config.home, { recursive: true });
      db = openSqlite(join(config.home, 'atlas.db'));
    }
    return db;
  };
  // Before the stores: it makes the folder.
  if (config.mode === 'local') database();
  const stores = storesFrom(config);
  const { docs, objects } = stores;
  const inPubsub = deadLettersIn(config);
  const { project, location, cloud } = config;
  const workflows = cloud && cloudWorkflowsRunner({ project, location, token: accessTokens() });
  const deletion: DeletionDeps = {
    docs,
    objects,
    clock: systemClock,
    cancelExecution: async (name) => workflows?.cancel(name),
    async purgeOutside(tenantId) {
      const here = cloud ? { messages: 0, executions: 0 } : purgeTenantRows(database(), tenantId, 'all');
      return { ...here, messages: here.messages + ((await inPubsub?.dropThoseWith(tenantId)) ?? 0) };
    },
  };
  try {
    return await act({ docs, deadLetters: inPubsub ?? deadLetters(database()), deletion });
  } finally {
    await stores.close();
    db?.close();
  }
}
