import { languageError } from '../workflow-error.ts';
import { bytesArg, std, stringArg } from './std-function.ts';

const padding = { name: 'padding', fallback: true };

/** The module `base64`. */
export const base64Functions = [
  std('base64.encode', ['data', padding], ([data, padded]) => {
    const text = Buffer.from(bytesArg(data, 'data')).toString('base64');
    return padded === false ? text.replace(/=+$/, '') : text;
  }),
  std('base64.decode', ['data', padding], ([data, padded]) => decode(stringArg(data, 'data'), padded !== false)),
];

function decode(source: string, padded: boolean): Uint8Array {
  const text = source.replace(/[\r\n]/g, '');
  const complete = padded ? text.length % 4 === 0 : text.length % 4 !== 1;
  const alphabet = padded ? /^[A-Za-z0-9+/]*={0,2}$/ : /^[A-Za-z0-9+/]*$/;
  if (!complete || !alphabet.test(text)) throw languageError('ValueError', 'invalid base64');
  return new Uint8Array(Buffer.from(text, 'base64'));
}
