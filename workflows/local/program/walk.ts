import { type Expression, walkExpression } from '../expression/ast.ts';
import type { Loop, SourcePosition, Step, StepList, Template } from './program.ts';

/** Calls `visit` for each expression of a template with the place where it stands. */
export function walkTemplate(
  template: Template | undefined,
  visit: (expression: Expression, at: SourcePosition) => void,
): void {
  if (template === undefined || template.kind === 'constant') return;
  if (template.kind === 'expression') visit(template.expression, template.at);
  else if (template.kind === 'list') for (const item of template.items) walkTemplate(item, visit);
  else for (const [, item] of template.entries) walkTemplate(item, visit);
}

/** Calls `visit` for each node of each expression of a template. */
export function walkNodes(template: Template | undefined, visit: (node: Expression, at: SourcePosition) => void): void {
  walkTemplate(template, (expression, at) => walkExpression(expression, (node) => visit(node, at)));
}

function loopTemplates(loop: Loop): Template[] {
  return loop.source.kind === 'in' ? [loop.source.list] : [loop.source.from, loop.source.to];
}

/** The templates that a step evaluates itself, without those of the steps inside it. */
export function templatesOf(step: Step): Template[] {
  switch (step.kind) {
    case 'assign':
      return step.assignments.flatMap(({ target, value, at }) => [
        ...target.path.map((expression): Template => ({ kind: 'expression', expression, at })),
        value,
      ]);
    case 'call':
      return step.args === undefined ? [] : [step.args];
    case 'switch':
      return step.cases.map(({ condition }) => condition);
    case 'for':
      return loopTemplates(step.loop);
    case 'parallel': {
      const own = step.concurrencyLimit === undefined ? [] : [step.concurrencyLimit];
      return step.work.kind === 'for' ? [...own, ...loopTemplates(step.work.loop)] : own;
    }
    case 'try':
      if (step.retry === undefined) return [];
      return [step.retry.maxRetries, step.retry.initialDelay, step.retry.maxDelay, step.retry.multiplier];
    case 'raise':
    case 'return':
      return [step.value];
    default:
      return [];
  }
}

/** The lists of steps directly inside a step. */
export function listsOf(step: Step): StepList[] {
  switch (step.kind) {
    case 'switch':
      return step.cases.map(({ body }) => body);
    case 'for':
      return [step.loop.body];
    case 'parallel':
      return step.work.kind === 'for' ? [step.work.loop.body] : step.work.branches.map(({ body }) => body);
    case 'try':
      return step.except === undefined ? [step.body] : [step.body, step.except.body];
    case 'steps':
      return [step.body];
    default:
      return [];
  }
}

/** Calls `visit` for every step of a list and of the lists inside it, in the order of the source. */
export function walkSteps(list: StepList, visit: (step: Step, list: StepList) => void): void {
  for (const step of list.steps) {
    visit(step, list);
    for (const inner of listsOf(step)) walkSteps(inner, visit);
  }
}
