import { booleanOf } from '../expression/operators.ts';
import { stringOf } from '../expression/string-of.ts';
import { isInt64, isList, isMap, typeName, type Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import { mapArg, std } from './std-function.ts';

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The expression helpers: functions without a module. */
export const helperFunctions = [
  std('int', ['value'], ([value]) => toInteger(value!)),
  std('double', ['value'], ([value]) => toDouble(value!)),
  std('string', ['value'], ([value]) => stringOf(value!)),
  std('len', ['value'], ([value]) => BigInt(lengthOf(value!))),
  std('keys', ['map'], ([map]) => [...mapArg(map, 'the argument of keys()').keys()]),
  std('default', ['value', 'default_value'], ([value, fallback]) => (value === null ? fallback! : value!)),
  std('if', ['condition', 'if_true', 'if_false'], ([condition, whenTrue, whenFalse]) =>
    booleanOf(condition!, 'the condition of if()') ? whenTrue! : whenFalse!,
  ),
  std('get_type', ['value'], ([value]) => typeName(value!)),
];

function toInteger(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return truncate(value);
  if (typeof value !== 'string') {
    throw languageError('TypeError', `unsupported operand type for int(): ${typeName(value)}`);
  }
  if (!/^[+-]?\d+$/.test(value)) throw languageError('ValueError', `int() cannot read ${JSON.stringify(value)}`);
  return inRange(BigInt(value.replace(/^\+/, '')));
}

function truncate(value: number): bigint {
  if (!Number.isFinite(value)) throw languageError('ValueError', `int() cannot convert ${value}`);
  return inRange(BigInt(Math.trunc(value)));
}

function inRange(value: bigint): bigint {
  if (isInt64(value)) return value;
  throw languageError('ValueError', 'the integer does not fit 64 bits');
}

function toDouble(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') {
    throw languageError('TypeError', `unsupported operand type for double(): ${typeName(value)}`);
  }
  if (!decimal.test(value)) throw languageError('ValueError', `double() cannot read ${JSON.stringify(value)}`);
  return Number(value);
}

function lengthOf(value: Value): number {
  if (typeof value === 'string') return [...value].length;
  if (isList(value)) return value.length;
  if (isMap(value)) return value.size;
  throw languageError('TypeError', `unsupported operand type for len(): ${typeName(value)}`);
}
