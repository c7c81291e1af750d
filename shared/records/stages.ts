import { AtlasError } from '../errors.ts';
import { sha256Hex } from '../ids.ts';
import type { Clock, DocStore } from '../ports/index.ts';
import type { Change, ResourceDescriptor, StageName } from '../schema/index.ts';

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

/** JSON with sorted keys, so that equal values have equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** The same tenant, stage, version, inputs and parameters always give the same key. */
export function stageKeyOf(tenantId: string, { stage, engineVersion, parameters, inputs }: StageIdentity): string {
  const digests = inputs.map((input) => [input.name, input.digest.sha256]);
  return sha256Hex(canonicalJson([tenantId, stage, engineVersion, digests, parameters]));
}

export type Claim =
  | { readonly kind: 'done'; readonly record: StageRecord }
  | { readonly kind: 'mine'; readonly record: StageRecord }
  | { readonly kind: 'busy'; readonly leaseUntilMs: number };

/**
 * Takes the lease on a stage unless it is done or somebody holds it. Whoever takes over a run that never ended also
 * takes over its bill.
 */
export async function claimStage(
  docs: DocStore,
  clock: Clock,
  request: StageIdentity & { tenantId: string; jobId: string; stageKey: string; holder: string; leaseMs: number },
): Promise<Claim> {
  const { tenantId, stageKey, holder, leaseMs, jobId, stage, engineVersion, parameters, inputs } = request;
  const path = stagePath(tenantId, stageKey);
  return docs.transaction(async (tx): Promise<Claim> => {
    const before = await tx.get<StageRecord>(path);
    const nowMs = clock.now().getTime();
    if (before?.status === 'done') return { kind: 'done', record: before };
    if (before && before.holder !== holder && before.leaseUntilMs > nowMs) {
      return { kind: 'busy', leaseUntilMs: before.leaseUntilMs };
    }
    const record: StageRecord = {
      ...{ stageKey, stage, engineVersion, parameters, inputs, holder },
      jobId,
      status: 'running',
      leaseUntilMs: nowMs + leaseMs,
      attempts: (before?.attempts ?? 0) + 1,
      outputs: [],
      changes: [],
    };
    tx.set(path, { ...record });
    return { kind: 'mine', record };
  });
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
