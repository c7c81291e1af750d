import type { StepEntry } from './machine/machine-host.ts';
import type { MachineState } from './machine/state.ts';
import type { ExecutionRow, ExecutionState } from './store/execution-store.ts';

/** Google's Execution resource. */
export interface ExecutionResource {
  readonly name: string;
  readonly createTime: string;
  readonly startTime: string;
  readonly endTime?: string;
  readonly duration?: string;
  readonly state: ExecutionState;
  readonly argument: string;
  readonly result?: string;
  readonly error?: {
    readonly payload: string;
    readonly context: string;
    readonly stackTrace?: { readonly elements: readonly StackElement[] };
  };
  readonly workflowRevisionId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly currentSteps: readonly { readonly routine: string; readonly step: string }[] };
}

interface StackElement {
  readonly step: string;
  readonly routine: string;
  readonly position: { readonly line: string; readonly column: string };
}

/** Google's StepEntry resource. */
export interface StepEntryResource {
  readonly name: string;
  readonly entryId: string;
  readonly routine: string;
  readonly step: string;
  readonly stepType: string;
  readonly state: string;
  readonly createTime: string;
  readonly updateTime: string;
  readonly exception?: { readonly payload: string };
}

/** Google's Callback resource. */
export interface CallbackResource {
  readonly name: string;
  readonly method: string;
  readonly waiters: string;
  readonly availablePayloads: readonly string[];
}

const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString();

/** Writes an execution as Google does; `machine` is there while it runs in this process. */
export function executionResource(row: ExecutionRow, machine: MachineState | undefined): ExecutionResource {
  const { name, state, argument, labels, revisionId, startTime, endTime, result, error } = row;
  return {
    name,
    createTime: timestamp(startTime),
    startTime: timestamp(startTime),
    ...(endTime === null ? {} : { endTime: timestamp(endTime), duration: `${(endTime - startTime) / 1000}s` }),
    state,
    argument,
    ...(result === null ? {} : { result }),
    ...(error === null ? {} : { error: JSON.parse(error) as NonNullable<ExecutionResource['error']> }),
    workflowRevisionId: revisionId,
    labels,
    status: { currentSteps: machine === undefined || state !== 'ACTIVE' ? [] : currentSteps(machine) },
  };
}

/** The innermost step of each routine that a task is in, of all tasks. */
function currentSteps(machine: MachineState) {
  const steps: { routine: string; step: string }[] = [];
  for (const { frames } of machine.tasks.values()) {
    frames.forEach((frame, index) => {
      const above = frames[index + 1];
      const innermost = above === undefined || above.kind === 'call' || above.kind === 'parallel';
      const step = frame.kind === 'list' ? frame.list.steps[frame.index] : undefined;
      if (frame.kind === 'list' && step !== undefined && innermost) {
        steps.push({ routine: frame.list.routine, step: step.name });
      }
    });
  }
  return steps;
}

export function stepEntryResource(execution: string, entry: StepEntry): StepEntryResource {
  const { entryId, routine, step, stepType, state, createTime, updateTime, exception } = entry;
  return {
    name: `${execution}/stepEntries/${entryId}`,
    entryId: String(entryId),
    ...{ routine, step, stepType, state },
    createTime: timestamp(createTime),
    updateTime: timestamp(updateTime),
    ...(exception === undefined ? {} : { exception: { payload: exception } }),
  };
}

/** The callbacks of a running execution, ordered by id. */
export function callbackResources(execution: string, machine: MachineState): CallbackResource[] {
  const tasks = [...machine.tasks.values()];
  return [...machine.callbacks]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, { method, payload }]) => ({
      name: `${execution}/callbacks/${id}`,
      method,
      waiters: String(tasks.filter(({ pending }) => pending?.callback === id).length),
      availablePayloads: payload === undefined ? [] : ['1'],
    }));
}
