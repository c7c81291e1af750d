export interface Message {
  /** JSON text, UTF-8. */
  readonly data: string;
  readonly attributes?: Record<string, string>;
}

/** Pub/Sub: at-least-once, in no order. A message is on disk before `publish` returns its id. */
export interface MessageBus {
  publish(topic: string, message: Message): Promise<string>;
}

/** How a topic is pushed; the names follow Pub/Sub’s retryPolicy and deadLetterPolicy. */
export interface Subscription {
  readonly minimumBackoffMs: number;
  readonly maximumBackoffMs: number;
  /** Pub/Sub takes 5 to 100. */
  readonly maxDeliveryAttempts: number;
  /** Messages on their way at the same time. */
  readonly concurrency: number;
}

/** A message as it is delivered. */
export interface BusMessage {
  readonly id: string;
  readonly topic: string;
  readonly data: string;
  readonly attributes: Record<string, string>;
  readonly publishTime: string;
  /** 1 for the first delivery. */
  readonly deliveryAttempt: number;
}

/** A bus that this process drives itself, because no cloud pushes its messages. */
export interface DrivenBus extends MessageBus {
  /** Begins to push, first what an earlier process left. */
  start(): void;
  /** Stops pushing at once; resolves when what was under way has been answered. What is not acknowledged stays. */
  stop(): Promise<void>;
  /** Takes up what another process has put back among the messages. */
  pickUp(): void;
}
