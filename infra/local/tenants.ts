import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../shared/config.ts';
import { AtlasError } from '../../shared/errors.ts';
import { operator } from '../../shared/records/audit.ts';
import { deleteTenant, requestDeletion } from '../../shared/records/delete-tenant.ts';
import { readLimits } from '../../shared/records/quotas.ts';
import { listTenants, readTenant, setTenantLimits, tenantDeletionPath } from '../../shared/records/tenants.ts';
import type { LimitsReport, TenantDeletion, TenantDocument, TenantLimits } from '../../shared/schema/index.ts';
import { lockHome, runningServer } from './home-lock.ts';
import { systemClock, withStores } from './operator-stores.ts';

export interface TenantView extends TenantDocument {
  readonly report: LimitsReport;
}

export const listAllTenants = (config: Config): Promise<TenantDocument[]> =>
  withStores(config, ({ docs }) => listTenants(docs));

/** A tenant, its own limits, and what is used of all of them. @throws AtlasError not_found */
export function showTenant(config: Config, tenantId: string): Promise<TenantView> {
  return withStores(config, async ({ docs }) => {
    const tenant = await readTenant(docs, tenantId);
    return { ...tenant, report: await readLimits(docs, systemClock, tenantId, 0) };
  });
}

/** Changes limits; null gives one back to the default. A running server keeps to them within seconds. */
export const changeLimits = (
  config: Config,
  tenantId: string,
  changes: { readonly [name in keyof TenantLimits]?: number | null },
): Promise<TenantDocument> =>
  withStores(config, ({ docs }) => setTenantLimits(docs, systemClock, tenantId, changes, operator));

/** A server sweeps every thirty seconds; a large tenant takes a while. */
const patienceMs = 600_000;
const pollMs = 500;

async function deleteByServer(config: Config, tenantId: string): Promise<TenantDeletion> {
  return withStores(config, async ({ docs }) => {
    await requestDeletion({ docs, clock: systemClock }, tenantId, 'operator');
    for (const giveUpAt = Date.now() + patienceMs; Date.now() < giveUpAt; await sleep(pollMs)) {
      const deletion = await docs.get<TenantDeletion>(tenantDeletionPath(tenantId));
      if (deletion?.state === 'done') return deletion;
    }
    throw new AtlasError('conflict', `The server is still deleting ${tenantId}; ask again to see when it is done.`);
  });
}

/** No local server works here: this process does it, and keeps one from starting meanwhile. */
async function deleteAlone(config: Config, tenantId: string): Promise<TenantDeletion> {
  const lock = config.cloud ? undefined : lockHome(config.home);
  try {
    return await withStores(config, ({ deletion }) => deleteTenant(deletion, tenantId, 'operator'));
  } finally {
    lock?.release();
  }
}

/**
 * Deletes a tenant with all that it has. A running local server does it at its next sweep, otherwise this process does; cut off
 * in the middle, either goes on when it is asked again.
 *
 * @throws AtlasError not_found
 */
export const removeTenant = (config: Config, tenantId: string): Promise<TenantDeletion> =>
  !config.cloud && runningServer(config.home) ? deleteByServer(config, tenantId) : deleteAlone(config, tenantId);
