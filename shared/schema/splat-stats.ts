import { z } from 'zod';

const share = z.number().min(0).max(1);

/** What a cloud of Gaussian splats is made of. */
export const SplatStats = z
  .strictObject({
    format: z.enum(['ply', 'spz']),
    splats: z.int().min(0),
    degree: z.int().min(0).max(3).describe('Of the spherical harmonics.'),
    broken: z.int().min(0).describe('Splats with values that are not finite or out of range.'),
    opacityMedian: share,
    faintShare: share.describe('Splats under 5 % opacity.'),
    scaleCv: z.number().min(0).describe('Coefficient of variation of the size.'),
    tinyShare: share.describe('Splats smaller than 0.02 % of the diagonal.'),
    hugeShare: share.describe('Splats larger than 5 % of the diagonal.'),
    floatingPieces: z.int().min(0),
    floatingOpacityShare: share,
    hazyShare: share.describe('Of what the views show, the part that is half seen through.'),
    coverageMin: share.describe('Of the view that shows least.'),
  })
  .describe('What a cloud of Gaussian splats is made of.');
export type SplatStats = z.infer<typeof SplatStats>;
