import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { AtlasError, toAtlasError } from '../shared/errors.ts';
import { describeError } from '../shared/log.ts';
import { post } from '../shared/post.ts';
import { changeJob, type NewEvent, readJob } from '../shared/records/jobs.ts';
import {
  type Claim,
  claimStage,
  type StageIdentity,
  type StageRecord,
  stageKeyOf,
  stagePath,
} from '../shared/records/stages.ts';
import {
  type Change,
  type JobDocument,
  type ResourceDescriptor,
  type StageAnswer,
  StageCommand,
  terminalStatuses,
  type Verdict,
} from '../shared/schema/index.ts';
import type { Deps } from './context.ts';

/** How long a holder may be silent before another takes the stage over; renewed at a third of it. */
const leaseMs = 30_000;
/** How long a repeated message waits for the holder before it goes back to the bus. */
const waitMs = 240_000;
/** Runs of one stage that end without an answer (a crash of ours) before it counts as failed. */
const attemptsAtMost = 4;

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
  verdict?(record: StageRecord): Verdict;
}

/** Pub/Sub’s event data; `message.data` is base64 of the command’s JSON. */
const PubSubEvent = z.looseObject({ message: z.looseObject({ data: z.base64() }) });
const CommandJson = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
});

/** Reads a message of a topic by its schema; undefined (and a log line) when it is not one. */
export function readMessage<T>(deps: Deps, event: CloudEvent<unknown>, schema: z.ZodType<T>): T | undefined {
  const envelope = PubSubEvent.safeParse(event.data);
  const text = envelope.success ? Buffer.from(envelope.data.message.data, 'base64').toString('utf8') : '';
  const parsed = CommandJson.pipe(schema as z.ZodType<T, unknown>).safeParse(text);
  if (parsed.success) return parsed.data;
  deps.log('ERROR', 'message dropped: it does not match its schema', {
    eventId: event.id,
    problem: z.prettifyError(parsed.error),
  });
  return undefined;
}

/** Sends the answer to the workflow’s callback. @throws AtlasError callback_failed when it should be sent again */
export async function answerCallback(deps: Deps, command: StageCommand, answer: StageAnswer): Promise<void> {
  const token = await deps.identity.mint(deps.settings.functionsUrl);
  const { status } = await post(command.callbackUrl, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(answer),
    timeoutMs: 30_000,
  }).catch((cause: unknown) => {
    throw new AtlasError('callback_failed', 'The workflow engine is not reachable.', { cause });
  });
  // 404: the execution has ended; 429: an answer is there already. Neither gets better by sending again.
  if (status < 300 || status === 404 || status === 429) return;
  throw new AtlasError('callback_failed', `The workflow engine answered ${status}.`);
}

const ended = (job: JobDocument): boolean => terminalStatuses.includes(job.status);

const stageEvent = (command: StageCommand, type: NewEvent['type'], more: Partial<NewEvent> = {}): NewEvent => ({
  type,
  ...(command.stage ? { stage: command.stage } : {}),
  ...(command.target ? { target: command.target } : {}),
  ...more,
});

/** Waits until somebody else’s stage is done or its lease runs out, then tries to take it. */
async function claimOrWait(deps: Deps, request: Parameters<typeof claimStage>[2]): Promise<Claim> {
  const path = stagePath(request.tenantId, request.stageKey);
  const giveUpAt = Date.now() + waitMs;
  for (;;) {
    const claim = await claimStage(deps.docs, deps.clock, request);
    if (claim.kind !== 'busy' || Date.now() > giveUpAt) return claim;
    const changed = new AbortController();
    const stop = deps.docs.watch(path, () => changed.abort());
    await sleep(Math.min(1000, Math.max(20, claim.leaseUntilMs - deps.clock.now().getTime())), undefined, {
      signal: changed.signal,
    }).catch(() => undefined);
    stop();
  }
}

/** Runs the work while keeping the lease alive and looking out for a cancelled job. */
async function workWithLease(
  deps: Deps,
  command: StageCommand,
  record: StageRecord,
  prepared: PreparedStage,
): Promise<StageOutcome> {
  const abort = new AbortController();
  const path = stagePath(command.tenantId, record.stageKey);
  const renew = setInterval(() => {
    void deps.docs
      .set(path, { leaseUntilMs: deps.clock.now().getTime() + leaseMs }, { merge: true })
      .catch((error: unknown) => deps.log('WARNING', 'lease not renewed', { error: describeError(error) }));
  }, leaseMs / 3);
  const stopWatching = deps.docs.watch(`tenants/${command.tenantId}/jobs/${command.jobId}`, () => {
    void readJob(deps.docs, command.tenantId, command.jobId).then(
      (job) => ended(job) && abort.abort(),
      () => undefined,
    );
  });
  try {
    return await prepared.work(abort.signal);
  } finally {
    clearInterval(renew);
    stopWatching();
  }
}

/** Writes down that a stage is done, in one commit with the job’s line and event about it. */
async function recordDone(
  deps: Deps,
  command: StageCommand,
  record: StageRecord,
  timing: { ms: number; cached: boolean },
): Promise<void> {
  await changeJob(deps.docs, deps.clock, command, (job) => {
    const known = job.stages.some(({ name, target }) => name === command.stage && target === command.target);
    const line = { name: command.stage, ...timing, ...(command.target ? { target: command.target } : {}) };
    return {
      writes: timing.cached
        ? []
        : [{ kind: 'set', path: stagePath(command.tenantId, record.stageKey), data: { ...record, status: 'done' } }],
      ...(known || ended(job)
        ? {}
        : { job: { stages: [...job.stages, line] }, events: [stageEvent(command, 'stage.finished', timing)] }),
    };
  });
}

async function performStage<I>(
  deps: Deps,
  stage: Stage<I>,
  command: StageCommand,
  job: JobDocument,
  holder: string,
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
  const claim = await claimOrWait(deps, { ...identity, tenantId, jobId, stageKey, holder, leaseMs });
  if (claim.kind === 'busy') throw new AtlasError('lease_busy', `Stage ${stageKey} is held by another worker.`);
  if (claim.kind === 'mine' && claim.record.attempts > attemptsAtMost) {
    throw new AtlasError('conflict', `Stage ${stage.name} was tried ${attemptsAtMost} times and never ended.`);
  }
  let record = claim.record;
  if (claim.kind === 'mine') {
    await changeJob(deps.docs, deps.clock, command, (now) =>
      ended(now) ? undefined : { events: [stageEvent(command, 'stage.started')] },
    );
    const outcome = await workWithLease(deps, command, record, prepared).catch(async (thrown: unknown) => {
      // Whoever tries again need not wait for a lease that nobody works under.
      await deps.docs.set(stagePath(tenantId, stageKey), { leaseUntilMs: 0 }, { merge: true });
      throw thrown;
    });
    record = { ...record, ...outcome };
  }
  const cached = claim.kind === 'done' && record.jobId !== jobId;
  await recordDone(deps, command, record, {
    ms: cached ? 0 : Math.round(performance.now() - startedMs),
    cached: claim.kind === 'done',
  });
  return { status: 'done', stageKey, cached, ...(stage.verdict ? { verdict: stage.verdict(record) } : {}) };
}

async function fail(deps: Deps, command: StageCommand, thrown: unknown): Promise<StageAnswer> {
  const error =
    thrown instanceof z.ZodError ? new AtlasError('invalid_request', z.prettifyError(thrown)) : toAtlasError(thrown);
  if (error.retryable) {
    deps.log('WARNING', 'stage failed and will be delivered again', {
      ...command,
      input: undefined,
      error: describeError(thrown),
    });
    throw error;
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
 * stage key, and each message’s callback gets its answer. Only what may pass by itself is thrown back to the bus.
 */
export function stageFunction<I>(deps: Deps, stage: Stage<I>): (event: CloudEvent<unknown>) => Promise<void> {
  const holder = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  let deliveries = 0;
  return async (event) => {
    const command = readMessage(deps, event, StageCommand);
    if (!command) return;
    const job = await readJob(deps.docs, command.tenantId, command.jobId).catch((error: unknown) => {
      if (error instanceof AtlasError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (!job || job.executionId !== command.executionId || ended(job)) {
      deps.log('WARNING', 'stage command ignored: its job is gone, ended or owned by another execution', {
        jobId: command.jobId,
      });
      return;
    }
    const answer = await performStage(deps, stage, command, job, `${holder}-${deliveries++}`).catch((thrown: unknown) =>
      fail(deps, command, thrown),
    );
    await answerCallback(deps, command, answer);
  };
}
