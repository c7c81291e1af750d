import type { CloudEvent } from '@google-cloud/functions-framework';
import { Webhook as Signature } from 'standardwebhooks';
import { z } from 'zod';
import { AtlasError } from '../../shared/errors.ts';
import { describeError } from '../../shared/log.ts';
import type { OutboundRequest } from '../../shared/ports/index.ts';
import { openWebhookSecret } from '../../shared/records/webhook-secrets.ts';
import {
  type DeliveryCommand,
  type DeliveryDocument,
  deliveryPath,
  type WebhookDocument,
  webhookOutboxPath,
  webhookPath,
} from '../../shared/records/webhooks.ts';
import { DeliveryId, TenantId, WebhookId } from '../../shared/schema/index.ts';
import type { Deps } from '../context.ts';
import { deliverySpan } from '../delivery-span.ts';
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

/** The signature of a delivery; undefined, and logged, when the endpoint’s secret does not open. */
async function signatureOf(
  deps: WebhookDeps,
  { tenantId, webhookId }: DeliveryCommand,
  stored: string,
  { id, body }: DeliveryDocument,
  at: Date,
): Promise<string | undefined> {
  try {
    const secret = await openWebhookSecret(deps.secrets, { tenantId, webhookId }, stored);
    return new Signature(secret).sign(id, at, body);
  } catch (error) {
    // Without the key there is nothing to be said of the endpoint: no try of it is used up.
    if (error instanceof AtlasError && error.code === 'store_unavailable') throw error;
    deps.log('ERROR', 'webhook secret does not open', { tenantId, webhookId, error: describeError(error) });
    return undefined;
  }
}

/** POSTs in a span of its own, whose traceparent the customer gets. */
function post({ telemetry, outbound }: WebhookDeps, request: OutboundRequest): Promise<{ status: number }> {
  const attributes = { 'http.request.method': 'POST', 'server.address': new URL(request.url).hostname };
  return telemetry.span('POST', { kind: 'client', attributes }, async (span) => {
    const headers = { ...request.headers, traceparent: span.traceparent };
    const { status } = await outbound.post({ ...request, headers });
    span.set({ 'http.response.status_code': status });
    if (status >= 400) span.fail(String(status), 'The endpoint did not take the message.');
    return { status };
  });
}

async function send(
  deps: WebhookDeps,
  command: DeliveryCommand,
  webhook: WebhookDocument,
  delivery: DeliveryDocument,
): Promise<Outcome> {
  const now = deps.clock.now();
  const signature = await signatureOf(deps, command, webhook.secret, delivery, now);
  if (signature === undefined) return { error: 'internal' };
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Atlas-Webhooks/1',
    'webhook-id': delivery.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signature,
  };
  try {
    return await post(deps, { url: webhook.url, headers, body: delivery.body });
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
export type WebhookDeps = Pick<Deps, 'docs' | 'bus' | 'outbound' | 'secrets' | 'clock' | 'log' | 'telemetry'>;

/**
 * Makes one attempt to deliver a webhook message: signs it, POSTs it, logs it. A message of an endpoint that is gone or
 * of a delivery that has arrived does nothing.
 *
 * @throws AtlasError callback_failed when the bus shall bring the message again, store_unavailable when the endpoint’s
 * secret cannot be opened now.
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
  const outcome = await send(deps, command, webhook, delivery);
  const state = await record(deps, command, outcome, { at, ms: deps.clock.now().getTime() - at.getTime() });
  if (state) deps.telemetry.measure('atlas_webhook_attempts_total', 1, { state });
  if (state === 'failed') {
    throw new AtlasError('callback_failed', `Webhook message ${delivery.id} was not taken.`);
  }
}

/** The event function of the topic `atlas-webhook`. */
export function webhookFunction(deps: Deps): (event: CloudEvent<unknown>) => Promise<void> {
  return async (event) => {
    const command = readMessage(deps, event, WebhookCommand);
    const attributes = { 'atlas.tenant.id': command.tenantId, 'atlas.webhook.id': command.webhookId };
    await deliverySpan(deps, event, { stage: 'webhook', attributes }, () => deliverWebhook(deps, command));
  };
}
