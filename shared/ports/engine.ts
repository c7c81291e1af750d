import type { ErrorCode } from '../errors.ts';
import type {
  AssetStats,
  Change,
  ConvertedFile,
  ConvertRecipe,
  DispatchRecipe,
  GateReport,
  MeshReport,
  Profile,
  RefineRecipe,
} from '../schema/index.ts';

/** A file that an engine task made, with the hash of its bytes. */
export interface EngineFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
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
    input: { files: { name: string; glb: Uint8Array; sha256: string }[]; profile: Profile; triangles: number };
    output: { report: GateReport };
  };
  /** Judges a customer’s own file, read with the same care as a source. */
  check: {
    input: { bytes: Uint8Array; fileName: string | undefined; profile: Profile };
    output: { report: GateReport };
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
