import { malformed } from './zstd-error.ts';

/** A stream of bits that is read from its end (RFC 8878, section 4.1): the first bits read are the most significant. */
export interface BackwardBits {
  /** Bits that are left; negative when more were read than there are. */
  left: number;
  readonly bytes: Uint8Array;
}

/** @throws file_malformed when the last byte lacks the bit that marks the end */
export function backwardBits(bytes: Uint8Array): BackwardBits {
  const last = bytes[bytes.length - 1] ?? 0;
  if (last === 0) throw malformed('a stream of bits has no end mark');
  return { bytes, left: bytes.length * 8 - 1 - Math.clz32(last << 24) };
}

/** The next `count` bits, at most 24, without taking them; before the beginning there are zeros. */
export function peekBits({ bytes, left }: BackwardBits, count: number): number {
  const at = left - count;
  const byte = at >> 3;
  let word = 0;
  for (let i = 3; i >= 0; i--) word = (word << 8) | (byte + i < 0 ? 0 : (bytes[byte + i] ?? 0));
  return (word >>> (at & 7)) & ((1 << count) - 1);
}

/** Takes up to 32 bits. */
export function takeBits(bits: BackwardBits, count: number): number {
  if (count > 16) {
    const high = takeBits(bits, count - 16);
    return high * 65_536 + takeBits(bits, 16);
  }
  const value = peekBits(bits, count);
  bits.left -= count;
  return value;
}
