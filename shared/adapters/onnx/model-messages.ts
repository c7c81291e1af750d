import type { ModelAnswer, ModelRequest, ModelRuntime } from '../../ports/index.ts';

/** What the process of the models is told. */
export interface ModelQuestion {
  readonly id: number;
  readonly request: ModelRequest;
}

/** What it answers. */
export interface ModelReply {
  readonly id: number;
  readonly answer: ModelAnswer;
  /** Set once a model was loaded. */
  readonly runtime: ModelRuntime | undefined;
}
