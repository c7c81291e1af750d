import type { PubSub, Topic } from '@google-cloud/pubsub';
import type { MessageBus } from '../../ports/index.ts';
import { fromGoogleError, grpcStatus, grpcStatusOf, within } from './google-error.ts';
import { sdkOnce } from './sdk-once.ts';

export interface PubsubOptions {
  readonly project: string;
  /** `host:port` of Google’s emulator; no credentials are sent there. */
  readonly emulatorHost?: string;
  /** How long one publish may take. */
  readonly timeoutMs?: number;
}

export interface PubsubBus extends MessageBus {
  close(): Promise<void>;
}

/** Messages that arrive together go out together; longer would only be waiting. */
const batching = { maxMessages: 100, maxMilliseconds: 2 };

/** The client, for the project or its emulator. */
export async function openPubsub({ project: projectId, emulatorHost }: PubsubOptions): Promise<PubSub> {
  const { PubSub } = await import('@google-cloud/pubsub');
  return new PubSub({
    projectId,
    ...(emulatorHost ? { apiEndpoint: `http://${emulatorHost}`, emulatorMode: true } : {}),
  });
}

/**
 * Publishes to Pub/Sub. No message has an ordering key: every consumer is idempotent and none relies on an order, and
 * the emulator breaks the order when a message comes again.
 */
export function pubsubBus(options: PubsubOptions): PubsubBus {
  const topics = new Map<string, Topic>();
  const client = sdkOnce(() => openPubsub(options));
  return {
    async publish(name, { data, attributes = {} }) {
      const pubsub = await client();
      let topic = topics.get(name);
      if (!topic) {
        topic = pubsub.topic(name, { batching });
        topics.set(name, topic);
      }
      const sent = topic.publishMessage({ data: Buffer.from(data), attributes });
      return within(options.timeoutMs ?? 20_000, 'Pub/Sub', sent).catch((thrown: unknown) => {
        if (grpcStatusOf(thrown) === grpcStatus.notFound) throw new TypeError(`there is no topic ${name}`);
        throw fromGoogleError(thrown, 'Pub/Sub');
      });
    },
    close: () => client.ifLoaded((pubsub) => pubsub.close()),
  };
}
