import { parseJson, writeJson } from '../json-text.ts';
import { isBytes, isMap, type Value } from '../value.ts';
import { std, stringArg } from './std-function.ts';

/** The module `json`. */
export const jsonFunctions = [
  std('json.decode', ['data'], ([data]) =>
    parseJson(isBytes(data!) ? new TextDecoder().decode(data) : stringArg(data, 'data')),
  ),
  std('json.encode', ['data', 'indent?'], ([data, indent]) => new TextEncoder().encode(encode(data!, indent!))),
  std('json.encode_to_string', ['data', 'indent?'], ([data, indent]) => encode(data!, indent!)),
];

function encode(data: Value, indent: Value): string {
  if (isMap(indent)) return writeJson(data, stringArg(indent.get('indent') ?? '  ', 'indent'));
  return writeJson(data, indent === true ? '  ' : '');
}
