import type { Expression } from '../expression/ast.ts';
import { ExpressionSyntaxError } from '../expression/lexer.ts';
import { parseExpression } from '../expression/parser.ts';
import { limits } from '../limits.ts';
import type { Value } from '../value.ts';
import type { CompileContext } from './compile-context.ts';
import type { AssignTarget, SourcePosition, Template } from './program.ts';
import type { SourceNode, SourceScalar } from './source-tree.ts';

const nothing: Expression = { kind: 'literal', value: null };

/** Turns a YAML value into a template; what is free of expressions becomes one constant. */
export function compileTemplate(node: SourceNode, context: CompileContext): Template {
  if (node.kind === 'scalar') return compileScalar(node, context);
  if (node.kind === 'list') {
    const items = node.items.map((item) => compileTemplate(item, context));
    const constants = items.flatMap((item) => (item.kind === 'constant' ? [item.value] : []));
    return constants.length === items.length ? { kind: 'constant', value: constants } : { kind: 'list', items };
  }
  const entries = node.entries.map(({ key, value }) => [key, compileTemplate(value, context)] as const);
  const constants = entries.flatMap(([key, item]) => (item.kind === 'constant' ? [[key, item.value] as const] : []));
  return constants.length === entries.length
    ? { kind: 'constant', value: new Map<string, Value>(constants) }
    : { kind: 'map', entries };
}

function compileScalar(node: SourceScalar, context: CompileContext): Template {
  if (typeof node.value !== 'string') return { kind: 'constant', value: node.value };
  const inner = expressionText(node.value);
  if (inner === undefined) {
    if (node.value.includes('${')) {
      context.report(
        'expression-embedded',
        node,
        'an expression must be the whole value: build the text inside the expression',
      );
    }
    return { kind: 'constant', value: node.value };
  }
  if (!node.quoted) {
    context.report(
      'expression-unquoted',
      node,
      "put it in quotes: YAML misreads ': ', '#' and braces inside plain text",
    );
  }
  return { kind: 'expression', expression: compileExpression(inner, node, context), at: node };
}

/** The text between `${` and `}` when a string is one expression, else undefined. */
export function expressionText(text: string): string | undefined {
  const trimmed = text.trim();
  return trimmed.startsWith('${') && trimmed.endsWith('}') ? trimmed.slice(2, -1) : undefined;
}

/** Parses an expression; a mistake is reported and the expression becomes null. */
export function compileExpression(inner: string, at: SourcePosition, context: CompileContext): Expression {
  // Google counts the characters of an expression; that it counts without the `${}` is undocumented, so we count with them.
  const length = [...inner].length + 3;
  if (length > limits.expressionCharacters) {
    context.report(
      'expression-too-long',
      at,
      `the expression has ${length} characters, ${limits.expressionCharacters} are allowed`,
    );
  }
  try {
    return parseExpression(inner);
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    context.report('expression-syntax', at, error.message);
    return nothing;
  }
}

/** Compiles the left side of an assignment: `a`, `a.b`, `a["k"]`, `a[i + 1].c`. */
export function compileTarget(text: string, at: SourcePosition, context: CompileContext): AssignTarget {
  const path: Expression[] = [];
  let node = compileExpression(text, at, context);
  while (node.kind === 'member' || node.kind === 'index') {
    path.unshift(node.kind === 'member' ? { kind: 'literal', value: node.key } : node.index);
    node = node.object;
  }
  if (node.kind !== 'variable') {
    if (node !== nothing) context.report('structure', at, `${JSON.stringify(text)} cannot be assigned to`);
    return { name: '_', path: [] };
  }
  return { name: node.name, path };
}
