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
  /** The job that it was first run for, and that pays for it. */
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

/** Takes the lease on a stage unless it is done or somebody holds it. */
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
      jobId: before?.jobId ?? jobId,
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

/** A finished stage. @throws AtlasError conflict when it is not finished */
export async function readStage(docs: DocStore, tenantId: string, stageKey: string): Promise<StageRecord> {
  const record = await docs.get<StageRecord>(stagePath(tenantId, stageKey));
  if (record?.status !== 'done') throw new AtlasError('conflict', `Stage ${stageKey} has not finished.`);
  return record;
}
