import { type DeliveryCommand, pendingDeliveries, webhookTopic } from '../shared/records/webhooks.ts';
import type { Deps } from './context.ts';
import { traceAttributes } from './delivery-span.ts';

type BusDeps = Pick<Deps, 'bus' | 'telemetry'>;

/** Publishes the message that lets one delivery be sent, in the trace that is under way. */
export async function publishDelivery({ bus, telemetry }: BusDeps, command: DeliveryCommand): Promise<void> {
  await bus.publish(webhookTopic, { data: JSON.stringify(command), ...traceAttributes(telemetry) });
}

/** Publishes the deliveries of a job that has ended which nobody has tried yet. */
export async function publishPending(
  deps: BusDeps & Pick<Deps, 'docs'>,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
): Promise<void> {
  for (const delivery of await pendingDeliveries(deps.docs, tenantId, id)) await publishDelivery(deps, delivery);
}
