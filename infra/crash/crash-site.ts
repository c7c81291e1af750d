import type { DocStore, ObjectStore } from '../../shared/ports/index.ts';

/** Where one run of the job keeps its state, seen from outside while servers live and die there. */
export interface CrashSite {
  readonly home: string;
  /** What every server here needs in its environment. */
  readonly env: Record<string, string>;
  readonly docs: DocStore;
  readonly objects: ObjectStore;
  /** A job that takes longer, kill and all, counts as lost; on a loaded machine many times the usual. */
  readonly jobTimeoutMs: number;
  /** Messages that are still on their way, as far as they can be counted. */
  messagesLeft(): Promise<number>;
  deadLetters(): Promise<number>;
  /** Forgets everything. */
  clear(): Promise<void>;
}

/** A job that was accepted and not started: in a folder of the local mode, from which every site begins. */
export interface CrashTemplate {
  readonly home: string;
  readonly tenantId: string;
  readonly jobId: string;
}

/** A kind of place to run the job, and how often it is struck there. */
export interface CrashGround {
  /** Kinds of durable writes at which the server is killed, as the crash hook names them. */
  readonly kinds: readonly string[];
  readonly pointsOfEachKind: number;
  /** Durable writes of the scoring task before and after which it is killed alone. */
  readonly taskWrite: string;
  /** Runs at a time. */
  readonly atOnce: number;
  open(template: CrashTemplate): Promise<CrashSite>;
}
