import type { BusMessage } from '../../shared/ports/index.ts';
import { post } from '../../shared/post.ts';

/** How long a push may take before the message counts as not delivered; Pub/Sub’s longest acknowledgement deadline. */
const ackDeadlineMs = 600_000;

/**
 * Pushes a bus message to a function as Eventarc does: a binary-mode CloudEvent whose data is the Pub/Sub message.
 * Rejects unless the function answers with 2xx.
 */
export async function pushEvent(url: string, token: string, project: string, message: BusMessage): Promise<void> {
  const { status, text } = await post(url, {
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'ce-id': message.id,
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
      'ce-source': `//pubsub.googleapis.com/projects/${project}/topics/${message.topic}`,
      'ce-time': message.publishTime,
    },
    body: JSON.stringify({
      subscription: `projects/${project}/subscriptions/${message.topic}`,
      message: {
        data: Buffer.from(message.data).toString('base64'),
        attributes: message.attributes,
        messageId: message.id,
        publishTime: message.publishTime,
      },
      deliveryAttempt: message.deliveryAttempt,
    }),
    timeoutMs: ackDeadlineMs,
  });
  if (status >= 300) throw new Error(`the function answered ${status}: ${text.slice(0, 300)}`);
}
