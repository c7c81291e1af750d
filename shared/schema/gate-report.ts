import { z } from 'zod';
import { AssetStats } from './asset-stats.ts';
import { ProfileId, Sha256 } from './ids.ts';
import { TargetPolicy } from './policy.ts';
import { RoundSettings } from './recipe.ts';
import { SplatStats } from './splat-stats.ts';

export const Verdict = z
  .enum(['accepted', 'repaired', 'rejected', 'needs_review'])
  .describe(
    'accepted; repaired: passed after settings were changed; rejected: not delivered, not charged; needs_review: a person has to decide.',
  );
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
    review: z.literal(true).optional().describe('A person has to decide on it.'),
    source: z.string().optional().describe('Who states the rule.'),
  })
  .describe('One thing that the gate found.');
export type Finding = z.infer<typeof Finding>;

/** A picture of evidence, an asset of its own beside the report. */
export const ReportPicture = z
  .strictObject({
    name: z.string().describe('Unique in the report: view-03, view-03-source, view-03-flip, uv-0, mark-holes-1, …'),
    role: z
      .enum(['view', 'source', 'difference', 'wireframe', 'uv', 'defect', 'turntable', 'sheet', 'thumbnail'])
      .describe('What it shows.'),
    caption: z.string(),
    /** Codes of the findings that it shows. */
    codes: z.array(z.string()).optional(),
    contentType: z.enum(['image/png', 'image/webp', 'image/jpeg']),
    widthPx: z.int(),
    heightPx: z.int(),
    sha256: Sha256,
    sizeBytes: z.int(),
    driver: z.enum(['cpu', 'chromium']).describe('What drew it.'),
  })
  .describe('A picture of evidence.');
export type ReportPicture = z.infer<typeof ReportPicture>;

/** How far the delivered model is from its source, in pictures of both and on their surfaces. */
export const Fidelity = z
  .strictObject({
    sourceSha256: Sha256,
    views: z.int(),
    sizePx: z.int(),
    psnrDb: z.number().nullable().describe('Mean over the views, within the silhouettes; null for equal pictures.'),
    ssim: z.number().describe('Mean over the views, within the silhouettes.'),
    flip: z.number().describe('Mean perceived difference, 0 to 1, within the silhouettes.'),
    silhouetteIou: z.number().describe('Smallest of the views.'),
    worstView: z.string().describe('Name of the picture with the largest perceived difference.'),
    distanceMaxShare: z.number().describe('Largest two-way surface distance, as a share of the diagonal.'),
    distanceRmsShare: z.number(),
    normalDeviationDeg: z.number().optional().describe('Median angle between surfaces at nearest points.'),
  })
  .describe('The delivered model against its source.');
export type Fidelity = z.infer<typeof Fidelity>;

/** One try of the back-off loop. */
export const GateRound = z
  .strictObject({
    round: z.int().min(0),
    settings: RoundSettings,
    verdict: Verdict,
    codes: z.array(z.string()).describe('Errors that made it fail.'),
    sizeBytes: z.int(),
    triangles: z.int(),
    textureSizePx: z.int().optional().describe('Longest side of a texture, as measured.'),
    imageBytes: z.int().optional().describe('Share of the images in sizeBytes.'),
    flip: z.number().optional(),
  })
  .describe('One try with other settings.');
export type GateRound = z.infer<typeof GateRound>;

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
        splats: SplatStats.optional().describe('Only of clouds of splats: such a file has no triangles.'),
        validator: z
          .strictObject({
            version: z.string(),
            errors: z.int(),
            warnings: z.int(),
            infos: z.int(),
            hints: z.int(),
          })
          .optional()
          .describe('What gltf-validator says; absent for what is no glTF.'),
      }),
    ),
    fidelity: Fidelity.optional(),
    pictures: z.array(ReportPicture).optional(),
    rounds: z.array(GateRound).optional().describe('Tries before this one, oldest first, and this one.'),
    policy: TargetPolicy.optional().describe('What the tenant’s policy changed of the target’s rules.'),
  })
  .describe('The proof of a verdict: what was measured on the files as delivered.');
export type GateReport = z.infer<typeof GateReport>;
