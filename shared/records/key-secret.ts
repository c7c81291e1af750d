import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Base 62 of fixed length: a double click selects all of a key. */
function base62(bytes: Uint8Array, length: number): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let at = 0; at < length; at++) {
    text = digits[Number(number % 62n)] + text;
    number /= 62n;
  }
  return text;
}

/** Six characters that tell a mistyped or cut key from a real one without asking the store. */
function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return base62(bytes, 6);
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const keyPattern = /^atl_([0-9a-z]{26})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** The id in a key and the hash of its secret; undefined when the text is not a key. */
export function readKey(text: string): { keyId: string; hash: Buffer } | undefined {
  const match = keyPattern.exec(text);
  if (!match || checksum(text.slice(0, -6)) !== match[3]) return undefined;
  return { keyId: `key_${match[1]}`, hash: sha256(match[2] ?? '') };
}

/**
 * A new secret of 32 random bytes for a key, and what is kept of it: its SHA-256, which is enough for a secret that nobody
 * can guess.
 */
export function newSecret(keyId: string): { key: string; kept: { hash: string; lastFour: string } } {
  const secret = base62(randomBytes(32), 43);
  const start = `atl_${keyId.slice('key_'.length)}_${secret}`;
  return {
    key: `${start}${checksum(start)}`,
    kept: { hash: sha256(secret).toString('hex'), lastFour: secret.slice(-4) },
  };
}
