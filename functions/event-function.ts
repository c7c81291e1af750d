import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { AtlasError, toAtlasError } from '../shared/errors.ts';
import { describeError } from '../shared/log.ts';
import type { Span } from '../shared/ports/index.ts';
import { changeJob, type NewEvent, readJob } from '../shared/records/jobs.ts';
import {
  type Claim,
  claimStage,
  finishedChange,
  namedPlace,
  releaseStage,
  renewStage,
  type StageIdentity,
  type StageRecord,
  type StageRun,
  stageKeyOf,
  stagePath,
} from '../shared/records/stages.ts';
import {
  type Change,
  type JobDocument,
  limits,
  type ResourceDescriptor,
  type StageAnswer,
  StageCommand,
  terminalStatuses,
} from '../shared/schema/index.ts';
import type { Deps } from './context.ts';
import { stageSpan } from './delivery-span.ts';

/** How long another must have seen a holder be silent before it takes the stage over; renewed at a third of it. */
const leaseMs = 30_000;
/** How long a repeated message waits for the holder before it goes back to the bus. */
const waitMs = 240_000;

/** What a stage will do for one command, known before the work: enough to look it up in the cache. */
export interface PreparedStage extends Omit<StageIdentity, 'stage' | 'engineVersion'> {
  work(signal: AbortSignal): Promise<StageOutcome>;
}

export interface StageOutcome {
  readonly result: Record<string, unknown>;
  readonly outputs: ResourceDescriptor[];
  readonly changes: Change[];
}

export interface Stage<I> {
  readonly name: StageCommand['stage'];
  /** Changes whenever the same inputs may give other bytes. */
  readonly engineVersion: string;
  readonly input: z.ZodType<I>;
  prepare(deps: Deps, job: JobDocument, input: I, target: string | undefined): Promise<PreparedStage>;
  /** What the workflow decides by. */
  tell?(record: StageRecord): Pick<Extract<StageAnswer, { status: 'done' }>, 'verdict' | 'next' | 'accept' | 'rounds'>;
}

/** Which further try of its target a command is for; undefined for the first. No part of the stage key: equal work is one. */
function roundOf({ input }: StageCommand): number | undefined {
  const { round } = input;
  return typeof round === 'number' && round > 0 ? round : undefined;
}

/** Pub/Sub’s event data; `message.data` is base64 of the command’s JSON. */
const PubSubEvent = z.looseObject({
  message: z.looseObject({ data: z.base64() }),
  deliveryAttempt: z.int().optional(),
});
const CommandJson = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});

/**
 * Reads a message of a topic by its schema. What does not match is refused each time and so becomes a dead letter, where an
 * operator finds it: it may come from a newer version, and be right once this one is replaced.
 *
 * @throws AtlasError invalid_request
 */
export function readMessage<T>(deps: Deps, event: CloudEvent<unknown>, schema: z.ZodType<T>): T {
  const envelope = PubSubEvent.safeParse(event.data);
  const text = envelope.success ? Buffer.from(envelope.data.message.data, 'base64').toString('utf8') : '';
  const parsed = CommandJson.pipe(schema as z.ZodType<T, unknown>).safeParse(text);
  if (parsed.success) return parsed.data;
  deps.log('ERROR', 'message refused: it does not match its schema', {
    eventId: event.id,
    problem: z.prettifyError(parsed.error),
  });
  throw new AtlasError('invalid_request', 'The message does not match its schema.');
}

/** True when the message does not come again: what fails now has to be answered, or its job would hang. */
export function isLastDelivery(event: CloudEvent<unknown>): boolean {
  const envelope = PubSubEvent.safeParse(event.data);
  return envelope.success && (envelope.data.deliveryAttempt ?? 1) >= limits.stageDeliveries;
}

/** The job of a command, if this command’s execution owns it; otherwise undefined and a log line. */
export async function ownedJob(deps: Deps, command: StageCommand): Promise<JobDocument | undefined> {
  const job = await readJob(deps.docs, command.tenantId, command.jobId).catch((error: unknown) => {
    if (error instanceof AtlasError && error.code === 'not_found') return undefined;
    throw error;
  });
  if (job?.executionId === command.executionId) return job;
  deps.log('WARNING', 'stage command ignored: its job is gone or owned by another execution', { jobId: command.jobId });
  return undefined;
}

/** Sends the answer to the workflow’s callback. @throws AtlasError callback_failed when it should be sent again */
export const answerCallback = (deps: Deps, command: StageCommand, answer: StageAnswer): Promise<void> =>
  deps.workflows.answer(command.callbackUrl, answer);

/** A workflow that still waits for a job that was cancelled need not wait until its time-out. */
const jobEnded: StageAnswer = { status: 'failed', error: { code: 'cancelled', message: 'The job has ended.' } };

const ended = (job: JobDocument): boolean => terminalStatuses.includes(job.status);

const stageEvent = (command: StageCommand, type: NewEvent['type'], more: Partial<NewEvent> = {}): NewEvent => ({
  type,
  ...(command.stage ? { stage: command.stage } : {}),
  ...namedPlace({ target: command.target, round: roundOf(command) }),
  ...more,
});

/** Waits until somebody else’s stage is done or its holder was silent for the time of a lease, then tries to take it. */
async function claimOrWait(deps: Deps, request: Parameters<typeof claimStage>[2]): Promise<Claim> {
  const first = await claimStage(deps.docs, deps.clock, request);
  if (first.kind !== 'busy') return first;
  let { seen } = first;
  const giveUpAt = Date.now() + waitMs;
  let changed = new AbortController();
  const stop = deps.docs.watch(stagePath(request.tenantId, request.stageKey), () => changed.abort());
  try {
    for (;;) {
      const leftMs = seen.sinceMs + leaseMs - deps.clock.now().getTime();
      await sleep(Math.min(1000, Math.max(20, leftMs)), undefined, { signal: changed.signal }).catch(() => undefined);
      changed = new AbortController();
      const claim = await claimStage(deps.docs, deps.clock, { ...request, seen });
      if (claim.kind !== 'busy' || Date.now() > giveUpAt) return claim;
      seen = claim.seen;
    }
  } finally {
    stop();
  }
}

/** Runs the work while keeping the lease alive and looking out for a cancelled job. */
async function workWithLease(
  deps: Deps,
  command: StageCommand,
  run: StageRun,
  prepared: PreparedStage,
): Promise<StageOutcome> {
  const abort = new AbortController();
  const renew = setInterval(() => {
    renewStage(deps.docs, deps.clock, run, leaseMs).catch((error: unknown) =>
      deps.log('WARNING', 'lease not renewed', { error: describeError(error) }),
    );
  }, leaseMs / 3);
  // The watch also tells of a job that was cancelled before it began.
  const look = (): Promise<void> =>
    readJob(deps.docs, command.tenantId, command.jobId).then(
      (job) => (ended(job) ? abort.abort() : undefined),
      () => undefined,
    );
  const stopWatching = deps.docs.watch(`tenants/${command.tenantId}/jobs/${command.jobId}`, () => void look());
  try {
    return await prepared.work(abort.signal);
  } finally {
    clearInterval(renew);
    stopWatching();
  }
}

/**
 * Writes down that a stage is done, in one commit with the job’s line and event about it. Of two runs of one stage (a
 * holder that was taken for dead, and its successor) the first to finish stands; the other takes over what it wrote.
 *
 * @returns the stage as it stands.
 */
async function recordDone(deps: Deps, command: StageCommand, record: StageRecord, ms: number): Promise<StageRecord> {
  const path = stagePath(command.tenantId, record.stageKey);
  const done: StageRecord = { ...record, status: 'done' };
  let standing = done;
  const decide: Parameters<typeof changeJob>[3] = (job, [stored]) => {
    const before = stored as StageRecord | undefined;
    standing = before?.status === 'done' ? before : done;
    const place = { stage: command.stage, target: command.target, round: roundOf(command) };
    const change = ended(job) ? undefined : finishedChange(job, place, { ms, cached: false });
    // Another delivery has written the rest down.
    return standing === done ? { ...change, writes: [{ kind: 'set', path, data: { ...done } }] } : change;
  };
  await changeJob(deps.docs, deps.clock, command, decide, [path]);
  return standing;
}

/** The stage was given up: a failure that another delivery would only repeat. */
class GivenUp extends AtlasError {}

/** Runs a stage whose lease is ours. */
async function runStage(
  deps: Deps,
  command: StageCommand,
  record: StageRecord,
  prepared: PreparedStage,
): Promise<StageRecord> {
  const run: StageRun = { tenantId: command.tenantId, stageKey: record.stageKey, holder: record.holder };
  const outcome = await workWithLease(deps, command, run, prepared).catch(async (thrown: unknown) => {
    await releaseStage(deps.docs, run, { answered: thrown instanceof AtlasError && !thrown.retryable });
    throw thrown;
  });
  return { ...record, ...outcome };
}

async function performStage<I>(
  deps: Deps,
  stage: Stage<I>,
  command: StageCommand,
  job: JobDocument,
  { holder, span }: { holder: string; span: Span },
): Promise<StageAnswer> {
  const { tenantId, jobId, target } = command;
  const startedMs = performance.now();
  const prepared = await stage.prepare(deps, job, stage.input.parse(command.input), target);
  const identity: StageIdentity = {
    stage: stage.name,
    engineVersion: stage.engineVersion,
    parameters: prepared.parameters,
    inputs: prepared.inputs,
  };
  const stageKey = stageKeyOf(tenantId, identity);
  const recordRun = async (claimed: StageRecord): Promise<StageRecord> => {
    const made = await runStage(deps, command, claimed, prepared);
    return recordDone(deps, command, made, Math.round(performance.now() - startedMs));
  };
  const round = roundOf(command);
  const claim = await claimOrWait(deps, { ...identity, tenantId, jobId, target, round, stageKey, holder, leaseMs });
  if (claim.kind === 'job_ended') throw new AtlasError('cancelled', 'The job was cancelled.');
  if (claim.kind === 'given_up') {
    throw new GivenUp('work_crashed', `Stage ${stage.name} was tried ${claim.attempts} times and never ended.`);
  }
  if (claim.kind === 'busy') throw new AtlasError('lease_busy', `Stage ${stageKey} is held by another worker.`);
  span.set({
    'atlas.cached': claim.kind === 'done',
    'atlas.attempt': claim.kind === 'mine' ? claim.record.attempts : undefined,
  });
  const cached = claim.kind === 'done' && claim.record.jobId !== jobId;
  const record = claim.kind === 'done' ? claim.record : await recordRun(claim.record);
  return { status: 'done', stageKey, cached, ...stage.tell?.(record) };
}

/** Whether another delivery may do better. Work that was cut off while its job goes on means that we are closing down. */
async function mayPass(deps: Deps, command: StageCommand, error: AtlasError): Promise<boolean> {
  if (error instanceof GivenUp) return false;
  if (error.code === 'cancelled') return !ended(await readJob(deps.docs, command.tenantId, command.jobId));
  return error.retryable;
}

async function fail(deps: Deps, command: StageCommand, thrown: unknown, last: boolean): Promise<StageAnswer> {
  const error =
    thrown instanceof z.ZodError ? new AtlasError('invalid_request', z.prettifyError(thrown)) : toAtlasError(thrown);
  const facts = { ...command, input: undefined, error: describeError(thrown) };
  if (await mayPass(deps, command, error)) {
    if (!last) {
      deps.log('WARNING', 'stage failed and will be delivered again', facts);
      throw error;
    }
    deps.log('ERROR', 'stage failed at its last delivery', facts);
  }
  await changeJob(deps.docs, deps.clock, command, (job) =>
    ended(job) ? undefined : { events: [stageEvent(command, 'stage.failed', { message: error.message })] },
  );
  return {
    status: 'failed',
    error: {
      code: error.code,
      message: error.message,
      ...(error.pointer === undefined ? {} : { pointer: error.pointer }),
    },
  };
}

/**
 * Makes the event function of a stage. Whatever is delivered twice, late or after a crash: the work is done once per
 * stage key, and each message’s callback gets its answer. Only what may pass by itself is thrown back to the bus, and
 * at the last delivery not even that.
 */
export function stageFunction<I>(deps: Deps, stage: Stage<I>): (event: CloudEvent<unknown>) => Promise<void> {
  const holder = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  let deliveries = 0;
  return async (event) => {
    const command = readMessage(deps, event, StageCommand);
    await stageSpan(deps, event, command, async (span) => {
      const job = await ownedJob(deps, command);
      if (!job) return undefined;
      const last = isLastDelivery(event);
      const run = { holder: `${holder}-${deliveries++}`, span };
      const answer = ended(job)
        ? jobEnded
        : await performStage(deps, stage, command, job, run).catch((thrown: unknown) =>
            fail(deps, command, thrown, last),
          );
      await answerCallback(deps, command, answer);
      return answer;
    });
  };
}
