import { limits } from '../limits.ts';
import type { Step } from '../program/program.ts';
import { functions } from '../stdlib/functions.ts';
import type { MachineHost, StepState } from './machine-host.ts';
import type { ListFrame, MachineState } from './state.ts';

/** Google's StepType of a step. */
function stepType(step: Step): string {
  switch (step.kind) {
    case 'call':
      if (step.target.startsWith('googleapis.')) return 'STEP_CONNECTOR_CALL';
      return functions.has(step.target) || step.target.includes('.') ? 'STEP_STD_LIB_CALL' : 'STEP_SUBWORKFLOW_CALL';
    case 'parallel':
      return step.work.kind === 'for' ? 'STEP_PARALLEL_FOR' : 'STEP_PARALLEL_BRANCH';
    case 'try':
      return 'STEP_TRY_RETRY_EXCEPT';
    case 'steps':
      return 'STEP_TYPE_UNSPECIFIED';
    case 'jump':
      return 'STEP_GOTO';
    default:
      return `STEP_${step.kind.toUpperCase()}`;
  }
}

/** Opens the entry of the running step, if it is not open. Steps that finish at once get theirs when they close. */
export function openEntry(machine: MachineState, host: MachineHost, frame: ListFrame): void {
  if (frame.entry !== 0) return;
  machine.lastEntry += 1;
  frame.entry = machine.lastEntry;
  frame.entryAt = host.now();
  write(host, frame, 'STATE_IN_PROGRESS', frame.entryAt);
}

/** Closes the entry of the running step, if there is one to close. */
export function closeEntry(
  machine: MachineState,
  host: MachineHost,
  frame: ListFrame,
  state: StepState,
  exception?: string,
): void {
  if (frame.index >= frame.list.steps.length) return;
  if (frame.entry === 0) {
    machine.lastEntry += 1;
    frame.entry = machine.lastEntry;
    frame.entryAt = host.now();
  }
  write(host, frame, state, host.now(), exception);
  frame.entry = 0;
}

/** Closes whatever is still open when an execution ends before its steps did. */
export function cancelEntries(machine: MachineState, host: MachineHost): void {
  for (const { frames } of machine.tasks.values()) {
    for (const frame of frames) {
      if (frame.kind === 'list' && frame.entry !== 0) closeEntry(machine, host, frame, 'STATE_CANCELLED');
    }
  }
}

function write(host: MachineHost, frame: ListFrame, state: StepState, updateTime: number, exception?: string): void {
  if (frame.entry > limits.stepEntries) return;
  const step = frame.list.steps[frame.index]!;
  host.stepEntry({
    entryId: frame.entry,
    routine: frame.list.routine,
    step: step.name,
    stepType: stepType(step),
    state,
    createTime: frame.entryAt,
    updateTime,
    ...(exception === undefined ? {} : { exception }),
  });
}
