import { AtlasError } from '../errors.ts';
import { canonicalJson, sha256Hex } from '../ids.ts';
import type { Clock, DocData, DocStore } from '../ports/index.ts';
import {
  type Change,
  type JobDocument,
  type ResourceDescriptor,
  type StageName,
  terminalStatuses,
} from '../schema/index.ts';
import { changeJob, type JobChange } from './jobs.ts';

/** A stage as it ran, or runs: what went in, what came out, who holds it. */
export interface StageRecord {
  readonly stageKey: string;
  readonly stage: StageName;
  readonly engineVersion: string;
  readonly parameters: Record<string, unknown>;
  readonly inputs: ResourceDescriptor[];
  /** The job that it runs for, or whose run finished it: that one pays for it. */
  readonly jobId: string;
  readonly status: 'running' | 'done';
  readonly holder: string;
  /** Changes with each sign of life of the holder, by whose clock it is; 0 once nobody holds it. */
  readonly leaseUntilMs: number;
  readonly attempts: number;
  readonly outputs: ResourceDescriptor[];
  readonly changes: Change[];
  /** The stage’s own result, by its schema. */
  readonly result?: unknown;
}

export interface StageIdentity {
  readonly stage: StageName;
  readonly engineVersion: string;
  readonly parameters: Record<string, unknown>;
  readonly inputs: ResourceDescriptor[];
}

export const stagesPath = (tenantId: string): string => `tenants/${tenantId}/stages`;
export const stagePath = (tenantId: string, stageKey: string): string => `${stagesPath(tenantId)}/${stageKey}`;

/** Whether somebody holds the lease on a stage of this job. */
export async function isWorkedOn(
  docs: DocStore,
  clock: Clock,
  job: { readonly tenantId: string; readonly id: string },
): Promise<boolean> {
  const found = await docs.query<StageRecord>(stagesPath(job.tenantId), {
    where: [{ field: 'jobId', op: '==', value: job.id }],
  });
  const nowMs = clock.now().getTime();
  return found.some(({ data }) => data.status === 'running' && data.leaseUntilMs > nowMs);
}

/** The same tenant, stage, version, inputs and parameters always give the same key. */
export function stageKeyOf(tenantId: string, { stage, engineVersion, parameters, inputs }: StageIdentity): string {
  const digests = inputs.map((input) => [input.name, input.digest.sha256]);
  return sha256Hex(canonicalJson([tenantId, stage, engineVersion, digests, parameters]));
}

/** Runs of one stage that end without an answer (a crash of ours) before it counts as failed. */
const attemptsAtMost = 4;

export type Claim =
  | { readonly kind: 'done'; readonly record: StageRecord }
  | { readonly kind: 'mine'; readonly record: StageRecord }
  | { readonly kind: 'busy'; readonly seen: LeaseSeen }
  /** Tried again and again, and never ended; the next job with the same work begins to count anew. */
  | { readonly kind: 'given_up'; readonly attempts: number }
  | { readonly kind: 'job_ended' };

/** Another’s lease as this process saw it, unchanged since `sinceMs` by its own clock. */
export interface LeaseSeen {
  readonly holder: string;
  readonly leaseUntilMs: number;
  readonly sinceMs: number;
}

export interface ClaimRequest extends StageIdentity {
  readonly tenantId: string;
  readonly jobId: string;
  readonly stageKey: string;
  readonly holder: string;
  readonly leaseMs: number;
  readonly target?: string | undefined;
  /** Which further try of the target it is for. */
  readonly round?: number | undefined;
  /** What the claim before told, when it was `busy`. */
  readonly seen?: LeaseSeen;
}

/** What a claim makes of the stage as it stands. */
function judgeClaim(before: StageRecord | undefined, request: ClaimRequest, nowMs: number): Claim {
  if (before?.status === 'done') return { kind: 'done', record: before };
  if (before && before.holder !== request.holder && before.leaseUntilMs !== 0) {
    const { holder, leaseUntilMs } = before;
    const { seen } = request;
    const sinceMs = seen?.holder === holder && seen.leaseUntilMs === leaseUntilMs ? seen.sinceMs : nowMs;
    if (nowMs - sinceMs < request.leaseMs) return { kind: 'busy', seen: { holder, leaseUntilMs, sinceMs } };
  }
  const attempts = before?.attempts ?? 0;
  if (attempts >= attemptsAtMost) return { kind: 'given_up', attempts };
  const { stageKey, stage, engineVersion, parameters, inputs, holder, jobId, leaseMs } = request;
  const record: StageRecord = {
    ...{ stageKey, stage, engineVersion, parameters, inputs, holder, jobId },
    status: 'running',
    leaseUntilMs: nowMs + leaseMs,
    attempts: attempts + 1,
    outputs: [],
    changes: [],
  };
  return { kind: 'mine', record };
}

/** Where a stage belongs in its job: which target’s it is, and which further try; no round is the first try. */
export interface StagePlace {
  readonly stage: StageName;
  readonly target?: string | undefined;
  readonly round?: number | undefined;
}

/** What a stage’s line and its events both say of where it belongs. */
export const namedPlace = ({ target, round }: Omit<StagePlace, 'stage'>): { target?: string; round?: number } => ({
  ...(target ? { target } : {}),
  ...(round ? { round } : {}),
});

/** What a finished stage changes in its job: its line and the event about it, undefined when the job has the line. */
export function finishedChange(
  job: JobDocument,
  place: StagePlace,
  timing: { readonly ms: number; readonly cached: boolean },
): JobChange | undefined {
  const { stage, target, round } = place;
  if (job.stages.some((line) => line.name === stage && line.target === target && line.round === round))
    return undefined;
  const named = namedPlace(place);
  return {
    job: { stages: [...job.stages, { name: stage, ...timing, ...named }] },
    events: [{ type: 'stage.finished', stage, ...named, ...timing }],
  };
}

/**
 * Takes the lease on a stage unless it is done, somebody holds it or its job has ended; in one commit with the job’s event
 * about it. A stage that another run has done is written down in the job at once. Whoever takes over a run that never ended also takes over its bill.
 *
 * Times of two clocks are never compared: a holder counts as dead when the claimant has seen its lease unchanged for
 * `leaseMs`. Clocks that differ by minutes take no work from anybody.
 */
export async function claimStage(docs: DocStore, clock: Clock, request: ClaimRequest): Promise<Claim> {
  const { tenantId, jobId, stageKey, stage } = request;
  const path = stagePath(tenantId, stageKey);
  let claim: Claim = { kind: 'job_ended' };
  const decide = (job: JobDocument, [stored]: readonly (DocData | undefined)[]): JobChange | undefined => {
    const before = stored as StageRecord | undefined;
    claim = terminalStatuses.includes(job.status)
      ? { kind: 'job_ended' }
      : judgeClaim(before, request, clock.now().getTime());
    if (claim.kind === 'given_up') {
      return { writes: [{ kind: 'set', path, data: { ...before, leaseUntilMs: 0, attempts: 0 } }] };
    }
    if (claim.kind === 'done') return finishedChange(job, request, { ms: 0, cached: true });
    if (claim.kind !== 'mine') return undefined;
    return {
      events: [{ type: 'stage.started', stage, ...namedPlace(request) }],
      writes: [{ kind: 'set', path, data: { ...claim.record } }],
    };
  };
  await changeJob(docs, clock, { tenantId, jobId }, decide, [path]);
  return claim;
}

/** One run of a stage. */
export interface StageRun {
  readonly tenantId: string;
  readonly stageKey: string;
  readonly holder: string;
}

/** Changes the record if this run still holds it: a holder that came too late changes nothing. */
async function changeHeld(
  docs: DocStore,
  { tenantId, stageKey, holder }: StageRun,
  change: (record: StageRecord) => Partial<StageRecord>,
): Promise<boolean> {
  const path = stagePath(tenantId, stageKey);
  return docs.transaction(async (tx) => {
    const record = await tx.get<StageRecord>(path);
    if (record?.status !== 'running' || record.holder !== holder) return false;
    tx.set(path, { ...record, ...change(record) });
    return true;
  });
}

/** Keeps the lease alive; false when another has taken the stage over. */
export const renewStage = (docs: DocStore, clock: Clock, run: StageRun, leaseMs: number): Promise<boolean> =>
  changeHeld(docs, run, () => ({ leaseUntilMs: clock.now().getTime() + leaseMs }));

/**
 * Ends the lease of a run that gave no result, so that nobody has to wait for it.
 *
 * @param answered - the run ended with an answer (a refused file, a cancelled job): it does not count as an attempt.
 */
export const releaseStage = (docs: DocStore, run: StageRun, { answered }: { answered: boolean }): Promise<boolean> =>
  changeHeld(docs, run, ({ attempts }) => ({ leaseUntilMs: 0, attempts: answered ? 0 : attempts }));

/** A finished stage. @throws AtlasError conflict when it is not finished */
export async function readStage(docs: DocStore, tenantId: string, stageKey: string): Promise<StageRecord> {
  const record = await docs.get<StageRecord>(stagePath(tenantId, stageKey));
  if (record?.status !== 'done') throw new AtlasError('conflict', `Stage ${stageKey} has not finished.`);
  return record;
}
