import { isBytes, isList, type Value } from '../value.ts';

/** JSON-ready form of a value inside a snapshot. */
export type Wire = null | boolean | number | string | Wire[];

/**
 * Writes values so that types, key order and shared parts survive: INTEGER is a JSON number, everything that JSON cannot tell
 * apart is an array with a tag. A list or map that was written before is a reference to it, so a snapshot is not larger than
 * the memory that it stands for.
 */
export function valueEncoder(): (value: Value) => Wire {
  const seen = new Map<object, number>();
  const encode = (value: Value): Wire => {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'bigint') {
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
        ? Number(value)
        : ['i', String(value)];
    }
    if (typeof value === 'number') return ['d', Object.is(value, -0) ? '-0' : String(value)];
    if (isBytes(value)) return ['b', Buffer.from(value).toString('base64')];
    const known = seen.get(value);
    if (known !== undefined) return ['@', known];
    seen.set(value, seen.size);
    const wire: Wire[] = [isList(value) ? 'l' : 'm'];
    if (isList(value)) for (const item of value) wire.push(encode(item));
    else for (const [key, item] of value) wire.push(key, encode(item));
    return wire;
  };
  return encode;
}

/** Reads what `valueEncoder` wrote; values must be read in the order in which they were written. */
export function valueDecoder(): (wire: Wire) => Value {
  const seen: Value[] = [];
  const decode = (wire: Wire): Value => {
    if (typeof wire === 'number') return BigInt(wire);
    if (!Array.isArray(wire)) return wire;
    const [tag, first] = wire;
    if (tag === 'i') return BigInt(first as string);
    if (tag === 'd') return Number(first as string);
    if (tag === 'b') return new Uint8Array(Buffer.from(first as string, 'base64'));
    if (tag === '@') return seen[first as number]!;
    if (tag === 'l') {
      const list: Value[] = [];
      seen.push(list);
      for (const item of wire.slice(1)) list.push(decode(item));
      return list;
    }
    const map = new Map<string, Value>();
    seen.push(map);
    for (let index = 1; index < wire.length; index += 2) map.set(wire[index] as string, decode(wire[index + 1]!));
    return map;
  };
  return decode;
}
