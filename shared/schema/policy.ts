import { z } from 'zod';
import { Sha256, TenantId, Timestamp } from './ids.ts';

export const PolicyAction = z
  .enum(['block', 'review', 'warn', 'info', 'off'])
  .describe(
    'block: the files are rejected; review: a person approves or refuses them; warn and info: they are delivered and it is reported; off: nothing is said.',
  );
export type PolicyAction = z.infer<typeof PolicyAction>;

/** What a tenant says of one finding code. */
export const PolicyRule = z.strictObject({
  action: PolicyAction,
  limit: z
    .number()
    .min(0)
    .max(1e12)
    .optional()
    .describe('The last value that passes, in the unit of the check; the limit of the target when absent.'),
});
export type PolicyRule = z.infer<typeof PolicyRule>;

export const PolicyChecks = z.record(z.string().min(1).max(64), PolicyRule);
export type PolicyChecks = z.infer<typeof PolicyChecks>;

/** Days in which somebody has to decide, unless the policy says otherwise. */
export const defaultReviewDays = 14;
/** The counters of a day of acceptance, which the decision still changes, are kept for 35 days. */
const mostReviewDays = 30;

export const PolicyRequest = z
  .strictObject({
    checks: PolicyChecks.describe('By finding code, for every target.'),
    targets: z
      .record(z.string().min(1).max(64), PolicyChecks)
      .optional()
      .describe('By target, then by finding code: wins over `checks` for this target.'),
    reviewDays: z
      .int()
      .min(1)
      .max(mostReviewDays)
      .optional()
      .describe(`Days after which a job that nobody has reviewed is refused; ${defaultReviewDays} when absent.`),
  })
  .describe('How a tenant takes what the gate finds. Empty `checks` take everything as the targets state it.');
export type PolicyRequest = z.infer<typeof PolicyRequest>;

/** A policy as it is kept with its tenant. */
export const PolicyDocument = PolicyRequest.extend({
  sha256: Sha256.describe('Of its rules in canonical JSON: receipts name it.'),
  since: Timestamp.describe('When its rules were last changed.'),
});
export type PolicyDocument = z.infer<typeof PolicyDocument>;

/** A rule that does not reach a target, because the target itself would refuse such files. */
const HeldRule = z.strictObject({
  target: z.string(),
  code: z.string(),
  limit: z.number().describe('The hard limit that stays.'),
});

export const Policy = PolicyDocument.extend({
  sha256: Sha256.optional(),
  since: Timestamp.optional(),
  reviewDays: z.int(),
  held: z
    .array(HeldRule)
    .describe('Where a hard limit of a target stays as it is: a policy can only make it stricter.'),
}).describe('The policy of the tenant. Jobs keep to the one that stood when they were accepted.');
export type Policy = z.infer<typeof Policy>;

/** What of a policy counts for one target, as a job keeps it. */
export const TargetPolicy = z.strictObject({
  of: TenantId,
  since: z.iso.date(),
  checks: PolicyChecks,
});
export type TargetPolicy = z.infer<typeof TargetPolicy>;
