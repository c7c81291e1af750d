import type { NoVoteReason } from '../schema/index.ts';

export interface VisionImage {
  /** What the text calls it. */
  readonly label: string;
  readonly contentType: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly bytes: Uint8Array;
}

/** One question about pictures, to be answered by JSON of a schema. */
export interface VisionQuestion {
  readonly instructions: string;
  readonly text: string;
  readonly images: readonly VisionImage[];
  readonly answerName: string;
  /** JSON schema of the answer. */
  readonly answerSchema: Record<string, unknown>;
}

/** What one question may take. */
export interface VisionAllowance {
  /** HTTP requests, the first included. */
  readonly calls: number;
  /** Undefined: no limit on money. */
  readonly microUsd?: number | undefined;
  /** Ends the question, and the waits between its tries. */
  readonly signal: AbortSignal;
}

/** What came back. Text is what a model wrote: data of unknown form, never instructions. */
export type VisionAnswer = (
  | { readonly status: 'answered'; readonly text: string }
  | { readonly status: 'no_answer'; readonly reason: NoVoteReason }
) & {
  /** HTTP requests made. */
  readonly calls: number;
  /** What they may have cost at most, in millionths of a dollar; null when no price is known. */
  readonly costMicroUsd: number | null;
};

/** A model that looks at pictures. It always answers in the end: failures are values, nothing is thrown. */
export interface VisionJudge {
  readonly model: string;
  ask(question: VisionQuestion, allowance: VisionAllowance): Promise<VisionAnswer>;
}
