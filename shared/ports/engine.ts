import type { ErrorCode } from '../errors.ts';
import type {
  AssetStats,
  CandidateScores,
  Change,
  ConvertedFile,
  ConvertRecipe,
  DispatchRecipe,
  GateReport,
  GateRound,
  MeshReport,
  Profile,
  RefineRecipe,
  ReportPicture,
  RoundSettings,
  TargetPlan,
} from '../schema/index.ts';

/** A file that an engine task made, with the hash of its bytes. */
export interface EngineFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Where a judged try stands in the back-off loop of its target. */
export interface BackOffInput {
  /** As the job was planned, whatever this try’s settings. */
  readonly plan: TargetPlan;
  /** What this try was made with. */
  readonly settings: RoundSettings;
  /** The tries before this one, oldest first. */
  readonly rounds: readonly GateRound[];
}

export interface GateDecision {
  /** Settings of the next try; null when this one was the last. */
  readonly next: RoundSettings | null;
  /** Which try is delivered, or reported, as things stand. */
  readonly accept: number;
  /** Every try so far, with this one. */
  readonly rounds: GateRound[];
  /** Why no further try is made although none passed; empty otherwise. */
  readonly reasons: string[];
}

/** A picture with its bytes. */
export interface GatePicture {
  readonly meta: ReportPicture;
  readonly bytes: Uint8Array;
}

/** A picture that a vision model is shown. */
export interface JudgedPicture {
  /** A view of the network’s judge, `gray_<view>`, `grid`, or `image` of the prompt. */
  readonly view: string;
  readonly contentType: 'image/jpeg';
  readonly bytes: Uint8Array;
}

/** A candidate as a judge sees it. */
export interface Portrait {
  readonly stats: AssetStats;
  readonly scores: CandidateScores;
  /** Something of it is seen from some side. */
  readonly isVisible: boolean;
  /** It fades into a white background. */
  readonly isPale: boolean;
  /** The front view that shows it best. */
  readonly bestView: string;
  /** Empty unless asked for. */
  readonly pictures: readonly JudgedPicture[];
  readonly prompt: JudgedPicture | undefined;
}

/** The 3D work, by name: pure functions from bytes and settings to bytes and facts. */
export interface EngineTasks {
  normalise: {
    input: { bytes: Uint8Array; fileName: string | undefined; recipe: DispatchRecipe };
    output: { file: EngineFile; sourceSha256: string; format: string; stats: AssetStats; changes: Change[] };
  };
  refine: {
    input: { glb: Uint8Array; recipe: RefineRecipe; imageTypes: readonly string[] };
    output: { file: EngineFile; changes: Change[] };
  };
  convert: {
    input: { glb: Uint8Array; recipe: ConvertRecipe };
    output: {
      files: (Omit<ConvertedFile, 'key' | 'sha256' | 'sizeBytes'> & { file: EngineFile })[];
      changes: Change[];
    };
  };
  gate: {
    input: {
      files: { name: string; glb: Uint8Array; sha256: string }[];
      profile: Profile;
      triangles: number;
      backOff: BackOffInput;
      /** The dispatched master, to compare with; without it nothing is compared. */
      source?: { glb: Uint8Array; sha256: string } | undefined;
    };
    output: { report: GateReport; pictures: GatePicture[]; decision: GateDecision };
  };
  /** Judges a customer’s own file, read with the same care as a source. */
  check: {
    input: { bytes: Uint8Array; fileName: string | undefined; profile: Profile };
    output: { report: GateReport; pictures: GatePicture[] };
  };
  /** Draws pictures to show a model with; with a source, one of both. */
  present: {
    input: {
      bytes: Uint8Array;
      fileName: string | undefined;
      source?: { bytes: Uint8Array; fileName: string | undefined };
    };
    output: { pictures: GatePicture[] };
  };
  /** Draws a candidate for a judge, and scores it without a model. */
  portray: {
    input: {
      bytes: Uint8Array;
      fileName: string | undefined;
      prompt: Uint8Array | undefined;
      /** Side of the pictures for a vision model, even; 0 makes none. */
      picturePx: number;
    };
    output: Portrait;
  };
  inspect: {
    input: { bytes: Uint8Array; fileName: string | undefined };
    output: {
      format: string;
      stats: AssetStats;
      changes: Change[];
      analysis: MeshReport;
      validator: { version: string; errors: number; warnings: number; codes: string[] };
    };
  };
}
export type EngineTask = keyof EngineTasks;

export interface EngineOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Runs 3D work away from the event loop, within limits of time and memory. Input buffers may be taken over. */
export interface Engine {
  /** @throws AtlasError what the task found, or work_timeout, work_out_of_memory, work_crashed, cancelled */
  run<T extends EngineTask>(
    task: T,
    input: EngineTasks[T]['input'],
    options?: EngineOptions,
  ): Promise<EngineTasks[T]['output']>;
  close(): Promise<void>;
}

/** What the thread is told, and what it answers. */
export interface ThreadRequest {
  readonly task: EngineTask;
  readonly input: unknown;
}
export type ThreadAnswer =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly pointer?: string };
