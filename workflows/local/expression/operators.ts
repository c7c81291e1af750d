import { isInt64, isList, isMap, sameValue, typeName, type Value } from '../value.ts';
import { languageError, type WorkflowError } from '../workflow-error.ts';
import type { BinaryOperator } from './ast.ts';
import { stringOf } from './string-of.ts';

type Arithmetic = '+' | '-' | '*' | '/' | '//' | '%';

function unsupported(operator: string, left: Value, right: Value): WorkflowError {
  return languageError(
    'TypeError',
    `unsupported operand types for ${operator}: ${typeName(left)} and ${typeName(right)}`,
  );
}

function isNumber(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** Applies a binary operator other than `and` and `or`, which do not evaluate both sides. @throws TypeError and others */
export function applyBinary(operator: Exclude<BinaryOperator, 'and' | 'or'>, left: Value, right: Value): Value {
  switch (operator) {
    case '==':
      return sameValue(left, right);
    case '!=':
      return !sameValue(left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, left, right);
    case 'in':
      return contains(left, right);
    case '+':
      if (typeof left === 'string' || typeof right === 'string') return concatenate(left, right);
      return calculate(operator, left, right);
    default:
      return calculate(operator, left, right);
  }
}

/** Applies unary minus. @throws TypeError, ValueError on overflow */
export function negate(value: Value): Value {
  if (typeof value === 'bigint') return checked(-value);
  if (typeof value === 'number') return -value;
  throw languageError('TypeError', `unsupported operand type for unary minus: ${typeName(value)}`);
}

/** Reads a value as the BOOLEAN that a condition or logical operator needs. @throws TypeError */
export function booleanOf(value: Value, what: string): boolean {
  if (typeof value === 'boolean') return value;
  throw languageError('TypeError', `${what} must be a boolean, not ${typeName(value)}`);
}

function compare(operator: '<' | '<=' | '>' | '>=', left: Value, right: Value): boolean {
  const comparable = (isNumber(left) && isNumber(right)) || (typeof left === 'string' && typeof right === 'string');
  if (!comparable) throw unsupported(operator, left, right);
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function contains(item: Value, container: Value): boolean {
  if (isList(container)) return container.some((other) => sameValue(item, other));
  if (isMap(container)) return typeof item === 'string' && container.has(item);
  throw unsupported('in', item, container);
}

/** Google's table of implicit conversions: STRING with INTEGER, DOUBLE or BOOLEAN on either side gives STRING. */
function concatenate(left: Value, right: Value): string {
  if (!isPrintable(left) || !isPrintable(right)) throw unsupported('+', left, right);
  return stringOf(left) + stringOf(right);
}

function isPrintable(value: Value): value is string | bigint | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || isNumber(value);
}

function calculate(operator: Arithmetic, left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) throw unsupported(operator, left, right);
  if ((operator === '/' || operator === '//' || operator === '%') && Number(right) === 0) {
    throw languageError('ZeroDivisionError', 'division by zero');
  }
  if (operator === '/') return Number(left) / Number(right);
  if (typeof left === 'bigint' && typeof right === 'bigint') return checked(onIntegers(operator, left, right));
  return onDoubles(operator, Number(left), Number(right));
}

function onIntegers(operator: Exclude<Arithmetic, '/'>, left: bigint, right: bigint): bigint {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  const remainder = left % right;
  const below = remainder !== 0n && remainder < 0n !== right < 0n;
  if (operator === '//') return left / right - (below ? 1n : 0n);
  return below ? remainder + right : remainder;
}

function onDoubles(operator: Exclude<Arithmetic, '/'>, left: number, right: number): number {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  const quotient = Math.floor(left / right);
  return operator === '//' ? quotient : left - quotient * right;
}

function checked(value: bigint): bigint {
  if (isInt64(value)) return value;
  throw languageError('ValueError', 'integer overflow: the result does not fit 64 bits');
}
