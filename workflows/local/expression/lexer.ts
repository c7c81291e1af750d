import { isInt64, type Value } from '../value.ts';

export type Token =
  | { readonly kind: 'literal'; readonly value: Value; readonly at: number }
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'mark'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

/** An expression that cannot be read; `at` counts characters from its start. */
export class ExpressionSyntaxError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(`${message} at character ${at + 1}`);
    this.name = 'ExpressionSyntaxError';
    this.at = at;
  }
}

const tokenPattern = new RegExp(
  [
    '(?<space>\\s+)',
    '(?<number>(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?)',
    '(?<name>[A-Za-z_][A-Za-z0-9_]*)',
    '(?<string>"(?:[^"\\\\]|\\\\[\\s\\S])*"|\'(?:[^\'\\\\]|\\\\[\\s\\S])*\')',
    '(?<mark>==|!=|<=|>=|//|[-+*/%<>()[\\].,])',
  ].join('|'),
  'y',
);

const words = new Map<string, Value>([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
  ['null', null],
  ['Null', null],
  ['NULL', null],
]);

// Google documents lower and upper case, and forbids mixed case.
const operators = new Map([
  ['and', 'and'],
  ['AND', 'and'],
  ['or', 'or'],
  ['OR', 'or'],
  ['not', 'not'],
  ['NOT', 'not'],
  ['in', 'in'],
  ['IN', 'in'],
]);

/** Cuts the text between `${` and `}` into tokens. @throws ExpressionSyntaxError */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    tokenPattern.lastIndex = at;
    const groups = tokenPattern.exec(source)?.groups;
    if (groups === undefined) throw new ExpressionSyntaxError(`unexpected ${JSON.stringify(source[at])}`, at);
    const token = toToken(groups, at);
    if (token !== undefined) tokens.push(token);
    at = tokenPattern.lastIndex;
  }
  tokens.push({ kind: 'end', at });
  return tokens;
}

function toToken(groups: Record<string, string | undefined>, at: number): Token | undefined {
  if (groups.mark !== undefined) return { kind: 'mark', text: groups.mark, at };
  if (groups.string !== undefined) return { kind: 'literal', value: unquote(groups.string, at), at };
  if (groups.number !== undefined) return { kind: 'literal', value: readNumber(groups.number, at), at };
  const name = groups.name;
  if (name === undefined) return undefined;
  const word = words.get(name);
  if (word !== undefined) return { kind: 'literal', value: word, at };
  const operator = operators.get(name);
  return operator === undefined ? { kind: 'name', text: name, at } : { kind: 'mark', text: operator, at };
}

function readNumber(text: string, at: number): Value {
  if (!/^\d+$/.test(text)) return Number(text);
  const integer = BigInt(text);
  if (!isInt64(integer)) throw new ExpressionSyntaxError('integer beyond 64 bits', at);
  return integer;
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

function unquote(quoted: string, at: number): string {
  return quoted.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (code === 'u') throw new ExpressionSyntaxError('\\u needs four hexadecimal digits', at);
    return escapes[code] ?? code;
  });
}
