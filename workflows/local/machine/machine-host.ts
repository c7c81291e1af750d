import type { StdHost } from '../stdlib/std-function.ts';
import type { Value } from '../value.ts';

export type StepState = 'STATE_IN_PROGRESS' | 'STATE_SUCCEEDED' | 'STATE_FAILED' | 'STATE_CANCELLED';

/** A line of the execution's history, in the fields of Google's StepEntry. */
export interface StepEntry {
  readonly entryId: number;
  readonly routine: string;
  readonly step: string;
  readonly stepType: string;
  readonly state: StepState;
  /** Milliseconds since 1970. */
  readonly createTime: number;
  readonly updateTime: number;
  /** The error of a failed step, as JSON text. */
  readonly exception?: string;
}

/** A line that the workflow wrote with `sys.log`. */
export interface LogEntry {
  readonly severity: string;
  readonly data: Value;
}

/** What a machine needs of the world; everything else is in its state. */
export interface MachineHost extends StdHost {
  log(entry: LogEntry): void;
  callbackUrl(callbackId: string): string;
  isConnector(name: string): boolean;
  stepEntry(entry: StepEntry): void;
}
