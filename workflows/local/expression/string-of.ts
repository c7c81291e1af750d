import { doubleText, typeName, type Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';

/** The text of an INTEGER, DOUBLE, BOOLEAN or STRING, as `string()` and `+` give it. @throws TypeError for anything else */
export function stringOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return doubleText(value);
  throw languageError('TypeError', `unsupported operand type for string(): ${typeName(value)}`);
}
