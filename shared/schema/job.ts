import { z } from 'zod';
import { AssetStats, Change } from './asset-stats.ts';
import { GateRound, Verdict } from './gate-report.ts';
import { AssetId, JobId, MicroUsd, ProfileId, Sha256, TenantId, Timestamp } from './ids.ts';
import { Recipe, TargetPlan } from './recipe.ts';
import { Review } from './review.ts';

/** Where the raw 3D of a job comes from. */
export const JobSource = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('asset'),
      assetId: AssetId.describe('A file uploaded before, see POST /v1/uploads.'),
    }),
  ])
  .describe('Where the raw 3D comes from.');
export type JobSource = z.infer<typeof JobSource>;

export const JobRequest = z
  .strictObject({
    source: JobSource,
    targets: z
      .array(ProfileId)
      .min(1)
      .max(10)
      .refine((ids) => new Set(ids).size === ids.length, 'must not repeat a target')
      .describe('Target profiles; each gets its own files and verdict.'),
    recipe: Recipe.optional(),
    candidates: z.int().min(1).max(8).default(1).describe('How many candidates to ask a generator for.'),
    maxCostMicroUsd: MicroUsd.optional().describe('The job is refused when its price would be higher.'),
    labels: z
      .record(z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/), z.string().max(63))
      .refine((labels) => Object.keys(labels).length <= 32, 'must hold at most 32 labels')
      .optional()
      .describe('Your own names for this job, returned with it and on its usage lines.'),
  })
  .describe('What to make, for which targets.');
export type JobRequest = z.infer<typeof JobRequest>;

export const JobStatus = z.enum(['queued', 'running', 'delivered', 'rejected', 'needs_review', 'failed', 'cancelled']);
export type JobStatus = z.infer<typeof JobStatus>;

/** No stage works for such a job any more. One that needs a review still becomes delivered or rejected by a decision. */
export const terminalStatuses: readonly JobStatus[] = ['delivered', 'rejected', 'needs_review', 'failed', 'cancelled'];

export const StageName = z.enum(['dispatch', 'score', 'refine', 'convert', 'gate', 'settle']);
export type StageName = z.infer<typeof StageName>;

export const JobOutput = z
  .strictObject({
    assetId: AssetId,
    target: ProfileId,
    role: z.enum(['model', 'lod', 'report']),
    format: z.string(),
    fileName: z.string().describe('Suggested name, unique within the job.'),
    sizeBytes: z.int(),
    sha256: Sha256,
    triangles: z.int().optional(),
    lod: z.int().optional().describe('Level of detail: 0 is the full model.'),
  })
  .describe('One delivered file.');
export type JobOutput = z.infer<typeof JobOutput>;

export const TargetResult = z.strictObject({
  target: ProfileId,
  verdict: Verdict,
  reportAssetId: AssetId.optional().describe('The gate’s report; absent when the target failed before the gate.'),
  reasons: z.array(z.string()).describe('Why it was rejected, or has to be reviewed; empty otherwise.'),
  rounds: z
    .array(GateRound)
    .optional()
    .describe('Every try, oldest first, where settings were changed because a limit was missed.'),
});
export type TargetResult = z.infer<typeof TargetResult>;

export const JobError = z.strictObject({ code: z.string(), message: z.string(), pointer: z.string().optional() });
export type JobError = z.infer<typeof JobError>;

export const StageTiming = z.strictObject({
  name: StageName,
  target: ProfileId.optional(),
  ms: z.int().min(0).describe('Time the stage worked, in milliseconds.'),
  cached: z.boolean().describe('True when an earlier run of the same inputs was used.'),
  round: z.int().min(1).optional().describe('Which further try of the target it was for; absent for the first.'),
});
export type StageTiming = z.infer<typeof StageTiming>;

export const SourceFacts = z.strictObject({
  assetId: AssetId,
  sha256: Sha256,
  format: z.string(),
  sizeBytes: z.int(),
  fileName: z.string().optional(),
  stats: AssetStats,
  changes: z.array(Change),
});
export type SourceFacts = z.infer<typeof SourceFacts>;

export const Job = z
  .strictObject({
    id: JobId,
    status: JobStatus,
    verdict: Verdict.optional().describe('The worst verdict of its targets; needs_review while one of them waits.'),
    request: JobRequest,
    priceMicroUsd: MicroUsd.describe('The most that this job can cost; what is rejected is not charged.'),
    chargedMicroUsd: MicroUsd.optional(),
    createdAt: Timestamp,
    finishedAt: Timestamp.optional(),
    source: SourceFacts.optional(),
    results: z.array(TargetResult),
    outputs: z.array(JobOutput),
    stages: z.array(StageTiming),
    receiptAssetId: AssetId.optional(),
    filesDeletedAt: Timestamp.optional().describe('When its files were deleted, at the end of their retention.'),
    policy: z
      .strictObject({ sha256: Sha256, reviewDays: z.int() })
      .optional()
      .describe('The policy of the tenant that it is judged by; absent when there was none.'),
    review: Review.optional(),
    error: JobError.optional(),
  })
  .describe('A job and what became of it.');
export type Job = z.infer<typeof Job>;

/** The job as it is kept: the public job and what only Atlas needs. */
export const JobDocument = Job.extend({
  tenantId: TenantId,
  plans: z.array(TargetPlan),
  executionName: z.string().optional(),
  executionId: z.string().optional().describe('The one execution that owns the job.'),
  trace: z
    .strictObject({ request: z.string(), execution: z.string() })
    .optional()
    .describe('Traceparents: of the request that made the job, and of its execution.'),
  eventCount: z.int(),
  settleInput: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('What the workflow told at its end; kept with a job that has to be reviewed.'),
});
export type JobDocument = z.infer<typeof JobDocument>;

export const JobEvent = z
  .strictObject({
    seq: z.int().describe('1, 2, 3 … without gaps; use it as Last-Event-ID.'),
    type: z.enum([
      'job.created',
      'job.started',
      'stage.started',
      'stage.finished',
      'stage.failed',
      'job.delivered',
      'job.rejected',
      'job.needs_review',
      'job.failed',
      'job.cancelled',
    ]),
    jobId: JobId,
    at: Timestamp,
    stage: StageName.optional(),
    target: ProfileId.optional(),
    ms: z.int().optional(),
    cached: z.boolean().optional(),
    round: z.int().min(1).optional().describe('Which further try of the target; absent for the first.'),
    message: z.string().optional(),
  })
  .describe('One thing that happened to a job.');
export type JobEvent = z.infer<typeof JobEvent>;
