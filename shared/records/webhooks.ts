import { AtlasError } from '../errors.ts';
import { derivedId } from '../ids.ts';
import type { Clock, DocStore, DocWrite } from '../ports/index.ts';
import type { Job, JobEvent, Webhook, WebhookDelivery } from '../schema/index.ts';
import { dueAfter, type OutboxEntry } from './outbox.ts';

/** Topic whose messages are `DeliveryCommand`s. */
export const webhookTopic = 'atlas-webhook';

export const webhooksCollection = (tenantId: string): string => `tenants/${tenantId}/webhooks`;
export const webhookPath = (tenantId: string, webhookId: string): string =>
  `${webhooksCollection(tenantId)}/${webhookId}`;
export const deliveriesCollection = (tenantId: string, webhookId: string): string =>
  `${webhookPath(tenantId, webhookId)}/deliveries`;
export const deliveryPath = (command: DeliveryCommand): string =>
  `${deliveriesCollection(command.tenantId, command.webhookId)}/${command.deliveryId}`;
export const webhookOutbox = 'webhookOutbox';
/** Deliveries that nobody has tried yet: their message may not have been published. */
export const webhookOutboxPath = (deliveryId: string): string => `${webhookOutbox}/${deliveryId}`;

/** The endpoint as it is kept; `secret` is sealed (webhook-secrets.ts), or plain in old records. */
export type WebhookDocument = Webhook & { readonly secret: string };

/** The delivery as it is kept: what the customer sees, the exact body, and the tries since the last replay. */
export interface DeliveryDocument extends WebhookDelivery {
  readonly body: string;
  readonly tries: number;
}

export interface DeliveryCommand {
  readonly tenantId: string;
  readonly webhookId: string;
  readonly deliveryId: string;
}

export interface WebhookOutboxEntry extends OutboxEntry, DeliveryCommand {
  readonly jobId: string;
}

/** A published message is usually tried within a second; a sweep publishes what was not tried after this. */
const publishGraceMs = 60_000;

/** The entry of a delivery whose message is published next. */
export const webhookOutboxEntry = (command: DeliveryCommand, jobId: string, now: Date) => ({
  ...command,
  jobId,
  dueAt: dueAfter(now, publishGraceMs),
});

/** What ended, as a webhook tells it. */
export interface WebhookEvent {
  readonly type: JobEvent['type'];
  readonly jobId: string;
  readonly data: Job;
}

/** @throws AtlasError not_found */
export async function readWebhook(docs: DocStore, tenantId: string, webhookId: string): Promise<WebhookDocument> {
  const webhook = await docs.get<WebhookDocument>(webhookPath(tenantId, webhookId));
  if (!webhook) throw new AtlasError('not_found', `There is no webhook ${webhookId}.`);
  return webhook;
}

/** What the customer sees of an endpoint: everything but the secret. */
export function publicWebhook({ secret: _secret, ...shown }: WebhookDocument): Webhook {
  return shown;
}

/** What the customer sees of a delivery. */
export function publicDelivery({ body: _body, tries: _tries, ...shown }: DeliveryDocument): WebhookDelivery {
  return shown;
}

/**
 * The writes that deliver one event to every endpoint of the tenant that wants it; they go into the commit that makes the
 * event true, and their messages (`pendingDeliveries`) are published after it. The message id comes from endpoint, job
 * and event alone: settling a job again plans the same deliveries, and a receiver can tell copies apart.
 */
export async function webhookDeliveries(
  docs: DocStore,
  clock: Clock,
  tenantId: string,
  event: WebhookEvent,
): Promise<DocWrite[]> {
  const endpoints = await docs.query<WebhookDocument>(webhooksCollection(tenantId));
  const wanted = endpoints.filter(({ data }) => !data.disabledAt && data.events.includes(event.type));
  if (wanted.length === 0) return [];
  const now = clock.now();
  const createdAt = now.toISOString();
  const body = JSON.stringify({ type: event.type, timestamp: createdAt, data: event.data });
  return wanted.flatMap(({ id: webhookId }): DocWrite[] => {
    const deliveryId = derivedId('msg', tenantId, webhookId, event.jobId, event.type);
    const command: DeliveryCommand = { tenantId, webhookId, deliveryId };
    const delivery: DeliveryDocument = {
      id: deliveryId,
      webhookId,
      type: event.type,
      jobId: event.jobId,
      state: 'pending',
      createdAt,
      attempts: [],
      body,
      tries: 0,
    };
    return [
      { kind: 'create', path: deliveryPath(command), data: { ...delivery } },
      { kind: 'create', path: webhookOutboxPath(deliveryId), data: webhookOutboxEntry(command, event.jobId, now) },
    ];
  });
}

/** The messages to publish on `atlas-webhook` after a job has ended: its deliveries that nobody has tried yet. */
export async function pendingDeliveries(docs: DocStore, tenantId: string, jobId: string): Promise<DeliveryCommand[]> {
  const found = await docs.query<DeliveryCommand>(webhookOutbox, {
    where: [
      { field: 'tenantId', op: '==', value: tenantId },
      { field: 'jobId', op: '==', value: jobId },
    ],
  });
  return found.map(({ data: { tenantId: tenant, webhookId, deliveryId } }) => ({
    tenantId: tenant,
    webhookId,
    deliveryId,
  }));
}
