import { z } from 'zod';
import { listAudit, listRefusedDays } from '../../../shared/records/audit.ts';
import { AuditPage } from '../api-schemas.ts';
import { decodeCursor, pageOf, pageQuery } from '../cursor.ts';
import { defineRoute } from '../route.ts';

/** Days of refused authentications that a page tells. */
const refusedDays = 30;

export const listAuditRoute = defineRoute({
  id: 'listAudit',
  method: 'GET',
  path: '/v1/audit',
  summary: 'List security-relevant acts, newest first: who did what, when, by which request.',
  scope: 'audit:read',
  query: z.strictObject(pageQuery),
  successes: [{ status: 200, description: 'One page of acts.', schema: AuditPage }],
  async handler({ deps, tenantId, query }) {
    const found = await listAudit(deps.docs, tenantId, { limit: query.limit + 1, ...decodeCursor(query.cursor) });
    const refused = await listRefusedDays(deps.docs, tenantId, refusedDays);
    return { status: 200, json: { ...pageOf(found, query.limit, (record) => record), refused } };
  },
});
