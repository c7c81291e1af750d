import { loadOptional } from '../../optional-module.ts';

interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

export interface RuntimeSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, RuntimeTensor>, fetches: readonly string[]): Promise<Record<string, RuntimeTensor>>;
}

/** The part of onnxruntime-node that is used here (https://onnxruntime.ai/docs/api/js/). */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(
      path: string,
      options: { executionProviders: readonly string[]; logSeverityLevel: number },
    ): Promise<RuntimeSession>;
  };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => RuntimeTensor;
  readonly env: { readonly versions: { readonly node?: string; readonly common: string } };
}

/** Loads it, 60 ms. @throws Error when it is not installed or does not load here */
export const onnxRuntime = (): OnnxRuntime => loadOptional('onnxruntime-node') as OnnxRuntime;
