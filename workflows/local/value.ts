/**
 * A value of the Workflows language. INTEGER is `bigint` (64 bit, signed), DOUBLE is `number`. Values are immutable: whoever
 * changes one copies it first, so sizes can be cached and snapshots can share structure.
 */
export type Value = null | boolean | bigint | number | string | Uint8Array | readonly Value[] | ValueMap;

/** A map of the Workflows language: string keys in the order of insertion. */
export type ValueMap = ReadonlyMap<string, Value>;

export type TypeName = 'null' | 'boolean' | 'integer' | 'double' | 'string' | 'bytes' | 'list' | 'map';

const smallestInteger = -(2n ** 63n);
const largestInteger = 2n ** 63n - 1n;

/** Tells whether an integer fits into the 64 signed bits of INTEGER. */
export function isInt64(value: bigint): boolean {
  return value >= smallestInteger && value <= largestInteger;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is ValueMap {
  return value instanceof Map;
}

export function isBytes(value: Value): value is Uint8Array {
  return value instanceof Uint8Array;
}

/** The name that `get_type()` returns for a value. */
export function typeName(value: Value): TypeName {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'string') return 'string';
  if (isBytes(value)) return 'bytes';
  return isList(value) ? 'list' : 'map';
}

/** Deep equality as `==` sees it: INTEGER and DOUBLE compare by number, values of different kinds are unequal. */
export function sameValue(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left === 'bigint' && typeof right === 'number') return Number(left) === right;
  if (typeof left === 'number' && typeof right === 'bigint') return left === Number(right);
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
  if (isBytes(left) || isBytes(right)) {
    return isBytes(left) && isBytes(right) && Buffer.compare(left, right) === 0;
  }
  if (isList(left)) {
    return isList(right) && left.length === right.length && left.every((item, index) => sameValue(item, right[index]!));
  }
  if (isList(right) || left.size !== right.size) return false;
  for (const [key, value] of left) {
    const other = right.get(key);
    if (other === undefined || !sameValue(value, other)) return false;
  }
  return true;
}

const sizes = new WeakMap<object, number>();

/**
 * Bytes that a value is counted with against the variable memory: UTF-8 text, 8 a number, 1 a boolean or null, keys included,
 * and 2 for every text, list and map, so that no value is free.
 */
export function sizeBytes(value: Value): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'bigint' || typeof value === 'number') return 8;
  if (typeof value === 'string') return 2 + Buffer.byteLength(value);
  if (isBytes(value)) return 2 + value.byteLength;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  let total = 2;
  if (isList(value)) for (const item of value) total += sizeBytes(item);
  else for (const [key, item] of value) total += Buffer.byteLength(key) + sizeBytes(item);
  sizes.set(value, total);
  return total;
}

/** Writes a DOUBLE so that reading it gives a DOUBLE again: `1.0`, `0.1`, `1e+21`. */
export function doubleText(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
