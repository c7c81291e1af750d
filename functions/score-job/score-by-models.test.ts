import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { findOptional } from '../../shared/optional-module.ts';
import type { ModelAnswer, ModelRequest, ModelRunner, ScorePicture } from '../../shared/ports/index.ts';
import { pinned, tinyModelFolder } from '../../shared/testing/onnx/tiny-models.ts';
import { paint } from '../../shared/testing/seeded-pictures.ts';
import { tempFolder } from '../../shared/testing/temp-folder.ts';
import { localModelRunner } from '../deps.ts';
import { loadModels } from './load-models.ts';
import { type ModelScores, type ScorePrompt, scoreByModels } from './score-by-models.ts';

const root = tempFolder();
let folders = 0;
const folderOf = (change?: Parameters<typeof tinyModelFolder>[1]): string =>
  tinyModelFolder(join(root, `models-${folders++}`), change);

const colour = (r: number, g: number, b: number): ScorePicture => {
  const { width, height, data } = paint(12, 12, () => [r, g, b]);
  return { width, height, data: Uint8Array.from(data) };
};
const red = colour(255, 0, 0);
const blue = colour(0, 0, 255);
const text = (words: string): ScorePrompt => ({ kind: 'text', text: words });
const image = (picture: ScorePicture): ScorePrompt => ({ kind: 'image', picture });

/** Answers for the models; says what it was asked. */
function runnerThat(answer: (request: ModelRequest) => ModelAnswer): ModelRunner & { asked: ModelRequest[] } {
  const asked: ModelRequest[] = [];
  return {
    asked,
    run: async (request) => {
      asked.push(request);
      return answer(request);
    },
    runtime: () => undefined,
    close: async () => undefined,
  };
}
const all = (values: number[]) =>
  runnerThat(({ calls }) => ({ status: 'answered', outputs: calls.map(() => Float32Array.from(values)) }));

const parts = ({ alignment, resemblance, quality, lpips }: ModelScores) => ({ alignment, resemblance, quality, lpips });

describe('parts of which there is no model', () => {
  const nothing = runnerThat(() => {
    throw new Error('must not be asked');
  });

  test.each([
    ['no directory', undefined, 'no_models', /No directory/],
    ['a missing directory', join(root, 'nowhere'), 'models_unreadable', /models\.json cannot be read/],
    ['a directory that is a file', '/dev/null', 'models_unreadable', /cannot be read/],
  ])('are not scored with %s', async (_what, folder, code, reason) => {
    const scores = await scoreByModels([red, red], text('red'), await loadModels(folder), nothing);
    for (const part of Object.values(parts(scores)))
      expect(part).toMatchObject({ code, reason: expect.stringMatching(reason) });
  });

  test.each([
    ['half a file', '{"version":1,"models":[{"na'],
    ['another version', '{"version":2,"models":[]}'],
    ['a path out of the directory', 'escape'],
    ['one kind twice', 'twice'],
    ['an unknown kind', 'unknown'],
  ])('are not scored with a models.json of %s', async (_what, content) => {
    const folder = folderOf((models) => {
      if (content === 'escape') return [{ ...models[0], file: '../clip.onnx' }];
      if (content === 'twice') return [models[0]!, models[0]!];
      return content === 'unknown' ? [{ ...models[0], kind: 'aesthetic' }] : models;
    });
    if (content.startsWith('{')) writeFileSync(join(folder, 'models.json'), content);
    const { alignment } = await scoreByModels([red], text('red'), await loadModels(folder), nothing);
    expect(alignment).toMatchObject({ code: 'models_unreadable', reason: expect.stringMatching(/is not valid/) });
  });

  test('are not scored when models.json does not name them', async () => {
    const loaded = await loadModels(folderOf((models) => models.filter(({ kind }) => kind === 'quality')));
    const scores = await scoreByModels([red], text('red'), loaded, all([0.5]));
    expect(scores).toMatchObject({
      quality: 0.5,
      alignment: { code: 'no_such_model' },
      lpips: { code: 'no_such_model' },
    });
    expect(scores.used.map(({ name }) => name)).toEqual(['tiny-quality']);
  });

  test('are not scored without a prompt, and no text is held against pictures', async () => {
    const loaded = await loadModels(folderOf());
    const bare = await scoreByModels([red], undefined, loaded, all([0.5]));
    expect(bare).toMatchObject({ alignment: { code: 'no_prompt' }, resemblance: { code: 'no_prompt' } });
    expect((await scoreByModels([red], text('red'), loaded, all([0.5, 0.5, 0.5]))).resemblance).toMatchObject({
      code: 'no_prompt',
    });
  });
});

describe('an answer that cannot be', () => {
  test.each([
    ['no number', [Number.NaN], 'answer_invalid', /no finite number/],
    ['an infinite one', [Number.POSITIVE_INFINITY], 'answer_invalid', /no finite number/],
    ['too many', [0.1, 0.2], 'model_unfit', /2 numbers where 1/],
    ['none', [], 'model_unfit', /0 numbers where 1/],
    ['one below the range', [-0.5], 'answer_invalid', /-0\.5, not within/],
    ['one above the range', [5], 'answer_invalid', /5, not within/],
  ])('is no score: %s', async (_what, values, code, reason) => {
    const scores = await scoreByModels([red, blue], undefined, await loadModels(folderOf()), all(values));
    expect(scores.quality).toMatchObject({ code, reason: expect.stringMatching(reason) });
    expect(scores.lpips).toMatchObject({ code });
    expect(scores.used).toEqual([]);
  });

  test('is no score: an embedding of another length, or of nothing', async () => {
    const loaded = await loadModels(folderOf());
    const short = await scoreByModels([red], image(red), loaded, all([1, 0]));
    expect(short.alignment).toMatchObject({
      code: 'model_unfit',
      reason: 'tiny-clip-image: It gave 2 numbers where 3 were expected.',
    });
    const zero = await scoreByModels([red], image(red), loaded, all([0, 0, 0]));
    expect(zero.alignment).toMatchObject({ code: 'answer_invalid' });
  });

  test('of one model leaves the others', async () => {
    const loaded = await loadModels(folderOf());
    const runner = runnerThat(({ model, calls }) =>
      /quality/.test(model.path)
        ? { status: 'failed', code: 'timed_out', reason: 'too long' }
        : { status: 'answered', outputs: calls.map(() => new Float32Array([0.25])) },
    );
    expect(await scoreByModels([red, blue], undefined, loaded, runner)).toMatchObject({
      ...{ quality: { code: 'timed_out', reason: 'tiny-quality: too long' }, lpips: 0.75 },
    });
  });
});

describe('a text model', () => {
  test.each([
    [
      'other dimensions',
      'model_unfit',
      /embeds in 2 numbers/,
      (entry: Record<string, unknown>) => ({ ...entry, output: { name: 'embedding', dims: 2 } }),
    ],
    [
      'no vocabulary',
      'model_missing',
      /none\.json/,
      (entry: Record<string, unknown>) => ({
        ...entry,
        tokenizer: { ...(entry.tokenizer as object), vocab: { file: 'none.json', sha256: 'a'.repeat(64) } },
      }),
    ],
    [
      'a damaged vocabulary',
      'model_damaged',
      /damaged or another/,
      (entry: Record<string, unknown>) => ({
        ...entry,
        tokenizer: { ...(entry.tokenizer as object), vocab: { file: 'vocab.json', sha256: 'a'.repeat(64) } },
      }),
    ],
    [
      'another start mark',
      'model_unfit',
      /no <s>/,
      (entry: Record<string, unknown>) => ({ ...entry, tokenizer: { ...(entry.tokenizer as object), start: '<s>' } }),
    ],
  ])('with %s is no model', async (_what, code, reason, change) => {
    const loaded = await loadModels(
      folderOf((models) => models.map((one) => (one.kind === 'clip-text' ? change(one) : one))),
    );
    const { alignment } = await scoreByModels([red], text('red'), loaded, all([1, 0, 0]));
    expect(alignment).toMatchObject({ code, reason: expect.stringMatching(reason) });
  });

  test('with a vocabulary that is no JSON is no model', async () => {
    const folder = join(root, `models-${folders++}`);
    tinyModelFolder(folder, (models) =>
      models.map((one) =>
        one.kind === 'clip-text'
          ? { ...one, tokenizer: { ...(one.tokenizer as object), vocab: pinned(folder, 'bad.json', '{"a":') } }
          : one,
      ),
    );
    const { alignment } = await scoreByModels([red], text('red'), await loadModels(folder), all([1, 0, 0]));
    expect(alignment).toMatchObject({ code: 'model_unfit' });
  });

  test('is given ids and a mask of the tokens that count', async () => {
    const loaded = await loadModels(
      folderOf((models) =>
        models.map((one) =>
          one.kind === 'clip-text' ? { ...one, input: { ids: 'ids', mask: 'mask', length: 5 } } : one,
        ),
      ),
    );
    const runner = all([1, 0, 0]);
    await scoreByModels([red], text('Red'), loaded, runner);
    const [call] = runner.asked[0]!.calls;
    expect(call).toEqual({
      ids: { type: 'int64', dims: [1, 5], data: BigInt64Array.from([0n, 6n, 1n, 0n, 0n]) },
      mask: { type: 'int64', dims: [1, 5], data: BigInt64Array.from([1n, 1n, 1n, 0n, 0n]) },
    });
  });
});

test('a cosine of 0.35 with the text is a full fit, and one odd view does not count', async () => {
  const loaded = await loadModels(folderOf());
  const runner = runnerThat(({ model, calls }) => ({
    status: 'answered',
    outputs: calls.map((_, i) =>
      /text/.test(model.path)
        ? new Float32Array([1, 0, 0])
        : new Float32Array(i === 3 ? [0, 1, 0] : [0.21, Math.sqrt(1 - 0.21 ** 2), 0]),
    ),
  }));
  const { alignment } = await scoreByModels(Array(16).fill(red), text('red'), loaded, runner);
  expect(alignment).toBeCloseTo(0.21 / 0.35, 6);
});

const whenThere = findOptional('onnxruntime-node') ? describe : describe.skip;

whenThere('with tiny models, really run', () => {
  const runner = localModelRunner();
  afterAll(() => runner.close());

  test('what shows the word scores above what does not', async () => {
    const loaded = await loadModels(folderOf());
    const fit = await scoreByModels([red, red], text('red'), loaded, runner);
    const misfit = await scoreByModels([blue, blue], text('red'), loaded, runner);
    expect(fit.alignment).toBe(1);
    // The cosine of two of the three axes is ½, which is more than 0.35 of a fit; half the scale tells them apart.
    expect(misfit.alignment).toBe(1);
    const strict = await loadModels(
      folderOf((models) => models.map((one) => (one.kind === 'clip-text' ? { ...one, scale: 1 } : one))),
    );
    expect((await scoreByModels([red, red], text('red'), strict, runner)).alignment).toBeCloseTo(1, 6);
    expect((await scoreByModels([blue, blue], text('red'), strict, runner)).alignment).toBeCloseTo(0.5, 6);
  });

  test('what looks like the prompt image scores above what does not', async () => {
    const loaded = await loadModels(folderOf());
    const fit = await scoreByModels([blue, red], image(red), loaded, runner);
    expect(fit.resemblance).toBeCloseTo(1, 6);
    expect((await scoreByModels([blue], image(red), loaded, runner)).resemblance).toBeCloseTo(0, 6);
    expect((await scoreByModels([red, red], image(red), loaded, runner)).alignment).toBeCloseTo(1, 6);
    expect((await scoreByModels([blue, blue], image(red), loaded, runner)).alignment).toBeCloseTo(0.5, 6);
  });

  test('looks and neighbours are measured', async () => {
    const loaded = await loadModels(folderOf());
    const steady = await scoreByModels([red, red, red], undefined, loaded, runner);
    expect(parts(steady)).toMatchObject({ quality: expect.closeTo(0.5, 6), lpips: 1 });
    const turning = await scoreByModels([red, blue], undefined, loaded, runner);
    // Two of three channels differ by 1.
    expect(turning.lpips).toBeCloseTo(1 / 3, 6);
    expect(turning.used.map(({ kind }) => kind).sort()).toEqual(['lpips', 'quality']);
  });

  test('a model of another size is told from a fit', async () => {
    const loaded = await loadModels(
      folderOf((models) =>
        models.map((one) =>
          one.kind === 'quality' ? { ...one, input: { ...(one.input as object), sizePx: 16 } } : one,
        ),
      ),
    );
    const { quality } = await scoreByModels([red], undefined, loaded, runner);
    expect(quality).toMatchObject({ code: 'model_unfit', reason: expect.stringMatching(/^tiny-quality: .*imension/s) });
  });
});
