import type { PubSub, Message as PubsubMessage, Subscription as PubsubSubscription } from '@google-cloud/pubsub';
import { describeError, type Log } from '../../log.ts';
import type { BusMessage, DrivenBus, Subscription } from '../../ports/index.ts';
import { grpcStatus, grpcStatusOf } from './google-error.ts';
import { openPubsub, type PubsubOptions, pubsubBus } from './pubsub-bus.ts';
import { deadLetterName } from './pubsub-dead-letters.ts';
import { sdkOnce } from './sdk-once.ts';

export interface PubsubPulledBus extends DrivenBus {
  /** Topics and subscriptions exist and are listened to; before that, messages would be lost. */
  ready(): Promise<void>;
  /** Messages that were given up since this process began. */
  deadLetters(): BusMessage[];
  close(): Promise<void>;
}

/**
 * A message whose puller was killed comes again after this time, the shortest that Pub/Sub allows. While the puller lives,
 * the client asks for more time again and again, for up to an hour.
 */
const ackDeadlineSeconds = 10;
/** An operator’s command holds dead letters this long; it gives back what it does not take. */
const operatorDeadlineSeconds = 600;

const duration = (ms: number): { seconds: number; nanos: number } => ({
  seconds: Math.floor(ms / 1000),
  nanos: (ms % 1000) * 1e6,
});

const toMessage = (topic: string, message: PubsubMessage): BusMessage => ({
  id: message.id,
  topic,
  data: message.data.toString('utf8'),
  attributes: { ...message.attributes },
  publishTime: message.publishTime.toISOString(),
  deliveryAttempt: message.deliveryAttempt ?? 1,
});

async function unlessThere(made: Promise<unknown>): Promise<void> {
  await made.catch((error: unknown) => {
    if (grpcStatusOf(error) !== grpcStatus.alreadyExists) throw error;
  });
}

/** A topic with its dead letters, as Terraform makes them in the cloud, and `copies` subscriptions that push it. */
async function ensureTopic(
  pubsub: PubSub,
  topic: string,
  policy: Subscription,
  copies: number,
): Promise<{ live: PubsubSubscription[]; dead: PubsubSubscription }> {
  const dead = deadLetterName(topic);
  const heard = `${dead}-heard`;
  for (const name of [topic, dead]) await unlessThere(pubsub.createTopic(name));
  // One keeps them for the operator, as in the cloud; of the other this process hears of them.
  await unlessThere(pubsub.createSubscription(dead, dead, { ackDeadlineSeconds: operatorDeadlineSeconds }));
  await unlessThere(pubsub.createSubscription(dead, heard));
  const names = Array.from({ length: copies }, (_, copy) => (copy === 0 ? topic : `${topic}-copy-${copy}`));
  for (const name of names) {
    await unlessThere(
      pubsub.createSubscription(topic, name, {
        ackDeadlineSeconds,
        retryPolicy: {
          minimumBackoff: duration(policy.minimumBackoffMs),
          maximumBackoff: duration(policy.maximumBackoffMs),
        },
        deadLetterPolicy: {
          deadLetterTopic: pubsub.topic(dead).name,
          maxDeliveryAttempts: policy.maxDeliveryAttempts,
        },
      }),
    );
  }
  const { Duration } = await import('@google-cloud/pubsub');
  const live = {
    flowControl: { maxMessages: policy.concurrency, allowExcessMessages: false },
    // Else the client would hold messages for as long as most of them took.
    maxAckDeadline: Duration.from({ seconds: ackDeadlineSeconds }),
    // The emulator gives one message more to each stream of a killed process, and waits out its deadline.
    streamingOptions: { maxStreams: 1 },
  };
  return {
    live: names.map((name) => pubsub.subscription(name, live)),
    dead: pubsub.subscription(heard),
  };
}

interface PulledOptions extends PubsubOptions {
  readonly subscriptions: Record<string, Subscription>;
  readonly push: (message: BusMessage) => Promise<void>;
  readonly log: Log;
  /** How often every message is delivered, by as many subscriptions; tests want more than one. */
  readonly copies?: number;
}

/** Hands what subscriptions bring to `push`, and takes note of what has become a dead letter. */
function puller({ push, log }: PulledOptions) {
  const listening: PubsubSubscription[] = [];
  const deliveries = new Set<Promise<void>>();
  const dead: BusMessage[] = [];
  let running = true;

  const deliver = async (topic: string, message: PubsubMessage): Promise<void> => {
    if (!running) return message.nack();
    try {
      await push(toMessage(topic, message));
      message.ack();
    } catch (error) {
      log('WARNING', 'message will be delivered again', { topic, error: describeError(error) });
      message.nack();
    }
  };
  const listen = (topic: string, from: PubsubSubscription, take: (message: PubsubMessage) => void): void => {
    from.on('message', take);
    from.on('error', (error: unknown) => log('ERROR', 'pull failed', { topic, error: describeError(error) }));
    listening.push(from);
  };

  return {
    dead,
    pull(topic: string, live: PubsubSubscription): void {
      listen(topic, live, (message) => {
        const delivery = deliver(topic, message).finally(() => deliveries.delete(delivery));
        deliveries.add(delivery);
      });
    },
    bury(topic: string, from: PubsubSubscription): void {
      listen(topic, from, (message) => {
        dead.push(toMessage(topic, message));
        log('ERROR', 'message became a dead letter', { topic, messageId: message.id });
        message.ack();
      });
    },
    async stop(): Promise<void> {
      running = false;
      await Promise.all(deliveries);
      await Promise.all(listening.map((subscription) => subscription.close()));
    },
  };
}

/**
 * Pub/Sub whose messages this process pulls and pushes on, where no Eventarc does it: on Google’s emulator. Makes the
 * topics and subscriptions itself, with the retry and dead letter policies that Terraform gives them in the cloud.
 */
export function pubsubPulledBus(options: PulledOptions): PubsubPulledBus {
  const bus = pubsubBus(options);
  const client = sdkOnce(() => openPubsub(options));
  const pulling = puller(options);
  let starting: Promise<unknown> | undefined;

  const begin = async (): Promise<unknown> => {
    const pubsub = await client();
    return Promise.all(
      Object.entries(options.subscriptions).map(async ([topic, policy]) => {
        const { live, dead } = await ensureTopic(pubsub, topic, policy, options.copies ?? 1);
        for (const subscription of live) pulling.pull(topic, subscription);
        pulling.bury(topic, dead);
      }),
    );
  };

  return {
    async publish(topic, message) {
      await starting;
      return bus.publish(topic, message);
    },
    start() {
      starting ??= begin();
      starting.catch((error: unknown) =>
        options.log('ERROR', 'the bus did not start', { error: describeError(error) }),
      );
    },
    async ready() {
      await starting;
    },
    async stop() {
      await starting?.catch(() => undefined);
      await pulling.stop();
    },
    // What is published from elsewhere arrives by itself.
    pickUp: () => undefined,
    deadLetters: () => [...pulling.dead],
    async close() {
      await bus.close();
      await client.ifLoaded((pubsub) => pubsub.close());
    },
  };
}
