import type { NotScoredCode } from '../schema/index.ts';

/** Numbers in row order. Data has as many values as the product of `dims`. */
export type ModelTensor =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array };

/** A file on this machine, and what it has to be. */
export interface PinnedModelFile {
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
}

export interface ModelRequest {
  readonly model: PinnedModelFile & { readonly externalData: readonly PinnedModelFile[] };
  /** Each is one inference: tensors by the name of the input. */
  readonly calls: readonly Readonly<Record<string, ModelTensor>>[];
  /** Name of the output that is wanted. */
  readonly output: string;
  /** For loading and all inferences together. */
  readonly timeoutMs: number;
}

export type ModelFailure = { readonly status: 'failed'; readonly code: NotScoredCode; readonly reason: string };
/** One output for each call, in their order. Nothing is known of the values but that they are numbers. */
export type ModelAnswer = { readonly status: 'answered'; readonly outputs: readonly Float32Array[] } | ModelFailure;

/** What ran the models. */
export interface ModelRuntime {
  /** Name and version. */
  readonly name: string;
  readonly provider: 'cuda' | 'cpu';
  /** Why CUDA was not used; null when it was. */
  readonly note: string | null;
}

/** Runs neural networks from files. It always answers within the time given: failures are values, nothing is thrown. */
export interface ModelRunner {
  run(request: ModelRequest): Promise<ModelAnswer>;
  /** Undefined until a model has run. */
  runtime(): ModelRuntime | undefined;
  close(): Promise<void>;
}
