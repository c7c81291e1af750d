import { settleTopic } from '../shared/records/reviews.ts';
import type { ReviewCommand } from '../shared/schema/index.ts';
import type { Deps } from './context.ts';
import { traceAttributes } from './delivery-span.ts';

/** Publishes the message by which the settle stage carries out the decision on a job in review. */
export async function publishReview(
  { bus, telemetry }: Pick<Deps, 'bus' | 'telemetry'>,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
): Promise<void> {
  const command: ReviewCommand = { tenantId, jobId: id, review: true };
  await bus.publish(settleTopic, { data: JSON.stringify(command), ...traceAttributes(telemetry) });
}
