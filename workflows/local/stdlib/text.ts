import type { Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import { bytesArg, integerArg, std, stringArg } from './std-function.ts';

const charset = { name: 'charset', fallback: 'UTF-8' };

/** The module `text`. Positions count characters (code points), as `len()` does. */
export const textFunctions = [
  std('text.encode', ['text', charset], ([text, name]) => encode(stringArg(text, 'text'), stringArg(name, 'charset'))),
  std('text.decode', ['data', charset], ([data, name]) => decode(bytesArg(data, 'data'), stringArg(name, 'charset'))),
  std('text.split', ['source', 'separator'], ([source, separator]) =>
    stringArg(source, 'source').split(stringArg(separator, 'separator')),
  ),
  std('text.substring', ['source', 'start', 'end'], ([source, start, end]) => {
    // Array.slice does what Google documents: a negative index counts from the end, one that is out of range is clamped.
    const characters = [...stringArg(source, 'source')];
    return characters.slice(Number(integerArg(start, 'start')), Number(integerArg(end, 'end'))).join('');
  }),
  std('text.to_lower', ['source'], ([source]) => stringArg(source, 'source').toLowerCase()),
  std('text.to_upper', ['source'], ([source]) => stringArg(source, 'source').toUpperCase()),
  std('text.find_all', ['source', 'substr'], ([source, substr]) => {
    const found = findAll(stringArg(source, 'source'), stringArg(substr, 'substr'));
    return found.map((index) => BigInt(index));
  }),
  std('text.find_all_regex', ['source', 'regexp'], ([source, regexp]) => {
    const text = stringArg(source, 'source');
    return [...text.matchAll(pattern(regexp))].map(
      (match): Value =>
        new Map<string, Value>([
          ['index', BigInt([...text.slice(0, match.index)].length)],
          ['match', match[0]],
        ]),
    );
  }),
  std('text.match_regex', ['source', 'regexp'], ([source, regexp]) =>
    pattern(regexp).test(stringArg(source, 'source')),
  ),
  std('text.replace_all', ['source', 'substr', 'repl'], ([source, substr, repl]) =>
    stringArg(source, 'source').replaceAll(stringArg(substr, 'substr'), () => stringArg(repl, 'repl')),
  ),
  // Google documents that `repl` cannot refer to groups: it is taken as it stands.
  std('text.replace_all_regex', ['source', 'regexp', 'repl'], ([source, regexp, repl]) => {
    const replacement = stringArg(repl, 'repl');
    return stringArg(source, 'source').replace(pattern(regexp), () => replacement);
  }),
  std('text.url_encode', ['source'], ([source]) => percentEncode(stringArg(source, 'source'))),
  std('text.url_encode_plus', ['source'], ([source]) =>
    percentEncode(stringArg(source, 'source')).replaceAll('%20', '+'),
  ),
  std('text.url_decode', ['source'], ([source]) => percentDecode(stringArg(source, 'source'))),
];

function findAll(source: string, substr: string): number[] {
  if (substr === '') throw languageError('ValueError', 'substr must not be empty');
  const found: number[] = [];
  for (let at = source.indexOf(substr); at >= 0; at = source.indexOf(substr, at + substr.length)) {
    found.push([...source.slice(0, at)].length);
  }
  return found;
}

/** Google runs RE2; what RE2 and JavaScript share is what workflows may use. `(?P<n>…)` is RE2's spelling of `(?<n>…)`. */
function pattern(source: Value | undefined): RegExp {
  const text = stringArg(source, 'regexp');
  const flags = /^\(\?([ims]+)\)/.exec(text);
  try {
    return new RegExp(text.slice(flags?.[0].length ?? 0).replaceAll('(?P<', '(?<'), `gu${flags?.[1] ?? ''}`);
  } catch (cause) {
    throw languageError('ValueError', `invalid regular expression: ${text}`, { cause });
  }
}

function isUtf8(name: string): boolean {
  return /^utf-?8$/i.test(name);
}

function encode(text: string, name: string): Uint8Array {
  if (isUtf8(name)) return new TextEncoder().encode(text);
  if (!/^(us-ascii|ascii|iso-8859-1|latin1)$/i.test(name))
    throw languageError('ValueError', `unknown charset: ${name}`);
  const highest = /ascii/i.test(name) ? 0x7f : 0xff;
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    if (code > highest) throw languageError('ValueError', `${name} cannot encode ${JSON.stringify(character)}`);
    return code;
  });
}

/** What cannot be decoded becomes U+FFFD. */
function decode(data: Uint8Array, name: string): string {
  // The web's TextDecoder takes these two names for windows-1252.
  if (/^(iso-8859-1|latin1)$/i.test(name)) return Buffer.from(data).toString('latin1');
  if (/^(us-)?ascii$/i.test(name))
    return Array.from(data, (byte) => (byte > 0x7f ? '\ufffd' : String.fromCharCode(byte))).join('');
  try {
    return new TextDecoder(name, { ignoreBOM: true }).decode(data);
  } catch (cause) {
    throw languageError('ValueError', `unknown charset: ${name}`, { cause });
  }
}

/** Google escapes everything but letters, digits and `.-_`. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw languageError('ValueError', 'invalid percent encoding', { cause });
  }
}
