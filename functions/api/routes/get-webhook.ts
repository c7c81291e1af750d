import { publicWebhook, readWebhook } from '../../../shared/records/webhooks.ts';
import { Webhook } from '../../../shared/schema/index.ts';
import { webhookParams } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const getWebhook = defineRoute({
  id: 'getWebhook',
  method: 'GET',
  path: '/v1/webhooks/{webhookId}',
  summary: 'Read a webhook endpoint.',
  scope: 'webhooks:read',
  params: webhookParams,
  successes: [{ status: 200, description: 'The endpoint, without its secret.', schema: Webhook }],
  async handler({ deps, tenantId, params }) {
    return { status: 200, json: publicWebhook(await readWebhook(deps.docs, tenantId, params.webhookId)) };
  },
});
