import { limits } from './limits.ts';
import { doubleText, isBytes, isInt64, isList, type Value } from './value.ts';
import { languageError } from './workflow-error.ts';

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 forbids exactly these inside a string.
const plainString = /"([^"\\\u0000-\u001f]*)"/y;
const space = /[ \t\n\r]*/y;

/** Reads JSON text (RFC 8259). A number without fraction and exponent is INTEGER, else DOUBLE. @throws ValueError */
export function parseJson(text: string): Value {
  const reader = { text, at: 0 };
  const value = readValue(reader, 0);
  skipSpace(reader);
  if (reader.at !== text.length) throw malformed(reader);
  return value;
}

interface Reader {
  readonly text: string;
  at: number;
}

function malformed(reader: Reader): Error {
  return languageError('ValueError', `invalid JSON at character ${reader.at}`);
}

function skipSpace(reader: Reader): void {
  space.lastIndex = reader.at;
  space.test(reader.text);
  reader.at = space.lastIndex;
}

function readValue(reader: Reader, depth: number): Value {
  if (depth > limits.jsonDepth)
    throw languageError('ValueError', `JSON is nested deeper than ${limits.jsonDepth} levels`);
  skipSpace(reader);
  switch (reader.text[reader.at]) {
    case '{':
      return readObject(reader, depth);
    case '[':
      return readArray(reader, depth);
    case '"':
      return readString(reader);
    case 't':
      return readWord(reader, 'true', true);
    case 'f':
      return readWord(reader, 'false', false);
    case 'n':
      return readWord(reader, 'null', null);
    default:
      return readNumber(reader);
  }
}

function readWord(reader: Reader, word: string, value: Value): Value {
  if (!reader.text.startsWith(word, reader.at)) throw malformed(reader);
  reader.at += word.length;
  return value;
}

function readNumber(reader: Reader): Value {
  numberPattern.lastIndex = reader.at;
  const match = numberPattern.exec(reader.text);
  if (match === null) throw malformed(reader);
  reader.at = numberPattern.lastIndex;
  if (match[1] !== undefined || match[2] !== undefined) return Number(match[0]);
  const integer = BigInt(match[0]);
  return isInt64(integer) ? integer : Number(match[0]);
}

function readString(reader: Reader): string {
  plainString.lastIndex = reader.at;
  const plain = plainString.exec(reader.text);
  if (plain !== null) {
    reader.at = plainString.lastIndex;
    return plain[1]!;
  }
  let end = reader.at + 1;
  while (end < reader.text.length && reader.text[end] !== '"') end += reader.text[end] === '\\' ? 2 : 1;
  try {
    const value: unknown = JSON.parse(reader.text.slice(reader.at, end + 1));
    reader.at = end + 1;
    return value as string;
  } catch {
    throw malformed(reader);
  }
}

function readArray(reader: Reader, depth: number): Value {
  const items: Value[] = [];
  reader.at += 1;
  skipSpace(reader);
  if (reader.text[reader.at] === ']') {
    reader.at += 1;
    return items;
  }
  for (;;) {
    items.push(readValue(reader, depth + 1));
    skipSpace(reader);
    const mark = reader.text[reader.at++];
    if (mark === ']') return items;
    if (mark !== ',') throw malformed(reader);
  }
}

function readObject(reader: Reader, depth: number): Value {
  const map = new Map<string, Value>();
  reader.at += 1;
  skipSpace(reader);
  if (reader.text[reader.at] === '}') {
    reader.at += 1;
    return map;
  }
  for (;;) {
    skipSpace(reader);
    if (reader.text[reader.at] !== '"') throw malformed(reader);
    const key = readString(reader);
    skipSpace(reader);
    if (reader.text[reader.at++] !== ':') throw malformed(reader);
    map.set(key, readValue(reader, depth + 1));
    skipSpace(reader);
    const mark = reader.text[reader.at++];
    if (mark === '}') return map;
    if (mark !== ',') throw malformed(reader);
  }
}

/** How to lay JSON out: each element on a line of its own, after `prefix` and a `step` for each level. */
export interface JsonIndent {
  readonly prefix: string;
  readonly step: string;
}

/** Writes a value as JSON text; DOUBLE keeps its point (`1.0`). @throws ValueError for bytes, NaN and infinity */
export function writeJson(value: Value, indent?: JsonIndent): string {
  return indent === undefined ? write(value, '', '', ':') : write(value, indent.step, `\n${indent.prefix}`, ': ');
}

function write(value: Value, step: string, line: string, colon: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw languageError('ValueError', `${value} has no JSON form`);
    return doubleText(value);
  }
  if (isBytes(value)) throw languageError('ValueError', 'bytes cannot be encoded as JSON');
  const inner = line + step;
  if (isList(value)) {
    if (value.length === 0) return '[]';
    return `[${inner}${value.map((item) => write(item, step, inner, colon)).join(`,${inner}`)}${line}]`;
  }
  if (value.size === 0) return '{}';
  const entries = [...value].map(([key, item]) => `${JSON.stringify(key)}${colon}${write(item, step, inner, colon)}`);
  return `{${inner}${entries.join(`,${inner}`)}${line}}`;
}

/** JSON as JavaScript holds it, for what enters and leaves the executor in process. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Turns a JavaScript JSON value into a workflow value; an integral number becomes INTEGER. */
export function fromJson(json: Json | undefined): Value {
  if (json === undefined || json === null) return null;
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  if (typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item: Json) => fromJson(item));
  const map = new Map<string, Value>();
  for (const [key, item] of Object.entries(json)) if (item !== undefined) map.set(key, fromJson(item as Json));
  return map;
}

/** Turns a workflow value into a JavaScript JSON value. Integers beyond 2^53 lose precision, as in every JSON.parse. */
export function toJson(value: Value): Json {
  return JSON.parse(writeJson(value)) as Json;
}
