import type { Value } from '../value.ts';

export type BinaryOperator =
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%';

/** An expression, parsed once when the workflow is deployed. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'member'; readonly object: Expression; readonly key: string }
  | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** Calls `visit` for an expression and everything inside it. */
export function walkExpression(expression: Expression, visit: (node: Expression) => void): void {
  visit(expression);
  switch (expression.kind) {
    case 'list':
      for (const item of expression.items) walkExpression(item, visit);
      return;
    case 'member':
      walkExpression(expression.object, visit);
      return;
    case 'index':
      walkExpression(expression.object, visit);
      walkExpression(expression.index, visit);
      return;
    case 'call':
      for (const arg of expression.args) walkExpression(arg, visit);
      return;
    case 'unary':
      walkExpression(expression.operand, visit);
      return;
    case 'binary':
      walkExpression(expression.left, visit);
      walkExpression(expression.right, visit);
      return;
    default:
      return;
  }
}

/** The dotted name that an expression is (`http.default_retry`), or undefined when it is anything else. */
export function dottedName(expression: Expression): string | undefined {
  if (expression.kind === 'variable') return expression.name;
  if (expression.kind !== 'member') return undefined;
  const object = dottedName(expression.object);
  return object === undefined ? undefined : `${object}.${expression.key}`;
}
