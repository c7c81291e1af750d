import type { Program } from '../program/program.ts';
import { WorkflowError } from '../workflow-error.ts';
import { countMemory } from './scope.ts';
import type {
  BranchError,
  Frame,
  Iteration,
  ListFrame,
  MachineState,
  Pending,
  Scope,
  Task,
  TryFrame,
} from './state.ts';
import { valueDecoder, valueEncoder, type Wire } from './value-codec.ts';

/** Raised by one whenever the layout below changes; a snapshot of another version is not read. */
const version = 1;

interface Snapshot {
  readonly v: number;
  /** lastTask, lastOperation, lastEntry, steps */
  readonly n: readonly [number, number, number, number];
  /** Scopes, each after its parent: number of the parent (0 is none), shared names, then names and values in turn. */
  readonly s: readonly [number, string[] | null, Wire[]][];
  /** Tasks: id, parent, branch, depth, nesting, frames, pending. */
  readonly t: readonly [number, number, string, number, number, Wire[][], Wire[] | null][];
  /** Callbacks: id, method, and the payload when one has come. */
  readonly c: readonly [string, string, ...Wire[]][];
}

/** Writes a running execution as compact JSON. */
export function writeSnapshot(machine: MachineState): string {
  const encode = valueEncoder();
  const numbers = new Map<Scope, number>();
  const scopes: Snapshot['s'][number][] = [];
  const scopeNumber = (scope: Scope | null): number => {
    if (scope === null) return 0;
    const known = numbers.get(scope);
    if (known !== undefined) return known;
    const parent = scopeNumber(scope.parent);
    const variables: Wire[] = [];
    for (const [name, value] of scope.variables) variables.push(name, encode(value));
    scopes.push([parent, scope.shared === null ? null : [...scope.shared], variables]);
    numbers.set(scope, scopes.length);
    return scopes.length;
  };
  const tasks = [...machine.tasks.values()];
  for (const { frames } of tasks) for (const frame of frames) if (frame.kind !== 'call') scopeNumber(frame.scope);
  const snapshot: Snapshot = {
    v: version,
    n: [machine.lastTask, machine.lastOperation, machine.lastEntry, machine.steps],
    s: scopes,
    t: tasks.map(({ id, parent, branch, depth, nesting, frames, pending }) => {
      const written = frames.map((frame) => writeFrame(frame, scopeNumber, encode));
      return [id, parent, branch, depth, nesting, written, pending === null ? null : writePending(pending, encode)];
    }),
    c: [...machine.callbacks].map(([id, { method, payload }]) =>
      payload === undefined ? [id, method] : [id, method, encode(payload)],
    ),
  };
  return JSON.stringify(snapshot);
}

type Encode = ReturnType<typeof valueEncoder>;
type Decode = ReturnType<typeof valueDecoder>;

function writePending({ operation, kind, target, args, due, callback }: Pending, encode: Encode): Wire[] {
  return [operation, kind, target, encode(args), due, callback];
}

function readPending(wire: Wire[], decode: Decode): Pending {
  const [operation, kind, target, args, due, callback] = wire as [
    number,
    Pending['kind'],
    string,
    Wire,
    number,
    string,
  ];
  return { operation, kind, target, args: decode(args), due, callback };
}

function writeIteration({ items, first, count, next }: Iteration, encode: Encode): Wire[] {
  return [items === null ? null : encode(items), encode(first), count, next];
}

function readIteration(wire: Wire[], decode: Decode): Iteration {
  const [items, first, count, next] = wire as [Wire, Wire, number, number];
  return { items: decode(items) as Iteration['items'], first: decode(first) as bigint, count, next };
}

function writeFrame(frame: Frame, scopeNumber: (scope: Scope) => number, encode: Encode): Wire[] {
  switch (frame.kind) {
    case 'call':
      return ['call', frame.routine, frame.into];
    case 'list': {
      const { list, index, progress, memo, entry, entryAt } = frame;
      return ['list', scopeNumber(frame.scope), list.path, index, progress, memo.map(encode), entry, entryAt];
    }
    case 'for':
      return ['for', scopeNumber(frame.scope), writeIteration(frame, encode)];
    case 'try': {
      const { retry, retries, phase, error } = frame;
      const numbers = retry && [retry.maxRetries, retry.initialDelay, retry.maxDelay, retry.multiplier];
      return ['try', scopeNumber(frame.scope), numbers, retries, phase, error && writeError(error, encode)];
    }
    case 'parallel': {
      const { limit, running, truncated } = frame;
      const errors = frame.errors.map(({ id, error, context }): Wire => [id, encode(error), context]);
      return ['parallel', scopeNumber(frame.scope), limit, running, truncated, errors, writeIteration(frame, encode)];
    }
  }
}

function writeError({ value, fatal, trace }: WorkflowError, encode: Encode): Wire[] {
  return [encode(value), fatal, trace.map(({ routine, step, line, column }) => [routine, step, line, column])];
}

function readError(wire: Wire[], decode: Decode): WorkflowError {
  const [value, fatal, trace] = wire as [Wire, boolean, [string, string, number, number][]];
  const error = new WorkflowError(decode(value), { fatal });
  error.trace = trace.map(([routine, step, line, column]) => ({ routine, step, line, column }));
  return error;
}

/** Reads a snapshot of an execution of this program; what can run is ready again. @throws Error when it does not fit */
export function readSnapshot(program: Program, text: string): MachineState {
  const snapshot = JSON.parse(text) as Snapshot;
  if (snapshot.v !== version) throw new Error(`the snapshot has version ${snapshot.v}, not ${version}`);
  const decode = valueDecoder();
  const scopes: Scope[] = [];
  for (const [parent, shared, wire] of snapshot.s) {
    const variables: Scope['variables'] = new Map();
    for (let at = 0; at < wire.length; at += 2) variables.set(wire[at] as string, decode(wire[at + 1]!));
    scopes.push({ variables, parent: parent === 0 ? null : scopes[parent - 1]!, shared });
  }
  const tasks = snapshot.t.map(([id, parent, branch, depth, nesting, wires, pending]): Task => {
    const frames: Frame[] = [];
    for (const wire of wires) frames.push(readFrame(wire, frames.at(-1), program, scopes, decode));
    return { id, parent, branch, depth, nesting, frames, pending: pending && readPending(pending, decode) };
  });
  const callbacks = snapshot.c.map(([id, method, payload]) => {
    return [id, { method, payload: payload === undefined ? undefined : decode(payload) }] as const;
  });
  const [lastTask, lastOperation, lastEntry, steps] = snapshot.n;
  const machine: MachineState = {
    program,
    tasks: new Map(tasks.map((task) => [task.id, task])),
    callbacks: new Map(callbacks),
    ready: tasks.filter(canRun),
    ...{ lastTask, lastOperation, lastEntry, steps, memoryBytes: 0, outcome: null },
  };
  machine.memoryBytes = countMemory(machine);
  return machine;
}

/** A parallel step with running branches is woken by them; any other task without a wait goes on. */
function canRun({ frames, pending }: Task): boolean {
  const frame = frames.at(-1);
  return pending === null && !(frame?.kind === 'parallel' && frame.running > 0);
}

function readFrame(
  wire: Wire[],
  below: Frame | undefined,
  program: Program,
  scopes: readonly Scope[],
  decode: Decode,
): Frame {
  if (wire[0] === 'call') return { kind: 'call', routine: wire[1] as string, into: wire[2] as 'exit' };
  const scope = scopes[(wire[1] as number) - 1]!;
  if (wire[0] === 'list') {
    const [, , path, index, progress, memo, entry, entryAt] = wire as [
      0,
      0,
      string,
      number,
      number,
      Wire[],
      number,
      number,
    ];
    const list = program.lists.get(path);
    if (list === undefined) throw new Error(`the program has no steps at ${path}`);
    return { kind: 'list', list, scope, index, progress, memo: memo.map(decode), entry, entryAt };
  }
  const list = below as ListFrame;
  const step = list.list.steps[list.index]!;
  if (step.kind === 'for' && wire[0] === 'for') {
    return { kind: 'for', step, scope, ...readIteration(wire[2] as Wire[], decode) };
  }
  if (step.kind === 'try' && wire[0] === 'try') {
    const [, , numbers, retries, phase, error] = wire as [
      0,
      0,
      number[] | null,
      number,
      TryFrame['phase'],
      Wire[] | null,
    ];
    const [maxRetries = 0, initialDelay = 0, maxDelay = 0, multiplier = 0] = numbers ?? [];
    const retry = numbers && { maxRetries, initialDelay, maxDelay, multiplier };
    return { kind: 'try', step, scope, retry, retries, phase, error: error && readError(error, decode) };
  }
  if (step.kind === 'parallel' && wire[0] === 'parallel') {
    const [, , limit, running, truncated, wires, iteration] = wire as [0, 0, number, number, boolean, Wire[][], Wire[]];
    const errors = wires.map(([id, error, context]): BranchError => {
      return { id: id as string, error: decode(error!), context: context as string };
    });
    return { kind: 'parallel', step, scope, limit, running, truncated, errors, ...readIteration(iteration, decode) };
  }
  throw new Error(`the step ${step.path} is not the ${String(wire[0])} of the snapshot`);
}
