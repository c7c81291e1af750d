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
  Score,
  TargetPlan,
} from '../schema/index.ts';
import type { ModelViews, RenderedPicture } from './model-renderer.ts';

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

/** RGBA8, sRGB, rows from the top, `[height × width × 4]`. */
export interface ScorePicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A candidate as it is scored. */
export interface TurnTable {
  readonly stats: AssetStats;
  /** Something of it is seen from some side. */
  readonly isVisible: boolean;
  /** Likeness of neighbouring views. */
  readonly ssim: Score;
  /** 16 around it, before white. */
  readonly views: readonly ScorePicture[];
  readonly prompt: ScorePicture | undefined;
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

/** A file that is presented. */
export interface PresentedFacts {
  readonly fileName: string | undefined;
  readonly sizeBytes: number;
  readonly triangles?: number;
  readonly splats?: number;
}

/** What the drawn pictures of a presentation are put together by. */
export interface PresentationLayout {
  /** Of the turntable. */
  readonly frames: number;
  readonly shown: PresentedFacts;
  readonly source: PresentedFacts | undefined;
}

export interface StagedPresentation {
  readonly layout: PresentationLayout;
  /** Undefined where something other than surfaces is to be shown. */
  readonly views: ModelViews | undefined;
}

export interface Presentation {
  readonly pictures: GatePicture[];
  /** With a source: one page of HTML that lays the model over it. */
  readonly page: string | undefined;
}

interface PresentInput {
  bytes: Uint8Array;
  fileName: string | undefined;
  source?: { bytes: Uint8Array; fileName: string | undefined } | undefined;
  /** Of the turntable; 36 unless given. */
  frames?: number | undefined;
  /** Side of the thumbnail, in pixels; 512 unless given. */
  sizePx?: number | undefined;
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
      /** Side of the views; see `GateRecipe`. */
      viewSizePx?: number | undefined;
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
  /** Draws pictures to show a model with, on the CPU; with a source, some of both. */
  present: { input: PresentInput; output: Presentation };
  /** Prepares the same pictures for a `ModelRenderer`. */
  stagePresentation: { input: PresentInput; output: StagedPresentation };
  /** Puts together what a renderer drew of a staged presentation, in the order of its views. */
  composePresentation: {
    input: { drawn: readonly RenderedPicture[]; layout: PresentationLayout; driver: ReportPicture['driver'] };
    output: Presentation;
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
  /** Draws a candidate for the scoring job. */
  turnTable: {
    input: {
      bytes: Uint8Array;
      fileName: string | undefined;
      /** It is a dispatched master, which is scored as it is. */
      isMaster: boolean;
      prompt: Uint8Array | undefined;
    };
    output: TurnTable;
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
