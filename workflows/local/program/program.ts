import type { Expression } from '../expression/ast.ts';
import type { Value } from '../value.ts';

/** Where something stands in the YAML source; lines and columns count from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** A literal, an expression, or a list or map with expressions inside. */
export type Template =
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly at: SourcePosition }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Template])[] };

/** The left side of an assignment: `name`, then keys and indexes. */
export interface AssignTarget {
  readonly name: string;
  readonly path: readonly Expression[];
}

export interface Assignment {
  readonly target: AssignTarget;
  readonly value: Template;
  readonly at: SourcePosition;
}

/** Where `next` leads. A step is named by its list, which encloses the jump, and its place there. */
export type Jump =
  | { readonly kind: 'end' }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'step'; readonly list: string; readonly index: number };

interface StepBase extends SourcePosition {
  readonly name: string;
  /** Unique in the program and the same for the same source: `main/pick[1]/notify`. */
  readonly path: string;
  /** Set when the step has `next`; filled once all steps of the workflow are known. */
  next?: Jump;
}

export interface AssignStep extends StepBase {
  readonly kind: 'assign';
  readonly assignments: readonly Assignment[];
}

export interface CallStep extends StepBase {
  readonly kind: 'call';
  readonly target: string;
  readonly args: Template | undefined;
  readonly result: string | undefined;
}

export interface SwitchStep extends StepBase {
  readonly kind: 'switch';
  readonly cases: readonly { readonly condition: Template; readonly body: StepList; readonly at: SourcePosition }[];
}

/** What a loop runs over: a list, or the integers from `from` to `to`, both included. */
export type LoopSource =
  | { readonly kind: 'in'; readonly list: Template }
  | { readonly kind: 'range'; readonly from: Template; readonly to: Template };

export interface Loop {
  readonly value: string;
  readonly index: string | undefined;
  readonly source: LoopSource;
  readonly body: StepList;
}

export interface ForStep extends StepBase {
  readonly kind: 'for';
  readonly loop: Loop;
}

export interface ParallelStep extends StepBase {
  readonly kind: 'parallel';
  readonly shared: readonly string[];
  readonly concurrencyLimit: Template | undefined;
  readonly work:
    | { readonly kind: 'for'; readonly loop: Loop }
    | { readonly kind: 'branches'; readonly branches: readonly { readonly name: string; readonly body: StepList }[] };
}

/** When to try again. `predicate` is the dotted name of a function or subworkflow. */
export interface RetryPolicy {
  readonly predicate: string | undefined;
  readonly maxRetries: Template;
  readonly initialDelay: Template;
  readonly maxDelay: Template;
  readonly multiplier: Template;
}

export interface TryStep extends StepBase {
  readonly kind: 'try';
  readonly body: StepList;
  readonly retry: RetryPolicy | undefined;
  readonly except: { readonly as: string | undefined; readonly body: StepList } | undefined;
}

export interface RaiseStep extends StepBase {
  readonly kind: 'raise';
  readonly value: Template;
}

export interface ReturnStep extends StepBase {
  readonly kind: 'return';
  readonly value: Template;
}

/** A named group of steps. */
export interface StepsStep extends StepBase {
  readonly kind: 'steps';
  readonly body: StepList;
}

/** A step that is nothing but `next`. */
export interface JumpStep extends StepBase {
  readonly kind: 'jump';
}

export type Step =
  | AssignStep
  | CallStep
  | SwitchStep
  | ForStep
  | ParallelStep
  | TryStep
  | RaiseStep
  | ReturnStep
  | StepsStep
  | JumpStep;

/** Steps that run one after the other. */
export interface StepList {
  /** Unique in the program: the key by which a snapshot finds the list again. */
  readonly path: string;
  readonly routine: string;
  readonly steps: readonly Step[];
}

export interface Parameter {
  readonly name: string;
  /** The value taken when the argument is missing; undefined when it is required. */
  readonly fallback: Value | undefined;
}

/** `main` or a subworkflow. */
export interface Routine extends SourcePosition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: StepList;
}

/** A compiled workflow source. */
export interface Program {
  readonly routines: ReadonlyMap<string, Routine>;
  /** Every list of steps by its path. */
  readonly lists: ReadonlyMap<string, StepList>;
}
