import { z } from 'zod';
import { ProfileId } from './ids.ts';
import { ConvertRecipe, RefineRecipe } from './recipe.ts';

/** Where a number comes from. */
const Evidence = {
  source: z.string().min(3).describe('URL or document that states it; "Atlas" where it is our own choice.'),
  checked: z.iso.date().describe('Day on which the source was read.'),
  note: z.string().optional(),
};

export const Severity = z
  .enum(['hard', 'advice'])
  .describe('hard: a delivered file never exceeds it; advice: reported as a warning.');

export const Limit = z.strictObject({ max: z.number().min(0), severity: Severity, ...Evidence });
export type Limit = z.infer<typeof Limit>;

/** What the gate can measure on a delivered file; every name is a key of `AssetStats`. */
export const LimitName = z.enum([
  'triangles',
  'trianglesPerMesh',
  'vertices',
  'drawCalls',
  'materials',
  'textureSizePx',
  'textureMemoryBytes',
  'sizeBytes',
  'uvSets',
  'jointsPerSkin',
  'openEdges',
]);
export type LimitName = z.infer<typeof LimitName>;

/** How a target takes what a check finds. */
export const CheckRule = z.strictObject({
  severity: z.enum(['error', 'warning', 'info', 'off']),
  limit: z.number().optional().describe('In the unit of the check; its own default when absent.'),
  review: z.literal(true).optional().describe('A person decides on files with such a finding.'),
  ...Evidence,
});
export type CheckRule = z.infer<typeof CheckRule>;

export const Profile = z
  .strictObject({
    id: ProfileId,
    version: z.string().describe('Changes whenever a number changes.'),
    title: z.string(),
    summary: z.string(),
    limits: z.partialRecord(LimitName, Limit).describe('Rules on the delivered file, decoded as a customer would.'),
    extensions: z
      .strictObject({ allowed: z.array(z.string()), ...Evidence })
      .describe('glTF extensions that the target reads.'),
    imageTypes: z.strictObject({ allowed: z.array(z.string()), ...Evidence }).describe('Image types that it reads.'),
    checks: z
      .record(z.string(), CheckRule)
      .optional()
      .describe('By finding code; what is absent keeps the severity and limit that the check states.'),
    fidelity: z
      .strictObject({
        flipMax: z.number().min(0).max(1).optional(),
        silhouetteIouMin: z.number().min(0).max(1).optional(),
        distanceMaxShare: z.number().min(0).optional(),
        severity: Severity,
        ...Evidence,
      })
      .optional()
      .describe('How far a delivered file may be from its source.'),
    defaults: z
      .strictObject({ refine: RefineRecipe, convert: ConvertRecipe, ...Evidence })
      .describe('Settings when the recipe says nothing.'),
  })
  .describe('What a target accepts, each number with its source and the day it was checked.');
export type Profile = z.infer<typeof Profile>;
