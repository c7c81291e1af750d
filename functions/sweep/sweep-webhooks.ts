import { type IsOver, never, type SweepCounts } from '../../shared/records/sweeps.ts';
import { type WebhookOutboxEntry, webhookOutbox } from '../../shared/records/webhooks.ts';
import type { Deps } from '../context.ts';
import { publishDelivery } from '../publish-deliveries.ts';
import { drainOutbox } from './drain-outbox.ts';

/** The bus itself brings a message again every few minutes; a further copy is for when it has none. */
const holdMs = 10 * 60_000;

/** Publishes deliveries that nobody has tried: whoever ended their job died, or could not reach the bus. */
export const sweepWebhooks = (
  deps: Pick<Deps, 'docs' | 'bus' | 'telemetry' | 'clock' | 'log'>,
  isOver: IsOver = never,
): Promise<SweepCounts> =>
  drainOutbox<WebhookOutboxEntry>(
    deps,
    { collection: webhookOutbox, holdMs, isOver },
    async ({ tenantId, webhookId, deliveryId }) => {
      await publishDelivery(deps, { tenantId, webhookId, deliveryId });
      return 'published';
    },
  );
