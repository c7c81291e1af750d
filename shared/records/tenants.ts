import { AtlasError } from '../errors.ts';
import type { Clock, DocStore } from '../ports/index.ts';
import type { TenantDocument, TenantLimits } from '../schema/index.ts';
import { applyWrites } from './apply-writes.ts';
import { type Actor, auditWrite } from './audit.ts';

export const tenantPath = (tenantId: string): string => `tenants/${tenantId}`;
/** Outlives the tenant: what is left when everything else is deleted. */
export const tenantDeletionPath = (tenantId: string): string => `tenantDeletions/${tenantId}`;

/** @throws AtlasError not_found */
export async function readTenant(docs: DocStore, tenantId: string): Promise<TenantDocument> {
  const tenant = await docs.get<TenantDocument>(tenantPath(tenantId));
  if (!tenant) throw new AtlasError('not_found', `There is no tenant ${tenantId}.`);
  return tenant;
}

export async function listTenants(docs: DocStore): Promise<TenantDocument[]> {
  return (await docs.query<TenantDocument>('tenants')).map(({ data }) => data);
}

/**
 * Gives a tenant limits of its own; null takes one back to the default.
 *
 * @throws AtlasError not_found
 */
export async function setTenantLimits(
  docs: DocStore,
  clock: Clock,
  tenantId: string,
  changes: { readonly [name in keyof TenantLimits]?: number | null },
  actor: Actor,
): Promise<TenantDocument> {
  return docs.transaction(async (tx) => {
    const tenant = await tx.get<TenantDocument>(tenantPath(tenantId));
    if (!tenant) throw new AtlasError('not_found', `There is no tenant ${tenantId}.`);
    const merged = Object.entries({ ...tenant.limits, ...changes }).filter(([, value]) => value !== null);
    const next = { ...tenant, limits: Object.fromEntries(merged) as Partial<TenantLimits> };
    tx.set(tenantPath(tenantId), next);
    const detail = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value ?? 'default']));
    const record = auditWrite(tenantId, clock, actor, { action: 'tenant.limits_changed', subject: tenantId, detail });
    applyWrites(tx, [record]);
    return next;
  });
}
