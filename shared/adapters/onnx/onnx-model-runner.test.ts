import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { findOptional } from '../../optional-module.ts';
import type { ModelRequest, ModelRunner } from '../../ports/index.ts';
import { encodeOnnx, type OnnxGraph } from '../../testing/onnx/encode-onnx.ts';
import { distance, endless, grade, imageEncoder, pinned, tinyPx } from '../../testing/onnx/tiny-models.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { onnxModelRunner } from './onnx-model-runner.ts';

const folder = tempFolder();
const runners: ModelRunner[] = [];
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.close()));
});
const runnerOf = (entry: string): ModelRunner => {
  const runner = onnxModelRunner(entry);
  runners.push(runner);
  return runner;
};

const picture = (value: number) => ({
  ...({ type: 'float32', dims: [1, 3, tinyPx, tinyPx] } as const),
  data: new Float32Array(3 * tinyPx * tinyPx).fill(value),
});

let written = 0;
function request(graph: OnnxGraph | Uint8Array, output: string, more: Partial<ModelRequest> = {}): ModelRequest {
  const bytes = graph instanceof Uint8Array ? graph : encodeOnnx(graph);
  const { file, sha256 } = pinned(folder, `model-${written++}.onnx`, bytes);
  const model = { path: join(folder, file), sha256, externalData: [] };
  return { model, calls: [{ pixels: picture(0.5) }], output, timeoutMs: 30_000, ...more };
}

describe('the process of the models', () => {
  /** A stand-in for it that does something else. */
  const entryThat = (name: string, code: string): string => {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, code);
    return path;
  };
  const answers = `(q) => process.send({ id: q.id, answer: { status: 'answered', outputs: [new Float32Array([1])] } })`;

  test('is ended when it takes too long, and the model is not asked again; others are', async () => {
    const code = `process.on('message', (q) => /model-slow/.test(q.request.model.path) || (${answers})(q));`;
    const runner = runnerOf(entryThat('slow', code));
    const other = request(grade([1, 0, 0]), 'grade');
    const slow = { ...other, model: { ...other.model, path: join(folder, 'model-slow') }, timeoutMs: 300 };
    const late = { status: 'failed', code: 'timed_out', reason: 'The model took longer than 300 ms.' };
    expect(await runner.run(slow)).toEqual(late);
    expect(await runner.run({ ...slow, timeoutMs: 600_000 })).toEqual(late);
    expect(await runner.run(other)).toEqual({ status: 'answered', outputs: [new Float32Array([1])] });
  });

  test('may crash: the end of what it wrote is told', async () => {
    const runner = runnerOf(
      entryThat('crash', `process.on('message', () => { console.error('no memory'); process.exit(3); });`),
    );
    expect(await runner.run(request(grade([1, 0, 0]), 'grade'))).toMatchObject({
      ...{ status: 'failed', code: 'crashed' },
      reason: expect.stringMatching(/ended with 3\. no memory/),
    });
  });

  test('may be missing', async () => {
    const runner = runnerOf(join(folder, 'nowhere.mjs'));
    expect(await runner.run(request(grade([1, 0, 0]), 'grade'))).toMatchObject({ status: 'failed', code: 'crashed' });
  });

  test('knows nothing of stores, keys and projects', async () => {
    process.env.ATLAS_TEST_KEY = 'secret';
    const code = `process.on('message', (q) => process.send({ id: q.id, answer: { status: 'failed', code: 'model_failed',
      reason: Object.keys(process.env).filter((name) => /^(ATLAS|GOOGLE)/.test(name)).join() } }));`;
    const answer = await runnerOf(entryThat('look', code)).run(request(grade([1, 0, 0]), 'grade'));
    delete process.env.ATLAS_TEST_KEY;
    expect(answer).toMatchObject({ reason: expect.stringMatching(/^(ATLAS_OPTIONAL_MODULES)?$/) });
  });
});

const whenThere = findOptional('onnxruntime-node') ? describe : describe.skip;

whenThere('onnxruntime-node', () => {
  const real = (): ModelRunner => runnerOf(fileURLToPath(new URL('../../../dist/model-process.mjs', import.meta.url)));

  test('runs a model and says by what', async () => {
    const runner = real();
    expect(runner.runtime()).toBeUndefined();
    const calls = [{ pixels: picture(0.5) }, { pixels: picture(1) }];
    const answer = await runner.run(request(imageEncoder([1, 2, 0, 1, 0, 1]), 'embedding', { calls }));
    expect(answer).toEqual({
      status: 'answered',
      outputs: [new Float32Array([0.5, 2]), new Float32Array([1, 4])],
    });
    const runtime = runner.runtime();
    expect(runtime?.name).toMatch(/^onnxruntime-node \d+\.\d+\.\d+$/);
    // Where there is no CUDA, it is said why.
    expect(runtime?.provider === 'cuda' ? runtime.note === null : /\w/.test(runtime?.note ?? '')).toBe(true);
  });

  test('takes two pictures', async () => {
    const calls = [{ first: picture(0.25), second: picture(1) }];
    expect(await real().run(request(distance, 'distance', { calls }))).toEqual({
      status: 'answered',
      outputs: [new Float32Array([0.75])],
    });
  });

  const good = encodeOnnx(imageEncoder([1, 0, 0]));
  const small = { ...picture(1), dims: [1, 3, 4, 4], data: new Float32Array(48) };
  test.each<[string, string, RegExp, () => ModelRequest]>([
    [
      'is missing',
      'model_missing',
      /ENOENT/,
      () => {
        const asked = request(good, 'embedding');
        return { ...asked, model: { ...asked.model, path: join(folder, 'none.onnx') } };
      },
    ],
    [
      'was cut off',
      'model_damaged',
      /SHA-256/,
      () => {
        const asked = request(good, 'embedding');
        writeFileSync(asked.model.path, good.subarray(0, good.length - 9));
        return asked;
      },
    ],
    [
      'lacks its weights',
      'model_missing',
      /ENOENT/,
      () => {
        const asked = request(good, 'embedding');
        const weights = { path: join(folder, 'none.bin'), sha256: asked.model.sha256 };
        return { ...asked, model: { ...asked.model, externalData: [weights] } };
      },
    ],
    ['is no model', 'model_unfit', /cannot be loaded/, () => request(Buffer.from('no model at all'), 'embedding')],
    [
      'is cut off where its hash is of the rest',
      'model_unfit',
      /cannot be loaded/,
      () => request(good.subarray(0, good.length - 9), 'embedding'),
    ],
    [
      'takes other names',
      'model_unfit',
      /takes pixels and gives embedding/,
      () => request(good, 'embedding', { calls: [{ image: picture(1) }] }),
    ],
    ['gives other names', 'model_unfit', /models\.json says pixels and embeds/, () => request(good, 'embeds')],
    ['takes another size', 'model_unfit', /imension/, () => request(good, 'embedding', { calls: [{ pixels: small }] })],
    ['takes too long', 'timed_out', /1500 ms/, () => request(endless, 'embedding', { timeoutMs: 1500 })],
  ])('a model that %s ends as %s', async (_case, code, reason, make) => {
    const runner = real();
    expect(await runner.run(make())).toMatchObject({ status: 'failed', code, reason: expect.stringMatching(reason) });
    // The next model is none the worse for it.
    expect(await runner.run(request(good, 'embedding'))).toMatchObject({ status: 'answered' });
  });
});
