import { z } from 'zod';
import { AtlasError } from '../../../shared/errors.ts';
import { applyWrites } from '../../../shared/records/apply-writes.ts';
import { type Actor, auditWrite } from '../../../shared/records/audit.ts';
import {
  type DeliveryCommand,
  type DeliveryDocument,
  deliveryPath,
  publicDelivery,
  readWebhook,
  webhookOutboxEntry,
  webhookOutboxPath,
} from '../../../shared/records/webhooks.ts';
import { DeliveryId, WebhookDelivery, WebhookId } from '../../../shared/schema/index.ts';
import { publishDelivery } from '../../publish-deliveries.ts';
import { type ApiDeps, defineRoute } from '../route.ts';

/** Opens a delivery again with a full set of tries, in one commit with its place in the outbox. */
async function reopen({ docs, clock }: ApiDeps, command: DeliveryCommand, actor: Actor): Promise<DeliveryDocument> {
  return docs.transaction(async (tx) => {
    const delivery = await tx.get<DeliveryDocument>(deliveryPath(command));
    if (!delivery) throw new AtlasError('not_found', `There is no delivery ${command.deliveryId}.`);
    const next: DeliveryDocument = { ...delivery, state: 'pending', tries: 0 };
    tx.set(deliveryPath(command), { ...next });
    tx.set(webhookOutboxPath(command.deliveryId), webhookOutboxEntry(command, delivery.jobId, clock.now()));
    const act = { action: 'webhook.replayed', subject: command.deliveryId } as const;
    applyWrites(tx, [auditWrite(command.tenantId, clock, actor, act)]);
    return next;
  });
}

export const replayWebhookDelivery = defineRoute({
  id: 'replayWebhookDelivery',
  method: 'POST',
  path: '/v1/webhooks/{webhookId}/deliveries/{messageId}:replay',
  summary: 'Send a message again, with the same id and body and a new timestamp.',
  scope: 'webhooks:write',
  params: z.strictObject({ webhookId: WebhookId, messageId: DeliveryId }),
  successes: [{ status: 202, description: 'The message will be sent again.', schema: WebhookDelivery }],
  errors: ['conflict'],
  async handler({ deps, tenantId, caller, params }) {
    const webhook = await readWebhook(deps.docs, tenantId, params.webhookId);
    if (webhook.disabledAt) throw new AtlasError('conflict', 'The endpoint answered 410 Gone and is switched off.');
    const command: DeliveryCommand = { tenantId, webhookId: webhook.id, deliveryId: params.messageId };
    const delivery = await reopen(deps, command, caller.actor);
    await publishDelivery(deps, command);
    return { status: 202, json: publicDelivery(delivery) };
  },
});
