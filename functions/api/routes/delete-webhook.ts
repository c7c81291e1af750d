import { auditWrite } from '../../../shared/records/audit.ts';
import { deliveriesCollection, readWebhook, webhookPath } from '../../../shared/records/webhooks.ts';
import { webhookParams } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

/** Documents that one commit may delete, below Firestore’s limit of 500. */
const deletesPerCommit = 400;

export const deleteWebhook = defineRoute({
  id: 'deleteWebhook',
  method: 'DELETE',
  path: '/v1/webhooks/{webhookId}',
  summary: 'Remove an endpoint with its delivery log. What is under way is dropped.',
  scope: 'webhooks:write',
  params: webhookParams,
  successes: [{ status: 204, description: 'The endpoint is gone.' }],
  async handler({ deps, tenantId, caller, params }) {
    const { id } = await readWebhook(deps.docs, tenantId, params.webhookId);
    // The log goes first: a crash in between leaves an endpoint that can be deleted again.
    for (;;) {
      const found = await deps.docs.query(deliveriesCollection(tenantId, id), { limit: deletesPerCommit });
      if (found.length === 0) break;
      await deps.docs.batch(found.map(({ path }) => ({ kind: 'delete', path })));
    }
    await deps.docs.batch([
      { kind: 'delete', path: webhookPath(tenantId, id) },
      auditWrite(tenantId, deps.clock, caller.actor, { action: 'webhook.deleted', subject: id }),
    ]);
    return { status: 204 };
  },
});
