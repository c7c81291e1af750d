import { AtlasError } from '../errors.ts';
import { canonicalJson, sha256Hex } from '../ids.ts';
import type { Clock, DocStore } from '../ports/index.ts';
import type { PolicyDocument, PolicyRequest, TenantDocument } from '../schema/index.ts';
import { applyWrites } from './apply-writes.ts';
import { type Actor, auditWrite } from './audit.ts';
import { tenantPath } from './tenants.ts';

/** The policy of a tenant; undefined when it has none. */
export const readPolicy = async (docs: DocStore, tenantId: string): Promise<PolicyDocument | undefined> =>
  (await docs.get<TenantDocument>(tenantPath(tenantId)))?.policy;

/**
 * Gives a tenant a policy, in one commit with its audit record; one without rules and days takes it away. The same policy
 * again changes nothing. The caller has checked it (`checkPolicy`).
 *
 * @returns the policy as it stands.
 * @throws AtlasError not_found
 */
export function setPolicy(
  docs: DocStore,
  clock: Clock,
  tenantId: string,
  request: PolicyRequest,
  actor: Actor,
): Promise<PolicyDocument | undefined> {
  const sha256 = sha256Hex(canonicalJson(request));
  const codes = [request.checks, ...Object.values(request.targets ?? {})].flatMap((checks) => Object.keys(checks));
  const isEmpty = codes.length === 0 && request.reviewDays === undefined;
  return docs.transaction(async (tx) => {
    const tenant = await tx.get<TenantDocument>(tenantPath(tenantId));
    if (!tenant) throw new AtlasError('not_found', `There is no tenant ${tenantId}.`);
    const { policy: before, ...rest } = tenant;
    if (isEmpty ? !before : before?.sha256 === sha256) return before;
    const policy = isEmpty ? undefined : { ...request, sha256, since: clock.now().toISOString() };
    tx.set(tenantPath(tenantId), { ...rest, ...(policy ? { policy } : {}) });
    const detail = { codes: [...new Set(codes)].sort(), sha256: isEmpty ? 'none' : sha256 };
    applyWrites(tx, [auditWrite(tenantId, clock, actor, { action: 'policy.changed', subject: tenantId, detail })]);
    return policy;
  });
}
