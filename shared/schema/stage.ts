import { z } from 'zod';
import { AssetStats, Change } from './asset-stats.ts';
import { GateRound, Verdict } from './gate-report.ts';
import { JobId, ProfileId, Sha256, TenantId } from './ids.ts';
import { JobError, StageName } from './job.ts';
import { mostRounds, RoundSettings } from './recipe.ts';

/** W3C trace context of the caller. What is not a traceparent is as good as none: it never refuses work. */
export const Traceparent = z
  .string()
  .max(256)
  .nullish()
  .catch(undefined)
  .transform((text) => text ?? undefined);

/** The message that starts a stage. `input` is the part that the stage’s own schema describes. */
export const StageCommand = z.strictObject({
  tenantId: TenantId,
  jobId: JobId,
  executionId: z.string().min(1).max(128),
  stage: StageName,
  target: ProfileId.nullish().transform((target) => target ?? undefined),
  callbackUrl: z.url(),
  traceparent: Traceparent,
  input: z.record(z.string(), z.unknown()),
});
export type StageCommand = z.infer<typeof StageCommand>;

/** The message that has a decision on a job in review carried out; the decision itself is in the job. */
export const ReviewCommand = z.strictObject({ tenantId: TenantId, jobId: JobId, review: z.literal(true) });
export type ReviewCommand = z.infer<typeof ReviewCommand>;

/** A file in the object store, by content. */
export const StoredObject = z.strictObject({ key: z.string(), sha256: Sha256, sizeBytes: z.int() });
export type StoredObject = z.infer<typeof StoredObject>;

export const DispatchInput = z.strictObject({});
export type DispatchInput = z.infer<typeof DispatchInput>;
export const DispatchResult = z.strictObject({
  source: StoredObject,
  format: z.string(),
  master: StoredObject,
  stats: AssetStats,
  changes: z.array(Change),
});
export type DispatchResult = z.infer<typeof DispatchResult>;

/** Which try of its target a stage works for: 0 and no settings for the first, which the plan describes. */
const Round = {
  round: z.int().min(0).max(mostRounds).optional(),
  settings: RoundSettings.nullish(),
};

/** Each later stage is told which finished stage it builds on. */
export const RefineInput = z.strictObject({ dispatchKey: Sha256, ...Round });
export type RefineInput = z.infer<typeof RefineInput>;
export const RefineResult = z.strictObject({ refined: StoredObject, changes: z.array(Change) });
export type RefineResult = z.infer<typeof RefineResult>;

export const ConvertInput = z.strictObject({ refineKey: Sha256, ...Round });
export type ConvertInput = z.infer<typeof ConvertInput>;
export const ConvertedFile = StoredObject.extend({
  name: z.string(),
  requestedTriangles: z.int(),
  triangles: z.int(),
  errorM: z.number().describe('Simplifier error in metres.'),
  errorShare: z.number().describe('Simplifier error as a share of the bounding diagonal.'),
  deviationMaxShare: z.number().describe('Largest sampled two-way surface distance, share of the diagonal.'),
  deviationRmsShare: z.number(),
});
export type ConvertedFile = z.infer<typeof ConvertedFile>;
export const ConvertResult = z.strictObject({ files: z.array(ConvertedFile), changes: z.array(Change) });
export type ConvertResult = z.infer<typeof ConvertResult>;

/** What the gate decides about the tries of a target. */
const Decision = {
  next: RoundSettings.nullish().describe('Settings of the next try; none when this one was the last.'),
  accept: z.int().min(0).optional().describe('Which try is delivered, or reported, as things stand.'),
  rounds: z.array(GateRound).optional().describe('Every try so far, oldest first.'),
};

export const GateInput = z.strictObject({
  ...Round,
  rounds: z.array(GateRound).max(mostRounds).optional().describe('The tries before this one, oldest first.'),
  convertKey: Sha256,
  dispatchKey: Sha256.optional(),
});
export type GateInput = z.infer<typeof GateInput>;
export const GateResult = z.strictObject({
  verdict: Verdict,
  reasons: z.array(z.string()),
  report: StoredObject,
  pictures: z
    .array(StoredObject.extend({ name: z.string() }))
    .optional()
    .describe('Those of the report, by their names in it; older results have none.'),
  page: StoredObject.optional().describe('The report for people; older results have none.'),
  ...Decision,
});
export type GateResult = z.infer<typeof GateResult>;

/** An error as the workflow language carries it: a string, or a map with a message. */
const WorkflowError = z.unknown();

const RoundKeys = z.strictObject({ refineKey: Sha256, convertKey: Sha256, gateKey: Sha256 });

export const SettleTarget = z.union([
  z.strictObject({
    ...RoundKeys.shape,
    rounds: z
      .array(RoundKeys)
      .optional()
      .describe('Every try of the target, oldest first; the keys beside are its result.'),
  }),
  z.strictObject({ error: WorkflowError }),
]);
export type SettleTarget = z.infer<typeof SettleTarget>;

export const SettleInput = z.strictObject({
  error: WorkflowError.optional(),
  dispatchKey: Sha256.nullish(),
  scoreManifest: z.string().nullish(),
  targets: z.record(ProfileId, SettleTarget),
});
export type SettleInput = z.infer<typeof SettleInput>;

/** What a stage answers to the workflow’s callback: small, ids only; of the gate also what its loop decides by. */
export const StageAnswer = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('done'),
    stageKey: Sha256,
    cached: z.boolean(),
    verdict: Verdict.optional(),
    ...Decision,
  }),
  z.strictObject({ status: z.literal('failed'), error: JobError }),
]);
export type StageAnswer = z.infer<typeof StageAnswer>;
