import { parseJson, writeJson } from '../json-text.ts';
import { isBytes, type Value, type ValueMap } from '../value.ts';
import { mapArg, std, stringArg } from './std-function.ts';

/** The module `json`. */
export const jsonFunctions = [
  std('json.decode', ['data'], ([data]) =>
    parseJson(isBytes(data!) ? new TextDecoder().decode(data) : stringArg(data, 'data')),
  ),
  std('json.encode', ['data', 'indent?'], ([data, indent]) => new TextEncoder().encode(encode(data!, indent!))),
  std('json.encode_to_string', ['data', 'indent?'], ([data, indent]) => encode(data!, indent!)),
];

/** `indent` is a boolean or `{prefix, indent}`, both texts optional, with the defaults that Google documents. */
function encode(data: Value, indent: Value): string {
  if (indent === null || indent === false) return writeJson(data);
  const options: ValueMap = indent === true ? new Map() : mapArg(indent, 'indent');
  const step = stringArg(options.get('indent') ?? '    ', 'indent');
  return writeJson(data, { prefix: stringArg(options.get('prefix') ?? '', 'prefix'), step });
}
