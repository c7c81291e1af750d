import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalDeps, storesFrom } from '../../functions/deps.ts';
import { purgeTenantRows } from '../../shared/adapters/local/purge-tenant.ts';
import type { Config } from '../../shared/config.ts';
import { AtlasError } from '../../shared/errors.ts';
import { operator } from '../../shared/records/audit.ts';
import { type DeletionDeps, deleteTenant, requestDeletion } from '../../shared/records/delete-tenant.ts';
import { readLimits } from '../../shared/records/quotas.ts';
import { listTenants, readTenant, setTenantLimits, tenantDeletionPath } from '../../shared/records/tenants.ts';
import type { LimitsReport, TenantDeletion, TenantDocument, TenantLimits } from '../../shared/schema/index.ts';
import { lockHome, runningServer } from './home-lock.ts';
import { systemClock, withLocalDocs } from './local-docs.ts';

export interface TenantView extends TenantDocument {
  readonly report: LimitsReport;
}

export const listLocalTenants = (config: Config): Promise<TenantDocument[]> => withLocalDocs(config, listTenants);

/** A tenant, its own limits, and what is used of all of them. @throws AtlasError not_found */
export function showLocalTenant(config: Config, tenantId: string): Promise<TenantView> {
  return withLocalDocs(config, async (docs) => {
    const tenant = await readTenant(docs, tenantId);
    return { ...tenant, report: await readLimits(docs, systemClock, tenantId, 0) };
  });
}

/** Changes limits; null gives one back to the default. A running server keeps to them within seconds. */
export const setLocalLimits = (
  config: Config,
  tenantId: string,
  changes: { readonly [name in keyof TenantLimits]?: number | null },
): Promise<TenantDocument> =>
  withLocalDocs(config, (docs) => setTenantLimits(docs, systemClock, tenantId, changes, operator));

/** How the running server deletes tenants: it ends their executions itself. */
export const serverDeletion = (deps: LocalDeps): DeletionDeps => ({
  docs: deps.docs,
  objects: deps.objects,
  clock: deps.clock,
  purgeOutside: async (tenantId) => purgeTenantRows(deps.db, tenantId, 'ended'),
  cancelExecution: (name) =>
    deps.workflows.cancel(name).catch((error: unknown) => {
      // 400: it has ended already.
      if (!(error instanceof AtlasError && / 400: /.test(error.message))) throw error;
    }),
});

/** A server sweeps every thirty seconds; a large tenant takes a while. */
const patienceMs = 600_000;
const pollMs = 500;

async function deleteByServer(config: Config, tenantId: string): Promise<TenantDeletion> {
  return withLocalDocs(config, async (docs) => {
    await requestDeletion({ docs, clock: systemClock }, tenantId, 'operator');
    for (const giveUpAt = Date.now() + patienceMs; Date.now() < giveUpAt; await sleep(pollMs)) {
      const deletion = await docs.get<TenantDeletion>(tenantDeletionPath(tenantId));
      if (deletion?.state === 'done') return deletion;
    }
    throw new AtlasError('conflict', `The server is still deleting ${tenantId}; ask again to see when it is done.`);
  });
}

/** No server works here, so none of the executions does either. */
async function deleteAlone(config: Config, tenantId: string): Promise<TenantDeletion> {
  const lock = lockHome(config.home);
  const stores = storesFrom(config);
  try {
    return await withLocalDocs(config, (docs, db) =>
      deleteTenant(
        {
          docs,
          objects: stores.objects,
          clock: systemClock,
          purgeOutside: async (id) => purgeTenantRows(db, id, 'all'),
          cancelExecution: async () => undefined,
        },
        tenantId,
        'operator',
      ),
    );
  } finally {
    await stores.close();
    lock.release();
  }
}

/**
 * Deletes a tenant with all that it has. A running server does it at its next sweep, otherwise this process does; cut off
 * in the middle, either goes on when it is asked again.
 *
 * @throws AtlasError not_found
 */
export const deleteLocalTenant = (config: Config, tenantId: string): Promise<TenantDeletion> =>
  runningServer(config.home) ? deleteByServer(config, tenantId) : deleteAlone(config, tenantId);
