import type { CloudEvent } from '@google-cloud/functions-framework';
import { Webhook as Signature } from 'standardwebhooks';
import { z } from 'zod';
import { AtlasError } from '../../shared/errors.ts';
import { describeError } from '../../shared/log.ts';
import {
  type DeliveryCommand,
  type DeliveryDocument,
  deliveryPath,
  pendingDeliveries,
  type WebhookDocument,
  webhookOutboxPath,
  webhookPath,
  webhookTopic,
} from '../../shared/records/webhooks.ts';
import { DeliveryId, TenantId, WebhookId } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { readMessage } from '../event-function.ts';

/** The data of a message on the topic `atlas-webhook`. */
export const WebhookCommand = z.strictObject({ tenantId: TenantId, webhookId: WebhookId, deliveryId: DeliveryId });

/** Tries before a delivery is given up; how far they lie apart is the subscription’s matter. */
export const triesAtMost = 100;
/** Attempts that the log of one delivery keeps. */
const attemptsKept = 50;

interface Outcome {
  readonly status?: number;
  readonly error?: string;
}

/** What went wrong, without telling the customer anything about our network. */
function failureName(thrown: unknown): string {
  if (thrown instanceof AtlasError) return thrown.code;
  const { name, code } = thrown as { name?: string; code?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout';
  return typeof code === 'string' ? code : 'no_answer';
}

async function send(deps: WebhookDeps, webhook: WebhookDocument, delivery: DeliveryDocument): Promise<Outcome> {
  const now = deps.clock.now();
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Atlas-Webhooks/1',
    'webhook-id': delivery.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Signature(webhook.secret).sign(delivery.id, now, delivery.body),
  };
  try {
    return await deps.outbound.post({ url: webhook.url, headers, body: delivery.body });
  } catch (error) {
    deps.log('INFO', 'webhook not delivered', { deliveryId: delivery.id, error: describeError(error) });
    return { error: failureName(error) };
  }
}

function nextState({ status = 0 }: Outcome, tries: number): DeliveryDocument['state'] {
  if (status >= 200 && status < 300) return 'delivered';
  return status === 410 || tries >= triesAtMost ? 'abandoned' : 'failed';
}

/** Writes the attempt into the delivery’s log; an endpoint that is gone (410) is switched off with it. */
async function record(
  deps: WebhookDeps,
  command: DeliveryCommand,
  outcome: Outcome,
  times: { at: Date; ms: number },
): Promise<DeliveryDocument['state'] | undefined> {
  return deps.docs.transaction(async (tx) => {
    const delivery = await tx.get<DeliveryDocument>(deliveryPath(command));
    const webhook = await tx.get<WebhookDocument>(webhookPath(command.tenantId, command.webhookId));
    if (!delivery || !webhook) return undefined;
    // Another message of the same delivery has arrived meanwhile; this attempt takes nothing of that back.
    const arrived = delivery.state === 'delivered';
    const tries = delivery.tries + 1;
    const state = arrived ? 'delivered' : nextState(outcome, tries);
    const attempt = { at: times.at.toISOString(), ...outcome, ms: times.ms };
    const attempts = [...delivery.attempts, attempt].slice(-attemptsKept);
    tx.set(deliveryPath(command), { ...delivery, state, tries, attempts });
    if (outcome.status === 410 && !webhook.disabledAt) {
      tx.set(webhookPath(command.tenantId, command.webhookId), { ...webhook, disabledAt: times.at.toISOString() });
    }
    tx.delete(webhookOutboxPath(command.deliveryId));
    return state;
  });
}

/** What the webhook functions use. */
export type WebhookDeps = Pick<Deps, 'docs' | 'bus' | 'outbound' | 'clock' | 'log'>;

/**
 * Makes one attempt to deliver a webhook message: signs it, POSTs it, logs it. A message of an endpoint that is gone or
 * of a delivery that has arrived does nothing.
 *
 * @throws AtlasError callback_failed when the bus shall bring the message again.
 */
export async function deliverWebhook(deps: WebhookDeps, command: DeliveryCommand): Promise<void> {
  const [webhook, delivery] = await Promise.all([
    deps.docs.get<WebhookDocument>(webhookPath(command.tenantId, command.webhookId)),
    deps.docs.get<DeliveryDocument>(deliveryPath(command)),
  ]);
  const open = delivery && delivery.state !== 'delivered' && delivery.state !== 'abandoned';
  if (!webhook || webhook.disabledAt || !open) {
    await deps.docs.batch([
      { kind: 'delete', path: webhookOutboxPath(command.deliveryId) },
      ...(webhook && open
        ? [{ kind: 'set' as const, path: deliveryPath(command), data: { state: 'abandoned' }, merge: true }]
        : []),
    ]);
    return;
  }
  const at = deps.clock.now();
  const outcome = await send(deps, webhook, delivery);
  const state = await record(deps, command, outcome, { at, ms: deps.clock.now().getTime() - at.getTime() });
  if (state === 'failed') {
    throw new AtlasError('callback_failed', `Webhook message ${delivery.id} was not taken.`);
  }
}

/** Publishes again what a crash left between commit and publish. Returns how many messages went out. */
export async function sweepWebhookOutbox(deps: Pick<WebhookDeps, 'docs' | 'bus'>): Promise<number> {
  const left = await pendingDeliveries(deps.docs);
  for (const command of left) await deps.bus.publish(webhookTopic, { data: JSON.stringify(command) });
  return left.length;
}

/** The event function of the topic `atlas-webhook`. */
export function webhookFunction(deps: Deps): (event: CloudEvent<unknown>) => Promise<void> {
  return async (event) => {
    const command = readMessage(deps, event, WebhookCommand);
    if (command) await deliverWebhook(deps, command);
  };
}
