export interface Message {
  /** JSON text, UTF-8. */
  readonly data: string;
  readonly attributes?: Record<string, string>;
}

/** Pub/Sub: at-least-once, in no order. A message is on disk before `publish` returns its id. */
export interface MessageBus {
  publish(topic: string, message: Message): Promise<string>;
}
