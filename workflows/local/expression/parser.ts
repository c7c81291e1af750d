import { type BinaryOperator, dottedName, type Expression } from './ast.ts';
import { ExpressionSyntaxError, type Token, tokenize } from './lexer.ts';

// Google's table "Order of operations" (workflows/docs/reference/syntax/datatypes), weakest first. `not` and unary minus bind
// tighter than every binary operator, so `not a in b` is `(not a) in b`.
const bindingPower: Record<string, number> = {
  or: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  in: 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '//': 5,
  '%': 5,
};
/** Parentheses, brackets and prefix operators inside each other; deeper expressions are refused before the stack suffers. */
const maxDepth = 100;

/**
 * Parses the text between `${` and `}` (Pratt, "Top Down Operator Precedence", 1973).
 * @throws ExpressionSyntaxError
 */
export function parseExpression(source: string): Expression {
  const parser: Parser = { tokens: tokenize(source), at: 0, depth: 0 };
  if (peek(parser).kind === 'end') throw new ExpressionSyntaxError('the expression is empty', 0);
  const expression = parseBinary(parser, 0);
  const rest = peek(parser);
  if (rest.kind !== 'end') throw unexpected(rest);
  return expression;
}

interface Parser {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

function peek(parser: Parser): Token {
  return parser.tokens[parser.at]!;
}

function unexpected(token: Token): ExpressionSyntaxError {
  if (token.kind === 'end') return new ExpressionSyntaxError('the expression ends too early', token.at);
  const text = token.kind === 'literal' ? 'literal' : JSON.stringify(token.text);
  return new ExpressionSyntaxError(`unexpected ${text}`, token.at);
}

function takeMark(parser: Parser, text: string): boolean {
  const token = peek(parser);
  if (token.kind !== 'mark' || token.text !== text) return false;
  parser.at += 1;
  return true;
}

function expectMark(parser: Parser, text: string): void {
  if (!takeMark(parser, text)) throw unexpected(peek(parser));
}

function parseBinary(parser: Parser, minimum: number): Expression {
  let left = parsePrefix(parser);
  for (;;) {
    const token = peek(parser);
    const power = token.kind === 'mark' ? bindingPower[token.text] : undefined;
    if (token.kind !== 'mark' || power === undefined || power <= minimum) return left;
    parser.at += 1;
    left = { kind: 'binary', operator: token.text as BinaryOperator, left, right: parseBinary(parser, power) };
  }
}

function parsePrefix(parser: Parser): Expression {
  parser.depth += 1;
  if (parser.depth > maxDepth) throw new ExpressionSyntaxError('the expression is nested too deeply', peek(parser).at);
  let expression: Expression;
  if (takeMark(parser, '-')) expression = { kind: 'unary', operator: '-', operand: parsePrefix(parser) };
  else if (takeMark(parser, 'not')) expression = { kind: 'unary', operator: 'not', operand: parsePrefix(parser) };
  else expression = parsePostfix(parser);
  parser.depth -= 1;
  return expression;
}

function parsePostfix(parser: Parser): Expression {
  let expression = parsePrimary(parser);
  for (;;) {
    if (takeMark(parser, '.')) {
      const token = peek(parser);
      if (token.kind !== 'name') throw unexpected(token);
      parser.at += 1;
      expression = { kind: 'member', object: expression, key: token.text };
    } else if (takeMark(parser, '[')) {
      const index = parseBinary(parser, 0);
      expectMark(parser, ']');
      expression = { kind: 'index', object: expression, index };
    } else if (peek(parser).kind === 'mark' && (peek(parser) as { text: string }).text === '(') {
      const name = dottedName(expression);
      if (name === undefined) throw new ExpressionSyntaxError('only a function can be called', peek(parser).at);
      parser.at += 1;
      expression = { kind: 'call', name, args: parseItems(parser, ')') };
    } else {
      return expression;
    }
  }
}

function parsePrimary(parser: Parser): Expression {
  const token = peek(parser);
  if (token.kind === 'literal') {
    parser.at += 1;
    return { kind: 'literal', value: token.value };
  }
  if (token.kind === 'name') {
    parser.at += 1;
    return { kind: 'variable', name: token.text };
  }
  if (takeMark(parser, '(')) {
    const inner = parseBinary(parser, 0);
    expectMark(parser, ')');
    return inner;
  }
  if (takeMark(parser, '[')) return { kind: 'list', items: parseItems(parser, ']') };
  throw unexpected(token);
}

function parseItems(parser: Parser, close: string): Expression[] {
  const items: Expression[] = [];
  if (takeMark(parser, close)) return items;
  do items.push(parseBinary(parser, 0));
  while (takeMark(parser, ','));
  expectMark(parser, close);
  return items;
}
