import type { BusMessage } from './message-bus.ts';

/** Messages that were delivered as often as is allowed and never taken. */
export interface DeadLetters {
  /** Oldest first. */
  list(): Promise<BusMessage[]>;
  find(id: string): Promise<BusMessage | undefined>;
  /** Puts a message back on its topic, with all of its deliveries before it; false when there is none of this id. */
  replay(id: string): Promise<boolean>;
  /** Forgets a message; false when there is none of this id. */
  drop(id: string): Promise<boolean>;
}
