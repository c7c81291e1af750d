import { z } from 'zod';
import { AssetStats } from './asset-stats.ts';
import { ProfileId, Sha256 } from './ids.ts';

export const Verdict = z
  .enum(['accepted', 'repaired', 'rejected', 'needs_review'])
  .describe('accepted; repaired: passed after settings were changed; rejected: not delivered, not charged.');
export type Verdict = z.infer<typeof Verdict>;

export const Finding = z
  .strictObject({
    code: z.string().describe('Stable name, such as limit_triangles or VALUE_NOT_IN_RANGE of the validator.'),
    severity: z.enum(['error', 'warning', 'info']),
    file: z.string().describe('Which delivered file: model, lod1, …'),
    pointer: z.string().optional().describe('JSON pointer into the file.'),
    measured: z.number().optional(),
    limit: z.number().optional(),
    message: z.string(),
    remedy: z.string().optional().describe('What to do about it.'),
    source: z.string().optional().describe('Who states the rule.'),
  })
  .describe('One thing that the gate found.');
export type Finding = z.infer<typeof Finding>;

export const GateReport = z
  .strictObject({
    profile: ProfileId,
    profileVersion: z.string(),
    verdict: Verdict,
    findings: z.array(Finding),
    files: z.array(
      z.strictObject({
        name: z.string(),
        sha256: Sha256,
        stats: AssetStats,
        validator: z.strictObject({
          version: z.string(),
          errors: z.int(),
          warnings: z.int(),
          infos: z.int(),
          hints: z.int(),
        }),
      }),
    ),
  })
  .describe('The proof of a verdict: what was measured on the files as delivered.');
export type GateReport = z.infer<typeof GateReport>;
