import { afterEach, describe, expect, test } from '@jest/globals';
import type { BusMessage, DrivenBus, Subscription } from '../../ports/index.ts';

/** A driven bus with the one topic `contract`, already started, that hands each message to `push`. */
export interface BusUnderTest {
  readonly bus: DrivenBus & { deadLetters(): BusMessage[] };
  close(): Promise<void>;
}

/** The fewest attempts and the shortest waits that Pub/Sub takes. */
export const contractSubscription: Subscription = {
  minimumBackoffMs: 10,
  maximumBackoffMs: 50,
  maxDeliveryAttempts: 5,
  concurrency: 2,
};

/** Waits until `done` holds; a bus delivers in its own time. */
async function until(done: () => boolean): Promise<void> {
  for (let tries = 0; !done(); tries++) {
    if (tries > 2000) throw new Error('it did not happen within twenty seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What every MessageBus promises, and how its messages are delivered. */
export function messageBusContract(
  name: string,
  make: (push: (message: BusMessage) => Promise<void>) => Promise<BusUnderTest>,
): void {
  describe(`${name} delivers messages`, () => {
    let open: BusUnderTest | undefined;
    const busWith = async (push: (message: BusMessage) => Promise<void>): Promise<BusUnderTest['bus']> => {
      open = await make(push);
      return open.bus;
    };
    afterEach(async () => open?.close());

    test('a message arrives as it was published: data, attributes, id and topic', async () => {
      const got: BusMessage[] = [];
      const bus = await busWith(async (message) => void got.push(message));
      const id = await bus.publish('contract', { data: '{"text":"ä"}', attributes: { jobId: 'job_1' } });
      await until(() => got.length > 0);
      expect(got[0]).toMatchObject({ id, topic: 'contract', data: '{"text":"ä"}', attributes: { jobId: 'job_1' } });
      expect(Date.now() - Date.parse(got[0]?.publishTime ?? '')).toBeLessThan(60_000);
    });

    test('each of many messages arrives', async () => {
      const got = new Set<string>();
      const bus = await busWith(async ({ id }) => void got.add(id));
      const ids = await Promise.all(Array.from({ length: 50 }, (_, n) => bus.publish('contract', { data: `${n}` })));
      await until(() => got.size === 50);
      expect([...got].sort()).toEqual([...ids].sort());
    });

    test('a message that was not taken comes again, and is counted', async () => {
      const attempts: number[] = [];
      const bus = await busWith(async ({ deliveryAttempt }) => {
        attempts.push(deliveryAttempt);
        if (attempts.length < 3) throw new Error('not yet');
      });
      await bus.publish('contract', { data: '{}' });
      await until(() => attempts.length >= 3);
      // At least once: a copy may come between them.
      expect(attempts[0]).toBe(1);
      expect(attempts).toEqual([...attempts].sort((a, b) => a - b));
      expect(Math.max(...attempts)).toBeGreaterThanOrEqual(3);
    });

    test('a message that is never taken becomes a dead letter after its last attempt', async () => {
      let attempts = 0;
      const bus = await busWith(async () => {
        attempts++;
        throw new Error('never');
      });
      await bus.publish('contract', { data: '{"poison":true}' });
      await until(() => bus.deadLetters().length === 1);
      expect(bus.deadLetters()[0]?.data).toBe('{"poison":true}');
      expect(attempts).toBeGreaterThanOrEqual(contractSubscription.maxDeliveryAttempts);
    });

    test('an unknown topic is refused', async () => {
      const bus = await busWith(async () => undefined);
      await expect(bus.publish('nowhere', { data: '{}' })).rejects.toBeInstanceOf(TypeError);
    });
  });
}
