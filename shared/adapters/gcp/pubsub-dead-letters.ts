import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { BusMessage, DeadLetters } from '../../ports/index.ts';
import { accessTokens, googleRest } from './google-rest.ts';

/** The dead letters of several topics. An id is `<topic>/<message id>`, as no message id is unique over topics. */
export interface PubsubDeadLetters extends DeadLetters {
  /** Forgets every message whose data contains `text`; returns how many. */
  dropThoseWith(text: string): Promise<number>;
}

/** Where a topic’s dead letters are kept, by the name that Terraform gives topic and subscription. */
export const deadLetterName = (topic: string): string => `${topic}-dead`;

/** What Pub/Sub adds to a message that it gives up. */
const addedPrefix = 'CloudPubSubDeadLetterSource';

const Pulled = z.looseObject({
  receivedMessages: z
    .array(
      z.looseObject({
        ackId: z.string(),
        message: z.looseObject({
          messageId: z.string(),
          publishTime: z.string(),
          data: z.base64().default(''),
          attributes: z.record(z.string(), z.string()).default({}),
        }),
      }),
    )
    .default([]),
});

/** A dead letter that only this process has until its lease ends. */
interface Leased {
  readonly ackId: string;
  readonly message: BusMessage;
}

const perPull = 1000;
/** One request may hold 512 KiB; an acknowledgement id has some two hundred bytes. */
const acksPerRequest = 1000;
/** Pub/Sub may answer a pull with nothing although there is something. */
const emptyPulls = 3;
const betweenPullsMs = 200;

function toLetter(topic: string, received: z.infer<typeof Pulled>['receivedMessages'][number]): Leased {
  const { messageId, publishTime, data, attributes } = received.message;
  const own = Object.entries(attributes).filter(([name]) => !name.startsWith(addedPrefix));
  return {
    ackId: received.ackId,
    message: {
      id: `${topic}/${messageId}`,
      topic,
      data: Buffer.from(data, 'base64').toString('utf8'),
      attributes: Object.fromEntries(own),
      publishTime: attributes[`${addedPrefix}TopicPublishTime`] ?? publishTime,
      deliveryAttempt: Number(attributes[`${addedPrefix}DeliveryCount`] ?? 1),
    },
  };
}

/** One topic’s dead letters over REST. */
interface Box {
  readonly topic: string;
  call(verb: 'pull' | 'acknowledge' | 'modifyAckDeadline', body: Record<string, unknown>): Promise<unknown>;
}

async function send(box: Box, verb: 'acknowledge' | 'modifyAckDeadline', letters: Leased[], more = {}): Promise<void> {
  const ackIds = letters.map(({ ackId }) => ackId);
  for (let at = 0; at < ackIds.length; at += acksPerRequest) {
    await box.call(verb, { ackIds: ackIds.slice(at, at + acksPerRequest), ...more });
  }
}

/** Takes everything that is there; stops early once `enough` says so. */
async function lease(box: Box, into: Map<string, Leased>, enough: (message: BusMessage) => boolean): Promise<void> {
  for (let empty = 0; empty < emptyPulls; ) {
    const answer = await box.call('pull', { maxMessages: perPull, returnImmediately: true });
    const { receivedMessages } = Pulled.parse(answer);
    const before = into.size;
    const letters = receivedMessages.map((received) => toLetter(box.topic, received));
    for (const letter of letters) into.set(letter.message.id, letter);
    if (letters.some(({ message }) => enough(message))) return;
    // Nothing new: it is empty, or it gives what we have had too long a second time.
    if (into.size === before) {
      empty++;
      await sleep(betweenPullsMs);
    }
  }
}

/** Hands the letters of a topic to `act`, which returns the ids of those that are done with; the others go back. */
async function withLetters(
  box: Box,
  act: (messages: readonly BusMessage[]) => Promise<readonly string[]>,
  enough: (message: BusMessage) => boolean = () => false,
): Promise<void> {
  const held = new Map<string, Leased>();
  try {
    await lease(box, held, enough);
    const done = await act([...held.values()].map(({ message }) => message));
    await send(
      box,
      'acknowledge',
      [...held.values()].filter(({ message }) => done.includes(message.id)),
    );
    for (const id of done) held.delete(id);
  } finally {
    await send(box, 'modifyAckDeadline', [...held.values()], { ackDeadlineSeconds: 0 });
  }
}

async function listAll(boxes: readonly Box[]): Promise<BusMessage[]> {
  const found: BusMessage[] = [];
  const look = (box: Box): Promise<void> =>
    withLetters(box, async (messages) => {
      found.push(...messages);
      return [];
    });
  await Promise.all(boxes.map(look));
  return found.sort((a, b) => (a.publishTime < b.publishTime ? -1 : 1));
}

/** Does something with the letter of this id, then forgets it; false when there is none. */
async function take(
  box: Box | undefined,
  id: string,
  act: (message: BusMessage) => Promise<unknown>,
): Promise<boolean> {
  let taken = false;
  if (!box) return false;
  await withLetters(
    box,
    async (messages) => {
      const mine = messages.find((message) => message.id === id);
      if (!mine) return [];
      await act(mine);
      taken = true;
      return [id];
    },
    (message) => message.id === id,
  );
  return taken;
}

/**
 * Dead letters in Pub/Sub, read from the subscriptions that keep them. Reading takes them from the subscription for a
 * moment and gives them back: two who look at the same time see a part each, and what a killed process was looking at
 * comes back after the subscription’s ack deadline (600 s). A message is acknowledged only after it was published again:
 * cut off in between, it is there twice, which no consumer minds.
 *
 * @param options.emulatorHost - `host:port` of Google’s emulator; no credentials are sent there
 */
export function pubsubDeadLetters(options: {
  project: string;
  topics: readonly string[];
  emulatorHost?: string;
}): PubsubDeadLetters {
  const { project, topics, emulatorHost } = options;
  const call = googleRest({
    service: 'Pub/Sub',
    baseUrl: emulatorHost ? `http://${emulatorHost}` : 'https://pubsub.googleapis.com',
    token: emulatorHost ? async () => 'emulator' : accessTokens(),
  });
  const boxes = topics.map((topic): Box => {
    const subscription = `/v1/projects/${project}/subscriptions/${deadLetterName(topic)}`;
    return { topic, call: (verb, body) => call('POST', `${subscription}:${verb}`, body) };
  });
  const boxesOf = (id: string): Box[] => boxes.filter(({ topic }) => id.startsWith(`${topic}/`));
  return {
    list: () => listAll(boxes),
    find: async (id) => (await listAll(boxesOf(id))).find((message) => message.id === id),
    replay: (id) =>
      take(boxesOf(id)[0], id, ({ topic, data, attributes }) =>
        call('POST', `/v1/projects/${project}/topics/${topic}:publish`, {
          messages: [{ data: Buffer.from(data).toString('base64'), attributes }],
        }),
      ),
    drop: (id) => take(boxesOf(id)[0], id, async () => undefined),
    async dropThoseWith(text) {
      let count = 0;
      const look = (box: Box): Promise<void> =>
        withLetters(box, async (messages) => {
          const theirs = messages.filter(({ data }) => data.includes(text)).map(({ id }) => id);
          count += theirs.length;
          return theirs;
        });
      await Promise.all(boxes.map(look));
      return count;
    },
  };
}
