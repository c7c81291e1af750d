import type { CloudEvent } from '@google-cloud/functions-framework';
import { z } from 'zod';
import type { Message, Span, SpanAttributes, Telemetry } from '../shared/ports/index.ts';
import type { StageAnswer, StageCommand } from '../shared/schema/index.ts';
import { inTrace, readTraceparent } from '../shared/trace-context.ts';
import type { Deps } from './context.ts';

/** What Pub/Sub tells of a message beside its data; nothing of it is needed to do the work. */
const Facts = z.looseObject({
  message: z.looseObject({
    messageId: z.string().optional(),
    publishTime: z.iso.datetime({ offset: true }).optional().catch(undefined),
    attributes: z.record(z.string(), z.string()).optional().catch(undefined),
  }),
  deliveryAttempt: z.int().optional().catch(undefined),
});

type Known = Partial<z.infer<typeof Facts>['message'] & { deliveryAttempt: number | undefined }>;

function factsOf(event: CloudEvent<unknown>): Known {
  const { success, data } = Facts.safeParse(event.data);
  return success ? { ...data.message, deliveryAttempt: data.deliveryAttempt } : {};
}

/** Attributes by which a message continues the trace that it is published in. */
export function traceAttributes(telemetry: Pick<Telemetry, 'current'>): Pick<Message, 'attributes'> {
  const traceparent = telemetry.current();
  return traceparent === undefined ? {} : { attributes: { traceparent } };
}

/** Runs `act` in the trace of a message, so that what is logged before and after its span is found there, too. */
export const inTraceOf = <T>(event: CloudEvent<unknown>, act: () => T): T =>
  inTrace(readTraceparent(factsOf(event).attributes?.traceparent), act);

interface Delivery {
  /** As in the topic `atlas-<stage>`. */
  readonly stage: string;
  /** Goes before the one among the message’s attributes. */
  readonly traceparent?: string | undefined;
  readonly attributes: SpanAttributes;
}

type DeliveryDeps = Pick<Deps, 'telemetry' | 'clock'>;

/** Handles one delivery of a message in a span, measures how old it is, and sends the span before the message is taken. */
export async function deliverySpan<T>(
  { telemetry, clock }: DeliveryDeps,
  event: CloudEvent<unknown>,
  { stage, traceparent, attributes }: Delivery,
  act: (span: Span) => Promise<T>,
): Promise<T> {
  const { messageId, publishTime, attributes: given, deliveryAttempt } = factsOf(event);
  const topic = `atlas-${stage}`;
  const ageMs = publishTime === undefined ? undefined : Math.max(0, clock.now().getTime() - Date.parse(publishTime));
  if (ageMs !== undefined) telemetry.measure('atlas_queue_age_seconds', ageMs / 1000, { stage });
  const facts: SpanAttributes = {
    'messaging.system': 'gcp_pubsub',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.message.id': messageId,
    'messaging.gcp_pubsub.message.delivery_attempt': deliveryAttempt,
    'faas.trigger': 'pubsub',
    'faas.invocation_id': event.id,
    'atlas.stage': stage,
    'atlas.queue_age_ms': ageMs,
    ...attributes,
  };
  const parent = traceparent ?? given?.traceparent;
  try {
    return await telemetry.span(`process ${topic}`, { kind: 'consumer', parent, attributes: facts }, act);
  } finally {
    await telemetry.flush('now');
  }
}

/** What became of a delivery: undefined when the command was not for us. */
type Answered = StageAnswer | undefined;

function outcomeOf(answer: Answered): string {
  if (!answer) return 'ignored';
  if (answer.status === 'failed') return 'failed';
  return answer.cached ? 'cached' : 'done';
}

/** `deliverySpan` for a command of the workflow; also measures how long the stage took. */
export async function stageSpan(
  deps: DeliveryDeps,
  event: CloudEvent<unknown>,
  { stage, target, tenantId, jobId, traceparent }: StageCommand,
  act: (span: Span) => Promise<Answered>,
): Promise<void> {
  const startedMs = performance.now();
  let outcome = 'retried';
  const attributes = { 'atlas.tenant.id': tenantId, 'atlas.job.id': jobId, 'atlas.target': target };
  try {
    await deliverySpan(deps, event, { stage, traceparent, attributes }, async (span) => {
      const answer = await act(span);
      outcome = outcomeOf(answer);
      span.set({ 'atlas.outcome': outcome });
      if (answer?.status === 'failed') span.fail(answer.error.code, answer.error.message);
      else if (answer) span.set({ 'atlas.stage.key': answer.stageKey, 'atlas.verdict': answer.verdict });
    });
  } finally {
    const seconds = (performance.now() - startedMs) / 1000;
    deps.telemetry.measure('atlas_stage_seconds', seconds, { stage, target: target ?? 'none', outcome });
  }
}
