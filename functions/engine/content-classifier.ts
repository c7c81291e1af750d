import { join } from 'node:path';
import type {
  ContentAnswer,
  ContentClassifier,
  ContentScores,
} from '../../shared/core/quality/content/judge-content.ts';
import type { Picture } from '../../shared/core/quality/metrics/picture.ts';
import { contentPackages, findOptional, loadOptional, missingOptional } from '../../shared/optional-module.ts';

/** What is used of TensorFlow.js and nsfwjs, which have their types only where they are installed. */
interface Tensor {
  dispose(): void;
}
interface Tensorflow {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor3d(values: Uint8Array, shape: readonly number[], type: 'int32'): Tensor;
}
interface WasmBackend {
  setWasmPaths(folder: string): void;
}
interface Model {
  classify(image: Tensor, classes: number): Promise<{ className: string; probability: number }[]>;
}
interface Nsfwjs {
  load(name: string, options: { modelDefinitions: readonly unknown[] }): Promise<Model>;
}
interface Loaded {
  readonly tf: Tensorflow;
  readonly model: Model;
}

const modelName = 'nsfwjs MobileNetV2';

/** For all views; longer is a machine on which the gate would run into its own limit. */
const timeLimitMs = 60_000;

/** Runs with nothing said to the console: both packages greet there, and standard output belongs to the command. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { info, log, warn } = console;
  const silent = () => undefined;
  Object.assign(console, { info: silent, log: silent, warn: silent });
  try {
    return await work();
  } finally {
    Object.assign(console, { info, log, warn });
  }
}

/** Its weights come with the package: nothing is fetched. About 4 s. */
const load = (): Promise<Loaded> =>
  quietly(async () => {
    const tf = loadOptional('@tensorflow/tfjs') as Tensorflow;
    const wasm = loadOptional('@tensorflow/tfjs-backend-wasm') as WasmBackend;
    wasm.setWasmPaths(join(findOptional('@tensorflow/tfjs-backend-wasm')!, 'wasm-out', '/'));
    if (!(await tf.setBackend('wasm'))) throw new Error('the WASM backend of TensorFlow.js does not start');
    await tf.ready();
    const nsfwjs = loadOptional('nsfwjs', 'core') as Nsfwjs;
    const { MobileNetV2Model } = loadOptional('nsfwjs', 'models/mobilenet_v2') as { MobileNetV2Model: unknown };
    return { tf, model: await nsfwjs.load('MobileNetV2', { modelDefinitions: [MobileNetV2Model] }) };
  });

let loaded: Promise<Loaded> | undefined;

async function scoresOf({ tf, model }: Loaded, { width, height, data }: Picture): Promise<ContentScores> {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[from + 1]!;
    rgb[to + 2] = data[from + 2]!;
  }
  const image = tf.tensor3d(rgb, [height, width, 3], 'int32');
  try {
    const classes = await model.classify(image, 5);
    const share = (name: string): number =>
      classes.find(({ className }) => className === name)?.probability ?? Number.NaN;
    return {
      ...{ drawing: share('Drawing'), hentai: share('Hentai'), neutral: share('Neutral') },
      ...{ porn: share('Porn'), sexy: share('Sexy') },
    };
  } finally {
    image.dispose();
  }
}

/**
 * nsfwjs with the model that it brings, on TensorFlow.js in WASM: 4 s once a thread, then about 0.1 s a view. Where a
 * package is missing or fails, the answer says so.
 */
export const contentClassifier: ContentClassifier = async (views): Promise<ContentAnswer> => {
  const missing = missingOptional(contentPackages);
  if (missing) return { status: 'not_scored', ...missing };
  try {
    const begunMs = performance.now();
    loaded ??= load();
    const ready = await loaded;
    const scores: ContentScores[] = [];
    for (const view of views) {
      if (performance.now() - begunMs > timeLimitMs) throw new Error(`it takes longer than ${timeLimitMs / 1000} s`);
      scores.push(await scoresOf(ready, view));
    }
    return { status: 'scored', model: modelName, scores };
  } catch (thrown) {
    loaded = undefined;
    const [words = ''] = String((thrown as Partial<Error>).message ?? thrown).split('\n');
    return {
      status: 'not_scored',
      reason: `${modelName} failed (${words.slice(0, 200)})`,
      remedy: 'Install the versions that the README of shared/core/quality/content names.',
    };
  }
};
