import { dottedName } from '../expression/ast.ts';
import type { CompileContext, StepFrame } from './compile-context.ts';
import { compileExpression, compileTemplate, expressionText } from './compile-template.ts';
import type { RetryPolicy, Template, TryStep } from './program.ts';
import { readFields, readName } from './read-fields.ts';
import type { SourceNode } from './source-tree.ts';

const constant = (value: bigint | number): Template => ({ kind: 'constant', value });

// `retry.default_backoff`; Google's page names it without numbers, these are third-party observations.
const defaultBackoff = { initialDelay: constant(1n), maxDelay: constant(60n), multiplier: constant(1.25) };

const readyPolicies = new Map<string, RetryPolicy>(
  Object.entries({
    'http.default_retry': {
      predicate: 'http.default_retry_predicate',
      maxRetries: constant(5n),
      ...defaultBackoff,
    },
    'http.default_retry_non_idempotent': {
      predicate: 'http.default_retry_predicate_non_idempotent',
      maxRetries: constant(5n),
      ...defaultBackoff,
    },
  }),
);

interface TryFields {
  readonly body: SourceNode;
  readonly retry: SourceNode | undefined;
  readonly except: SourceNode | undefined;
}

/** Compiles `try` with its `retry` and `except`. */
export function compileTry(fields: TryFields, frame: StepFrame, context: CompileContext): TryStep | undefined {
  const { name, path, line, column } = frame;
  if (fields.body.kind !== 'map') {
    context.report('structure', fields.body, 'try must be a map with steps or a call');
    return undefined;
  }
  if (fields.body.entries.some(({ key }) => key === 'for')) {
    context.report('for-under-try', fields.body, 'Google refuses for directly under try: wrap it in steps');
  }
  if (fields.retry === undefined && fields.except === undefined) {
    context.report('structure', frame, 'try needs retry or except');
  }
  return {
    ...{ name, path, line, column, kind: 'try' },
    body: context.nested.body(fields.body, frame, '/try', 'block', context),
    retry: fields.retry === undefined ? undefined : compileRetry(fields.retry, context),
    except: fields.except === undefined ? undefined : compileExcept(fields.except, frame, context),
  };
}

function compileExcept(node: SourceNode, frame: StepFrame, context: CompileContext): TryStep['except'] {
  const fields = readFields(node, ['as', 'steps'], 'except', context);
  if (fields.steps === undefined) context.report('structure', node, 'except needs steps');
  const placement = { routine: frame.inside.list.routine, outer: frame.inside, border: 'block' } as const;
  return {
    as: readName(fields.as, 'as', context),
    body: context.nested.steps(fields.steps, `${frame.path}/except`, placement, context),
  };
}

function compileRetry(node: SourceNode, context: CompileContext): RetryPolicy | undefined {
  if (node.kind === 'scalar') {
    const policy = readyPolicies.get(readReference(node, context) ?? '');
    if (policy === undefined) {
      context.report('structure', node, `retry is a map or one of: ${[...readyPolicies.keys()].join(', ')}`);
    }
    return policy;
  }
  const fields = readFields(node, ['predicate', 'max_retries', 'backoff'], 'retry', context);
  if (fields.predicate === undefined || fields.max_retries === undefined || fields.backoff === undefined) {
    context.report(
      'retry-incomplete',
      node,
      'name predicate, max_retries and backoff: what Google takes for a missing one is undocumented',
    );
  }
  return {
    predicate: fields.predicate === undefined ? undefined : readReference(fields.predicate, context),
    maxRetries: fields.max_retries === undefined ? constant(5n) : compileTemplate(fields.max_retries, context),
    ...compileBackoff(fields.backoff, context),
  };
}

function compileBackoff(node: SourceNode | undefined, context: CompileContext): typeof defaultBackoff {
  if (node === undefined) return defaultBackoff;
  if (node.kind === 'scalar') {
    if (readReference(node, context) !== 'retry.default_backoff') {
      context.report('structure', node, 'backoff is a map or refers to retry.default_backoff');
    }
    return defaultBackoff;
  }
  const fields = readFields(node, ['initial_delay', 'max_delay', 'multiplier'], 'backoff', context);
  const read = (field: SourceNode | undefined, fallback: Template) =>
    (field === undefined ? fallback : compileTemplate(field, context)) as typeof defaultBackoff.maxDelay;
  return {
    initialDelay: read(fields.initial_delay, defaultBackoff.initialDelay),
    maxDelay: read(fields.max_delay, defaultBackoff.maxDelay),
    multiplier: read(fields.multiplier, defaultBackoff.multiplier),
  };
}

/** Reads `${dotted.name}`: the way in which a policy or predicate is referred to. */
function readReference(node: SourceNode, context: CompileContext): string | undefined {
  const inner = node.kind === 'scalar' && typeof node.value === 'string' ? expressionText(node.value) : undefined;
  const name = inner === undefined ? undefined : dottedName(compileExpression(inner, node, context));
  if (name === undefined) context.report('structure', node, 'refer to it by its name, as an expression');
  return name;
}
