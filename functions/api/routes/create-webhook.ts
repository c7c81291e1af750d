import { randomBytes } from 'node:crypto';
import { AtlasError } from '../../../shared/errors.ts';
import { DocExists } from '../../../shared/ports/index.ts';
import { auditWrite } from '../../../shared/records/audit.ts';
import { openWebhookSecret, sealWebhookSecret } from '../../../shared/records/webhook-secrets.ts';
import {
  readWebhook,
  type WebhookDocument,
  webhookPath,
  webhooksCollection,
} from '../../../shared/records/webhooks.ts';
import { Webhook, WebhookRequest } from '../../../shared/schema/index.ts';
import { type ApiDeps, defineRoute } from '../route.ts';

/** Endpoints of one tenant: each ended job is sent to all of them. */
const webhooksAtMost = 20;

const allEvents = WebhookRequest.shape.events.unwrap().element.options;

/** What an earlier holder of the Idempotency-Key has made, with its secret. @throws AtlasError not_found */
async function madeBefore(deps: ApiDeps, tenantId: string, webhookId: string): Promise<Webhook> {
  const stored = await readWebhook(deps.docs, tenantId, webhookId);
  return { ...stored, secret: await openWebhookSecret(deps.secrets, { tenantId, webhookId }, stored.secret) };
}

export const createWebhook = defineRoute({
  id: 'createWebhook',
  method: 'POST',
  path: '/v1/webhooks',
  summary: 'Register an endpoint for events. The answer holds its secret, once.',
  scope: 'webhooks:write',
  body: WebhookRequest,
  bodyExample: { url: 'https://studio.example/atlas-events', events: ['job.delivered', 'job.rejected'] },
  // The stored answer would hold the secret.
  idempotency: 'again',
  successes: [{ status: 201, description: 'The endpoint is registered.', schema: Webhook }],
  errors: ['webhook_address_refused', 'conflict', 'not_found'],
  async handler({ deps, tenantId, caller, body, newId, answered }) {
    const id = newId('whk');
    const headers = { location: `/v1/webhooks/${id}` };
    if (answered) return { status: 201, headers, json: await madeBefore(deps, tenantId, id) };
    await deps.outbound.check(body.url);
    const others = await deps.docs.query(webhooksCollection(tenantId), { limit: webhooksAtMost });
    if (others.length >= webhooksAtMost && others.every((other) => other.id !== id)) {
      throw new AtlasError('conflict', `A tenant has at most ${webhooksAtMost} webhooks; delete one first.`);
    }
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const webhook: Webhook = {
      id,
      url: new URL(body.url).href,
      events: [...new Set(body.events ?? allEvents)],
      ...(body.description === undefined ? {} : { description: body.description }),
      createdAt: deps.clock.now().toISOString(),
      secret,
    };
    const record = auditWrite(tenantId, deps.clock, caller.actor, {
      action: 'webhook.created',
      subject: id,
      detail: { host: new URL(webhook.url).host },
    });
    const sealed = await sealWebhookSecret(deps.secrets, { tenantId, webhookId: id }, secret);
    const document: WebhookDocument = { ...webhook, secret: sealed };
    const creation = { kind: 'create' as const, path: webhookPath(tenantId, id), data: { ...document } };
    const stored = await deps.docs.batch([creation, record]).then(
      () => webhook,
      (error: unknown) => {
        if (error instanceof DocExists) return madeBefore(deps, tenantId, id);
        throw error;
      },
    );
    return { status: 201, headers, json: stored };
  },
});
