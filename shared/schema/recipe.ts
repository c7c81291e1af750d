import { z } from 'zod';
import { TargetPolicy } from './policy.ts';

/** How the delivered geometry is packed. */
export const GeometryCompression = z
  .enum(['none', 'quantized', 'meshopt', 'draco'])
  .describe('none: float data; quantized: KHR_mesh_quantization; meshopt: EXT_meshopt_compression; draco: KHR_draco.');
export type GeometryCompression = z.infer<typeof GeometryCompression>;

/** glTF extensions that a packing writes; meshopt packs quantised numbers. */
export const packingExtensions: Readonly<Record<GeometryCompression, readonly string[]>> = {
  none: [],
  quantized: ['KHR_mesh_quantization'],
  meshopt: ['EXT_meshopt_compression', 'KHR_mesh_quantization'],
  draco: ['KHR_draco_mesh_compression'],
};

export const TextureFormat = z
  .enum(['keep', 'jpeg', 'webp'])
  .describe('keep: PNG stays PNG and JPEG stays JPEG; jpeg: opaque images become JPEG; webp: all become WebP.');
export type TextureFormat = z.infer<typeof TextureFormat>;

export const DispatchRecipe = z
  .strictObject({
    fixMetallic: z.boolean().describe('Set metallic to 0 where it is 1 only by omission.').default(true),
    colourFromEmissive: z.boolean().describe('Move a colour that sits only in the emissive slot.').default(true),
    generateNormals: z.boolean().describe('Compute missing vertex normals, weighted by angle.').default(true),
  })
  .describe('Setting right what generators leave wrong.');
export type DispatchRecipe = z.infer<typeof DispatchRecipe>;

export const RefineRecipe = z
  .strictObject({
    weld: z.boolean().describe('Merge vertices whose attributes are all equal.').default(true),
    textureSizePx: z.int().min(16).max(16_384).describe('Longest side of a texture after fitting, in pixels.'),
  })
  .describe('Cleaning the mesh and fitting its textures.');
export type RefineRecipe = z.infer<typeof RefineRecipe>;

export const ConvertRecipe = z
  .strictObject({
    triangles: z.int().min(4).max(20_000_000).describe('Triangle budget of the full-detail model.'),
    lods: z
      .array(z.number().gt(0).lt(1))
      .max(7)
      .describe('Share of the budget for each further level of detail, falling.'),
    geometryCompression: GeometryCompression,
    textureFormat: TextureFormat,
    textureQuality: z.int().min(1).max(100).describe('Encoder quality of lossy textures.'),
  })
  .describe('Reaching the budget and writing the target’s format.');
export type ConvertRecipe = z.infer<typeof ConvertRecipe>;

/** What the back-off loop may change between two tries of a target. */
export const RoundSettings = z
  .strictObject({
    triangles: ConvertRecipe.shape.triangles,
    textureSizePx: RefineRecipe.shape.textureSizePx,
    textureQuality: ConvertRecipe.shape.textureQuality,
    geometryCompression: GeometryCompression,
  })
  .describe('The settings of one try.');
export type RoundSettings = z.infer<typeof RoundSettings>;

/** The workflow’s YAML stops at the same number. */
export const mostRounds = 8;

export const BackOffRecipe = z
  .strictObject({
    rounds: z
      .int()
      .min(0)
      .max(mostRounds)
      .describe(
        'How often settings may be changed when a limit is missed: 4 times unless given; 0 keeps what the recipe asks for.',
      ),
  })
  .describe('Changing settings until a target is met.');
export type BackOffRecipe = z.infer<typeof BackOffRecipe>;

/** Side of a view of the gate, in pixels, unless a recipe says otherwise. The limits of fidelity were measured with it. */
export const usualViewPx = 512;

export const GateRecipe = z
  .strictObject({
    viewSizePx: z
      .int()
      .min(64)
      .max(1024)
      .describe(
        `Side of the views that the gate draws, in pixels: ${usualViewPx} unless given. Smaller is faster and misses fine damage.`,
      ),
  })
  .describe('How closely the gate looks.');
export type GateRecipe = z.infer<typeof GateRecipe>;

/** Overrides that a job may give; what is absent comes from the target profile. */
export const Recipe = z
  .strictObject({
    dispatch: DispatchRecipe.partial().optional(),
    refine: RefineRecipe.partial().optional(),
    convert: ConvertRecipe.partial().optional(),
    backOff: BackOffRecipe.optional(),
    gate: GateRecipe.optional(),
    score: z.boolean().describe('Run the scoring job on the candidates; always on when there are several.').optional(),
  })
  .describe('Typed overrides of any step; what is absent comes from the target profile.');
export type Recipe = z.infer<typeof Recipe>;

/** The settings that one target is made with: profile defaults under the job’s recipe. */
export const TargetPlan = z.strictObject({
  profile: z.string(),
  profileVersion: z.string(),
  refine: RefineRecipe,
  convert: ConvertRecipe,
  backOff: BackOffRecipe.optional(),
  gate: GateRecipe.optional(),
  policy: TargetPolicy.optional().describe(
    'The tenant’s policy for this target as it stood when the job was accepted.',
  ),
});
export type TargetPlan = z.infer<typeof TargetPlan>;
