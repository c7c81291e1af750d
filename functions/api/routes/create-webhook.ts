import { randomBytes } from 'node:crypto';
import { AtlasError } from '../../../shared/errors.ts';
import { DocExists } from '../../../shared/ports/index.ts';
import { auditWrite } from '../../../shared/records/audit.ts';
import {
  readWebhook,
  type WebhookDocument,
  webhookPath,
  webhooksCollection,
} from '../../../shared/records/webhooks.ts';
import { Webhook, WebhookRequest } from '../../../shared/schema/index.ts';
import { defineRoute } from '../route.ts';

/** Endpoints of one tenant: each ended job is sent to all of them. */
const webhooksAtMost = 20;

const allEvents = WebhookRequest.shape.events.unwrap().element.options;

export const createWebhook = defineRoute({
  id: 'createWebhook',
  method: 'POST',
  path: '/v1/webhooks',
  summary: 'Register an endpoint for events. The answer holds its secret, once.',
  scope: 'webhooks:write',
  body: WebhookRequest,
  bodyExample: { url: 'https://studio.example/atlas-events', events: ['job.delivered', 'job.rejected'] },
  successes: [{ status: 201, description: 'The endpoint is registered.', schema: Webhook }],
  errors: ['webhook_address_refused', 'conflict'],
  async handler({ deps, tenantId, caller, body, newId }) {
    await deps.outbound.check(body.url);
    const id = newId('whk');
    const others = await deps.docs.query(webhooksCollection(tenantId), { limit: webhooksAtMost });
    if (others.length >= webhooksAtMost && others.every((other) => other.id !== id)) {
      throw new AtlasError('conflict', `A tenant has at most ${webhooksAtMost} webhooks; delete one first.`);
    }
    const webhook: WebhookDocument = {
      id,
      url: new URL(body.url).href,
      events: [...new Set(body.events ?? allEvents)],
      ...(body.description === undefined ? {} : { description: body.description }),
      createdAt: deps.clock.now().toISOString(),
      secret: `whsec_${randomBytes(32).toString('base64')}`,
    };
    const record = auditWrite(tenantId, deps.clock, caller.actor, {
      action: 'webhook.created',
      subject: id,
      detail: { host: new URL(webhook.url).host },
    });
    const creation = { kind: 'create' as const, path: webhookPath(tenantId, id), data: { ...webhook } };
    const stored = await deps.docs.batch([creation, record]).then(
      () => webhook,
      (error: unknown) => {
        if (error instanceof DocExists) return readWebhook(deps.docs, tenantId, id);
        throw error;
      },
    );
    return { status: 201, headers: { location: `/v1/webhooks/${id}` }, json: stored };
  },
});
