import { z } from 'zod';
import type { World } from './ports.ts';

const Policy = z.object({
  dead_letter_topic: z.string(),
  max_delivery_attempts: z.number(),
  minimum_backoff: z.string(),
  maximum_backoff: z.string(),
  ack_deadline_seconds: z.number(),
});
const Outputs = z.object({
  atlas: z.object({
    value: z.object({ policies: z.record(z.string(), Policy), subscriptions: z.record(z.string(), z.string()) }),
  }),
});

/**
 * Gives the subscriptions that triggers have made their dead-letter topics, back-off and deadline. Terraform has no
 * argument for them: https://cloud.google.com/eventarc/docs/retry-events tells to change the subscription afterwards.
 *
 * @param outputs - what `terraform output -json` says
 * @returns what went wrong, a line each
 */
export async function setDeliveries(world: World, token: string, outputs: string, project: string): Promise<string[]> {
  const { policies, subscriptions } = Outputs.parse(JSON.parse(outputs)).atlas.value;
  const problems: string[] = [];
  for (const [topic, policy] of Object.entries(policies)) {
    const found = subscriptions[topic];
    if (!found) {
      problems.push(`The trigger of ${topic} has no subscription.`);
      continue;
    }
    const name = found.startsWith('projects/') ? found : `projects/${project}/subscriptions/${found}`;
    const subscription = {
      name,
      ackDeadlineSeconds: policy.ack_deadline_seconds,
      deadLetterPolicy: {
        deadLetterTopic: policy.dead_letter_topic,
        maxDeliveryAttempts: policy.max_delivery_attempts,
      },
      retryPolicy: { minimumBackoff: policy.minimum_backoff, maximumBackoff: policy.maximum_backoff },
      expirationPolicy: {},
    };
    const updateMask = 'ackDeadlineSeconds,deadLetterPolicy,retryPolicy,expirationPolicy';
    const url = `https://pubsub.googleapis.com/v1/${name}`;
    const { status, json } = await world.call('PATCH', url, token, { subscription, updateMask });
    if (status !== 200) problems.push(`${name}: ${status} ${JSON.stringify(json)}`);
  }
  return problems;
}
