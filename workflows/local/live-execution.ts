import type { MachineHost, StepEntry } from './machine/machine-host.ts';
import type { MachineState } from './machine/state.ts';
import type { ExecutionRow } from './store/execution-store.ts';

/** An execution that has not ended, with what it waits for in this process. */
export interface LiveExecution {
  readonly machine: MachineState;
  readonly host: MachineHost;
  row: ExecutionRow;
  /** Whether the row must be written with the next commit: at the beginning and at the end. */
  rowChanged: boolean;
  /** Step entries that are not in the store yet. */
  entries: StepEntry[];
  /** What is under way, by operation number: how to give it up. */
  readonly running: Map<number, () => void>;
}
