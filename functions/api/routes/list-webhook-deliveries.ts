import { z } from 'zod';
import {
  type DeliveryDocument,
  deliveriesCollection,
  publicDelivery,
  readWebhook,
} from '../../../shared/records/webhooks.ts';
import { WebhookDeliveryPage, webhookParams } from '../api-schemas.ts';
import { decodeCursor, pageOf, pageQuery } from '../cursor.ts';
import { defineRoute } from '../route.ts';

export const listWebhookDeliveries = defineRoute({
  id: 'listWebhookDeliveries',
  method: 'GET',
  path: '/v1/webhooks/{webhookId}/deliveries',
  summary: 'List what was sent to an endpoint, with every attempt, newest first.',
  scope: 'webhooks:read',
  params: webhookParams,
  query: z.strictObject(pageQuery),
  successes: [{ status: 200, description: 'One page of deliveries.', schema: WebhookDeliveryPage }],
  async handler({ deps, tenantId, params, query }) {
    const { id } = await readWebhook(deps.docs, tenantId, params.webhookId);
    const found = await deps.docs.query<DeliveryDocument>(deliveriesCollection(tenantId, id), {
      orderBy: 'createdAt',
      descending: true,
      limit: query.limit + 1,
      ...decodeCursor(query.cursor, 'time'),
    });
    return { status: 200, json: pageOf(found, query.limit, publicDelivery, 'createdAt') };
  },
});
