import { clipTokenizer, readMerges } from '../../shared/core/quality/models/clip-tokenizer.ts';
import { cosine } from '../../shared/core/quality/models/cosine.ts';
import { type PixelInput, pixelTensor } from '../../shared/core/quality/models/pixel-tensor.ts';
import { geometricMean, withoutOutliers } from '../../shared/core/quality/models/without-outliers.ts';
import { AtlasError } from '../../shared/errors.ts';
import type { ModelRunner, ModelTensor, ScorePicture } from '../../shared/ports/index.ts';
import type { ModelEntry, ModelKind } from '../../shared/schema/index.ts';
import { type LoadedModels, modelOf, type NotScored, pinnedIn, readPinned } from './load-models.ts';

/** What a candidate is held against. */
export type ScorePrompt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly picture: ScorePicture };

export type PartScore = number | NotScored;

/** What models say of one candidate. */
export interface ModelScores {
  readonly alignment: PartScore;
  readonly resemblance: PartScore;
  readonly quality: PartScore;
  readonly lpips: PartScore;
  /** The models that answered. */
  readonly used: readonly ModelEntry[];
}

type Of<K extends ModelKind> = Extract<ModelEntry, { kind: K }>;
type ImageModel = Of<'clip-image' | 'dino' | 'quality'>;

export const isScore = (part: PartScore): part is number => typeof part === 'number';
const isOutputs = (value: readonly Float32Array[] | NotScored): value is readonly Float32Array[] =>
  Array.isArray(value);

const noPrompt: NotScored = { code: 'no_prompt', reason: 'There is no prompt to hold it against.' };
const noImage: NotScored = { code: 'no_prompt', reason: 'There is no prompt image to hold it against.' };
const clamp01 = (value: number): number => Math.min(1, Math.max(0, value));

/** Undefined where a value may be what the model is for. */
type Judge = (values: Float32Array) => NotScored | undefined;

const hasLength = (values: Float32Array, length: number): NotScored | undefined =>
  values.length === length
    ? undefined
    : { code: 'model_unfit', reason: `It gave ${values.length} numbers where ${length} were expected.` };

const embeds =
  (dims: number): Judge =>
  (values) =>
    hasLength(values, dims);

const gives =
  (least: number, most: number): Judge =>
  (values) => {
    const [value = Number.NaN] = values;
    const isWithin = value >= least && value <= most;
    const outside: NotScored = { code: 'answer_invalid', reason: `It gave ${value}, not within ${least} to ${most}.` };
    return hasLength(values, 1) ?? (isWithin ? undefined : outside);
  };

/** Runs models over the views of one candidate. */
function asker(loaded: LoadedModels, runner: ModelRunner) {
  const used: ModelEntry[] = [];

  async function ask(
    model: ModelEntry,
    calls: readonly Record<string, ModelTensor>[],
    faultOf: Judge,
  ): Promise<readonly Float32Array[] | NotScored> {
    const file = {
      ...pinnedIn(loaded.folder, model),
      externalData: model.externalData.map((one) => pinnedIn(loaded.folder, one)),
    };
    const answer = await runner.run({ model: file, calls, output: model.output.name, timeoutMs: model.timeoutMs });
    const named = (reason: string): string => `${model.name}: ${reason}`;
    if (answer.status === 'failed') return { code: answer.code, reason: named(answer.reason) };
    for (const values of answer.outputs) {
      const hasNumbers = values.every(Number.isFinite);
      const fault = hasNumbers
        ? faultOf(values)
        : ({ code: 'answer_invalid', reason: 'It gave no finite number.' } as const);
      if (fault) return { code: fault.code, reason: named(fault.reason) };
    }
    used.push(model);
    return answer.outputs;
  }

  const tensor = (picture: ScorePicture, input: PixelInput): ModelTensor => ({
    type: 'float32',
    dims: [1, 3, input.sizePx, input.sizePx],
    data: pixelTensor(picture, input),
  });

  return {
    used,
    ask,
    tensor,
    /** One output a picture. */
    pictures: (model: ImageModel, pictures: readonly ScorePicture[], faultOf: Judge) =>
      ask(
        model,
        pictures.map((picture) => ({ [model.input.name]: tensor(picture, model.input) })),
        faultOf,
      ),
  };
}
type Asker = ReturnType<typeof asker>;

/** The prompt’s embedding. */
async function embedText(text: string, model: Of<'clip-text'>, loaded: LoadedModels, { ask }: Asker) {
  const { input, tokenizer, output } = model;
  let tokens: { ids: number[]; used: number };
  try {
    const [vocab, merges] = await Promise.all([
      readPinned(loaded.folder, tokenizer.vocab),
      readPinned(loaded.folder, tokenizer.merges),
    ]);
    const { start, end, pad } = tokenizer;
    tokens = clipTokenizer({
      vocab: JSON.parse(vocab) as Record<string, number>,
      merges: readMerges(merges),
      ...{ start, end, pad },
    }).encode(text, input.length);
  } catch (error) {
    const code = !(error instanceof AtlasError)
      ? 'model_unfit'
      : error.code === 'file_not_found'
        ? 'model_missing'
        : 'model_damaged';
    return { code, reason: `${model.name}: ${(error as Error).message}` } satisfies NotScored;
  }
  const dims = [1, input.length];
  const int64 = (values: readonly number[]): ModelTensor => ({
    ...{ type: 'int64', dims },
    data: BigInt64Array.from(values, BigInt),
  });
  const mask = tokens.ids.map((_, i) => (i < tokens.used ? 1 : 0));
  const call = { [input.ids]: int64(tokens.ids), ...(input.mask === undefined ? {} : { [input.mask]: int64(mask) }) };
  return ask(model, [call], embeds(output.dims));
}

/**
 * Fit to the prompt as the network’s validator counts it (404-Repo/three-gen-subnet, validation/engine, 2025): geometric mean
 * of the cosines of all views but outliers; for text, a cosine of 0.35 is a full fit.
 */
async function scoreAlignment(
  views: readonly ScorePicture[],
  prompt: ScorePrompt | undefined,
  loaded: LoadedModels,
  asked: Asker,
): Promise<PartScore> {
  const image = modelOf(loaded, 'clip-image');
  if ('code' in image) return image;
  if (!prompt) return noPrompt;
  const text = prompt.kind === 'text' ? modelOf(loaded, 'clip-text') : undefined;
  if (text && 'code' in text) return text;
  if (text && text.output.dims !== image.output.dims) {
    return {
      code: 'model_unfit',
      reason: `${text.name} embeds in ${text.output.dims} numbers, ${image.name} in ${image.output.dims}.`,
    };
  }
  const wanted =
    prompt.kind === 'text'
      ? await embedText(prompt.text, text!, loaded, asked)
      : await asked.pictures(image, [prompt.picture], embeds(image.output.dims));
  if (!isOutputs(wanted)) return wanted;
  const seen = await asked.pictures(image, views, embeds(image.output.dims));
  if (!isOutputs(seen)) return seen;
  const cosines = seen.map((embedding) => cosine(embedding, wanted[0]!));
  if (!cosines.every(Number.isFinite))
    return { code: 'answer_invalid', reason: `${image.name}: An embedding is zero.` };
  const fit = geometricMean(withoutOutliers(cosines).map(clamp01));
  return clamp01(text ? fit / text.scale : fit);
}

async function scoreResemblance(
  views: readonly ScorePicture[],
  prompt: ScorePrompt | undefined,
  loaded: LoadedModels,
  asked: Asker,
): Promise<PartScore> {
  const model = modelOf(loaded, 'dino');
  if ('code' in model) return model;
  if (prompt?.kind !== 'image') return noImage;
  const embedded = await asked.pictures(model, [prompt.picture, ...views], embeds(model.output.dims));
  if (!isOutputs(embedded)) return embedded;
  const [wanted, ...seen] = embedded;
  const cosines = seen.map((embedding) => cosine(embedding, wanted!));
  if (!cosines.every(Number.isFinite))
    return { code: 'answer_invalid', reason: `${model.name}: An embedding is zero.` };
  return clamp01(Math.max(...cosines));
}

async function scoreQuality(views: readonly ScorePicture[], loaded: LoadedModels, asked: Asker): Promise<PartScore> {
  const model = modelOf(loaded, 'quality');
  if ('code' in model) return model;
  const scores = await asked.pictures(model, views, gives(0, 1));
  return isOutputs(scores) ? scores.reduce((sum, [score = 0]) => sum + score, 0) / scores.length : scores;
}

/** 1 − mean LPIPS of each view and the next, the last and the first too. */
async function scoreLpips(views: readonly ScorePicture[], loaded: LoadedModels, asked: Asker): Promise<PartScore> {
  const model = modelOf(loaded, 'lpips');
  if ('code' in model) return model;
  const [first, second] = model.input.name;
  const tensors = views.map((view) => asked.tensor(view, model.input));
  const calls = tensors.map((tensor, i) => ({ [first]: tensor, [second]: tensors[(i + 1) % tensors.length]! }));
  // Distances of trained LPIPS stay below about 1.5; a hair below 0 is rounding.
  const distances = await asked.ask(model, calls, gives(-0.01, 4));
  if (!isOutputs(distances)) return distances;
  return clamp01(1 - distances.reduce((sum, [distance = 0]) => sum + distance, 0) / distances.length);
}

/** Everything that the mounted models can say of one candidate. Never throws for what a model does. */
export async function scoreByModels(
  views: readonly ScorePicture[],
  prompt: ScorePrompt | undefined,
  loaded: LoadedModels,
  runner: ModelRunner,
): Promise<ModelScores> {
  const asked = asker(loaded, runner);
  const alignment = await scoreAlignment(views, prompt, loaded, asked);
  const resemblance = await scoreResemblance(views, prompt, loaded, asked);
  const quality = await scoreQuality(views, loaded, asked);
  const lpips = await scoreLpips(views, loaded, asked);
  return { alignment, resemblance, quality, lpips, used: [...new Set(asked.used)] };
}
