import { z } from 'zod';

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');
/** A path inside the directory. Never out of it. */
const InnerPath = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, 'must be a path inside the directory');
const TensorName = z.string().min(1).max(200);
const Channels = z.tuple([z.number(), z.number(), z.number()]);

const PinnedFile = z.strictObject({ file: InnerPath, sha256: Sha256Hex });

const common = {
  name: z.string().min(1).max(100).describe('As the manifest names it.'),
  ...PinnedFile.shape,
  externalData: z.array(PinnedFile).max(16).default([]).describe('Files of weights that lie beside the ONNX file.'),
  timeoutMs: z
    .int()
    .min(1)
    .max(600_000)
    .default(120_000)
    .describe('What loading it and scoring one candidate may take together.'),
};

const ImageInput = z.strictObject({
  name: TensorName,
  sizePx: z.int().min(1).max(1024).describe('Width and height of `[1 × 3 × size × size]`.'),
  mean: Channels.describe('Of red, green and blue in 0–1, taken off.'),
  std: Channels.refine((values) => values.every((value) => value > 0), 'must be above 0').describe('Divided by.'),
});

const Embedding = z.strictObject({
  name: TensorName,
  dims: z.int().min(1).max(16_384).describe('Length of the embedding.'),
});
const OneNumber = z.strictObject({ name: TensorName });

/** One model of a directory: what it is for, which file it is, and how it is fed. */
export const ModelEntry = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('clip-image'), ...common, input: ImageInput, output: Embedding })
    .describe('Embeds pictures where prompts are embedded too: CLIP, SigLIP. Alignment.'),
  z
    .strictObject({
      kind: z.literal('clip-text'),
      ...common,
      input: z.strictObject({
        ids: TensorName,
        mask: TensorName.optional().describe('1 for each token that counts.'),
        length: z.int().min(3).max(1024).describe('Tokens of `[1 × length]`, int64.'),
      }),
      output: Embedding,
      tokenizer: z.strictObject({
        vocab: PinnedFile.describe('JSON: token to id.'),
        merges: PinnedFile.describe('Pairs, the most frequent first, one a line.'),
        start: z.string().min(1).default('<|startoftext|>'),
        end: z.string().min(1).default('<|endoftext|>'),
        pad: z.string().min(1).optional().describe('Fills up to the length; zeros without one.'),
      }),
      scale: z
        .number()
        .positive()
        .max(1)
        .default(0.35)
        .describe('Cosine that counts as a full fit: 0.35 in the network’s validator.'),
    })
    .describe('Embeds prompts where `clip-image` embeds pictures, by CLIP’s byte-pair encoding.'),
  z
    .strictObject({ kind: z.literal('dino'), ...common, input: ImageInput, output: Embedding })
    .describe('Embeds pictures by what they show: DINO. Likeness to the prompt image.'),
  z
    .strictObject({
      kind: z.literal('lpips'),
      ...common,
      input: z.strictObject({ ...ImageInput.shape, name: z.tuple([TensorName, TensorName]) }),
      output: OneNumber,
    })
    .describe('Perceptual distance of two pictures: LPIPS.'),
  z
    .strictObject({ kind: z.literal('quality'), ...common, input: ImageInput, output: OneNumber })
    .describe('Looks of one picture, 0–1.'),
]);
export type ModelEntry = z.infer<typeof ModelEntry>;
export type ModelKind = ModelEntry['kind'];

/** `models.json` of a directory of models. */
export const ModelDirectory = z
  .strictObject({
    version: z.literal(1),
    models: z
      .array(ModelEntry)
      .max(16)
      .refine(
        (models) => new Set(models.map(({ kind }) => kind)).size === models.length,
        'must name each kind at most once',
      ),
  })
  .describe('Which models a directory holds.');
export type ModelDirectory = z.infer<typeof ModelDirectory>;
