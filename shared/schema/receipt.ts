import { z } from 'zod';
import { Change } from './asset-stats.ts';
import { GateRound } from './gate-report.ts';
import { JobId, ProfileId, Sha256, TenantId, Timestamp } from './ids.ts';
import { JobStatus, StageName } from './job.ts';
import { ReviewDecision } from './review.ts';
import { UsageEvent } from './usage.ts';

/** in-toto ResourceDescriptor, https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md */
export const ResourceDescriptor = z.strictObject({
  name: z.string(),
  digest: z.strictObject({ sha256: Sha256 }),
  annotations: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type ResourceDescriptor = z.infer<typeof ResourceDescriptor>;

export const ReceiptStage = z.strictObject({
  stage: StageName,
  target: ProfileId.optional(),
  stageKey: Sha256,
  engineVersion: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  inputs: z.array(ResourceDescriptor),
  outputs: z.array(ResourceDescriptor),
  changes: z.array(Change),
});
export type ReceiptStage = z.infer<typeof ReceiptStage>;

export const receiptPredicateType = 'https://atlas-3d.dev/attestation/delivery/v1';

/** in-toto Statement v1 about the delivered files, with what Atlas did as its predicate. */
export const Receipt = z
  .strictObject({
    _type: z.literal('https://in-toto.io/Statement/v1'),
    subject: z.array(ResourceDescriptor),
    predicateType: z.literal(receiptPredicateType),
    predicate: z.strictObject({
      jobId: JobId,
      tenantId: TenantId,
      acceptedAt: Timestamp.describe('When the job was accepted and its price fixed.'),
      status: JobStatus,
      source: ResourceDescriptor.optional(),
      stages: z.array(ReceiptStage),
      scores: ResourceDescriptor.optional().describe('The scoring job’s manifest.'),
      verdicts: z.array(
        z.strictObject({
          target: ProfileId,
          verdict: z.string(),
          report: ResourceDescriptor,
          reasons: z.array(z.string()),
          rounds: z.array(GateRound).optional().describe('Every try, where settings were changed.'),
        }),
      ),
      policySha256: Sha256.optional().describe('Of the tenant’s policy that the gate kept to; absent without one.'),
      review: ReviewDecision.optional().describe('Who decided what the gate left to a person, and why.'),
      usage: z.array(UsageEvent),
      totalMicroUsd: z.int().min(0),
      error: z.strictObject({ code: z.string(), message: z.string(), pointer: z.string().optional() }).optional(),
    }),
  })
  .describe('Where the files came from, what was done to them and what it cost.');
export type Receipt = z.infer<typeof Receipt>;

export const receiptPayloadType = 'application/vnd.in-toto+json';

/** DSSE envelope, https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export const ReceiptEnvelope = z
  .strictObject({
    payload: z.base64(),
    payloadType: z.literal(receiptPayloadType),
    signatures: z
      .array(z.strictObject({ keyid: z.string(), sig: z.base64() }))
      .min(1)
      .max(8),
  })
  .describe('The signed receipt. Verify it with `atlas verify`.');
export type ReceiptEnvelope = z.infer<typeof ReceiptEnvelope>;
