import { publicWebhook, type WebhookDocument, webhooksCollection } from '../../../shared/records/webhooks.ts';
import { WebhookList } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const listWebhooks = defineRoute({
  id: 'listWebhooks',
  method: 'GET',
  path: '/v1/webhooks',
  summary: 'List the webhook endpoints.',
  scope: 'webhooks:read',
  successes: [{ status: 200, description: 'All endpoints, without their secrets.', schema: WebhookList }],
  async handler({ deps, tenantId }) {
    const found = await deps.docs.query<WebhookDocument>(webhooksCollection(tenantId));
    return { status: 200, json: { items: found.map(({ data }) => publicWebhook(data)) } };
  },
});
