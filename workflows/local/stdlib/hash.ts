import { createHash, createHmac } from 'node:crypto';
import type { Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import { bytesArg, std, stringArg } from './std-function.ts';

/** The module `hash`. */
export const hashFunctions = [
  std('hash.compute_checksum', ['data', 'algorithm'], ([data, algorithm]) =>
    bytes(createHash(algorithmOf(algorithm)).update(bytesArg(data, 'data')).digest()),
  ),
  std('hash.compute_hmac', ['key', 'data', 'algorithm'], ([key, data, algorithm]) =>
    bytes(createHmac(algorithmOf(algorithm), bytesArg(key, 'key')).update(bytesArg(data, 'data')).digest()),
  ),
];

function bytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}

function algorithmOf(value: Value | undefined): string {
  const name = stringArg(value, 'algorithm').toLowerCase();
  if (['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].includes(name)) return name;
  throw languageError('ValueError', `unknown hash algorithm: ${name}`);
}
