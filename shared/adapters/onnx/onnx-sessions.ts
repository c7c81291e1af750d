import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ModelAnswer, ModelFailure, ModelRequest, ModelRuntime, PinnedModelFile } from '../../ports/index.ts';
import type { NotScoredCode } from '../../schema/index.ts';
import type { OnnxRuntime, RuntimeSession } from './onnx-runtime.ts';

const failed = (code: NotScoredCode, reason: string): ModelFailure => ({ status: 'failed', code, reason });
const isFailure = (value: object): value is ModelFailure => 'status' in value;
const messageOf = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300);

/** Only warnings of errors: what is expected, such as no CUDA, is written by the library at every start otherwise. */
const fatalOnly = 4;

/** Undefined when the file is what it has to be. */
async function faultOf({ path, sha256 }: PinnedModelFile): Promise<ModelFailure | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    return failed('model_missing', `A file of the model cannot be read: ${messageOf(error)}`);
  }
  const found = hash.digest('hex');
  return found === sha256
    ? undefined
    : failed('model_damaged', `A file of the model is damaged or another: its SHA-256 is ${found}, not ${sha256}.`);
}

/** Models by file, loaded once each, on CUDA where it works. */
export interface OnnxSessions {
  answer(request: ModelRequest): Promise<ModelAnswer>;
  runtime(): ModelRuntime | undefined;
}

export function onnxSessions(ort: OnnxRuntime): OnnxSessions {
  const sessions = new Map<string, RuntimeSession | ModelFailure>();
  let provider: ModelRuntime['provider'] | undefined;
  let note: string | null = null;

  /** A runtime without CUDA throws when it is asked for; a bad model fails on the processor too. */
  async function create(path: string): Promise<RuntimeSession | ModelFailure> {
    const start = (name: 'cuda' | 'cpu') =>
      ort.InferenceSession.create(path, { executionProviders: [name], logSeverityLevel: fatalOnly });
    if (note === null) {
      try {
        const session = await start('cuda');
        provider ??= 'cuda';
        return session;
      } catch (error) {
        note = messageOf(error);
      }
    }
    try {
      const session = await start('cpu');
      provider = 'cpu';
      return session;
    } catch (error) {
      if (provider !== 'cpu') note = null;
      return failed('model_unfit', `The model cannot be loaded: ${messageOf(error)}`);
    }
  }

  async function open({ model }: ModelRequest): Promise<RuntimeSession | ModelFailure> {
    const known = sessions.get(model.path);
    if (known) return known;
    for (const file of [model, ...model.externalData]) {
      const fault = await faultOf(file);
      if (fault) return fault;
    }
    const session = await create(model.path);
    sessions.set(model.path, session);
    return session;
  }

  async function infer(session: RuntimeSession, { calls, output }: ModelRequest): Promise<ModelAnswer> {
    const outputs: Float32Array[] = [];
    for (const call of calls) {
      const feeds = Object.entries(call).map(([name, { type, data, dims }]) => [
        name,
        new ort.Tensor(type, data, dims),
      ]);
      const result = (await session.run(Object.fromEntries(feeds), [output]))[output];
      if (!(result?.data instanceof Float32Array)) {
        return failed('model_unfit', `The output ${output} is of type ${result?.type}, not float32.`);
      }
      outputs.push(result.data);
    }
    return { status: 'answered', outputs };
  }

  return {
    async answer(request) {
      const session = await open(request);
      if (isFailure(session)) return session;
      const wanted = Object.keys(request.calls[0] ?? {});
      const { inputNames, outputNames } = session;
      const isFed = wanted.length === inputNames.length && wanted.every((name) => inputNames.includes(name));
      if (!isFed || !outputNames.includes(request.output)) {
        return failed(
          'model_unfit',
          `The model takes ${inputNames.join(', ')} and gives ${outputNames.join(', ')}; ` +
            `models.json says ${wanted.join(', ')} and ${request.output}.`,
        );
      }
      try {
        return await infer(session, request);
      } catch (error) {
        const message = messageOf(error);
        return failed(/dimension|shape|data ?type/i.test(message) ? 'model_unfit' : 'model_failed', message);
      }
    },
    runtime: () =>
      provider && { name: `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`, provider, note },
  };
}
