import { z } from 'zod';
import type { Config } from '../../shared/config.ts';
import { AtlasError } from '../../shared/errors.ts';
import type { BusMessage, DeadLetters, DocStore } from '../../shared/ports/index.ts';
import { auditWrite, operator } from '../../shared/records/audit.ts';
import { readTenant } from '../../shared/records/tenants.ts';
import { systemClock, withStores } from './operator-stores.ts';

/** Fields of a payload that an operator needs, and that tell nothing of a customer’s content or of our secrets. */
const shownFields = ['tenantId', 'jobId', 'executionId', 'stage', 'target', 'webhookId', 'deliveryId'] as const;

/** A dead letter as an operator sees it. */
export interface DeadLetterView {
  readonly id: string;
  readonly topic: string;
  readonly publishTime: string;
  readonly attempts: number;
  readonly sizeBytes: number;
  /** The payload: ids as they are, of anything else only its size. */
  readonly payload: Record<string, string> | string;
}

const Payload = z.string().transform((text, context) => {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: 'custom', message: 'not a JSON object' });
    return z.NEVER;
  }
});

const hidden = (value: unknown): string => `(${Buffer.byteLength(JSON.stringify(value) ?? '')} bytes)`;

/** A message without its content: what is not known to be harmless is not shown. */
export function redacted({ id, topic, data, publishTime, deliveryAttempt }: BusMessage): DeadLetterView {
  const parsed = Payload.safeParse(data);
  const isShown = (name: string): boolean => (shownFields as readonly string[]).includes(name);
  const payload = parsed.success
    ? Object.fromEntries(
        Object.entries(parsed.data).map(([name, value]) => [
          name,
          isShown(name) && typeof value === 'string' && value.length <= 128 ? value : hidden(value),
        ]),
      )
    : hidden(data);
  const attempts = deliveryAttempt;
  return { id, topic, publishTime, attempts, sizeBytes: Buffer.byteLength(data), payload };
}

const missing = (id: string) => new AtlasError('not_found', `There is no dead letter ${id}.`);

async function found(letters: DeadLetters, id: string): Promise<BusMessage> {
  const message = await letters.find(id);
  if (!message) throw missing(id);
  return message;
}

/** The customer whose work it was sees in the audit log what became of it. */
async function note(docs: DocStore, message: BusMessage, action: 'dead_letter.replayed' | 'dead_letter.dropped') {
  const { payload } = redacted(message);
  const tenantId = typeof payload === 'string' ? undefined : payload.tenantId;
  if (tenantId === undefined || !(await readTenant(docs, tenantId).catch(() => undefined))) return;
  await docs.batch([
    auditWrite(tenantId, systemClock, operator, { action, subject: message.id, detail: { topic: message.topic } }),
  ]);
}

export const listDeadLetters = (config: Config): Promise<DeadLetterView[]> =>
  withStores(config, async ({ deadLetters }) => (await deadLetters.list()).map(redacted));

/** @throws AtlasError not_found */
export const showDeadLetter = (config: Config, id: string): Promise<DeadLetterView> =>
  withStores(config, async ({ deadLetters }) => redacted(await found(deadLetters, id)));

/** What is done with a message, once; it may be gone by then. */
const dealWith =
  (deed: 'replay' | 'drop', action: Parameters<typeof note>[2]) =>
  (config: Config, id: string): Promise<void> =>
    withStores(config, async ({ docs, deadLetters }) => {
      const message = await found(deadLetters, id);
      if (!(await deadLetters[deed](id))) throw missing(id);
      await note(docs, message, action);
    });

/** Puts a message back on its topic; a local server delivers it at its next sweep. @throws AtlasError not_found */
export const replayDeadLetter = dealWith('replay', 'dead_letter.replayed');

/** Forgets a message for good. @throws AtlasError not_found */
export const dropDeadLetter = dealWith('drop', 'dead_letter.dropped');
