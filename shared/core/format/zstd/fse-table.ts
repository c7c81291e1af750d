import { type BackwardBits, takeBits } from './backward-bits.ts';
import { malformed, truncated } from './zstd-error.ts';

/** Decoding table of finite state entropy (RFC 8878, section 4.1): each state has a symbol and leads on to others. */
export interface FseTable {
  readonly accuracyLog: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

const highestBit = (value: number): number => 31 - Math.clz32(value);

/** Builds the table of a distribution; −1 stands for “less than 1” (section 4.1.1). @throws file_malformed */
export function buildFseTable(distribution: readonly number[], accuracyLog: number): FseTable {
  const size = 1 << accuracyLog;
  const symbols = new Uint8Array(size);
  const next = distribution.map((share) => Math.abs(share));
  let high = size;
  for (const [symbol, share] of distribution.entries()) if (share === -1) symbols[--high] = symbol;
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (const [symbol, share] of distribution.entries()) {
    for (let i = 0; i < share; i++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  }
  if (at !== 0) throw malformed('a distribution does not fill its table');
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const place = next[symbols[state]]++;
    bits[state] = accuracyLog - highestBit(place);
    bases[state] = (place << bits[state]) - size;
  }
  return { accuracyLog, symbols, bits, bases };
}

/** A table with one symbol. */
export const oneSymbolTable = (symbol: number): FseTable => ({
  accuracyLog: 0,
  symbols: Uint8Array.of(symbol),
  bits: new Uint8Array(1),
  bases: new Uint16Array(1),
});

/**
 * Reads a distribution of at most `mostSymbols` symbols and builds its table; `size` is what it took in bytes.
 * @throws file_malformed, file_truncated
 */
export function readFseTable(
  bytes: Uint8Array,
  mostLog: number,
  mostSymbols: number,
): { table: FseTable; size: number } {
  let at = 0;
  const take = (count: number): number => {
    const byte = at >> 3;
    if (byte >= bytes.length) throw truncated();
    const word = bytes[byte] | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16);
    const value = (word >> (at & 7)) & ((1 << count) - 1);
    at += count;
    return value;
  };
  const accuracyLog = take(4) + 5;
  if (accuracyLog > mostLog) throw malformed('a table is too fine');
  const distribution: number[] = [];
  let left = 1 << accuracyLog;
  while (left > 0) {
    const count = highestBit(left + 1) + 1;
    const lowMask = (1 << (count - 1)) - 1;
    const short = (1 << count) - 1 - (left + 1);
    let value = take(count);
    // Small values take one bit less.
    if ((value & lowMask) < short) {
      at--;
      value &= lowMask;
    } else if (value > lowMask) value -= short;
    const share = value - 1;
    left -= Math.abs(share);
    distribution.push(share);
    for (let zeros = share === 0 ? 3 : 0; zeros === 3; ) {
      zeros = take(2);
      for (let i = 0; i < zeros; i++) distribution.push(0);
    }
    if (left < 0 || distribution.length > mostSymbols) throw malformed('a distribution has too many parts');
  }
  return { table: buildFseTable(distribution, accuracyLog), size: (at + 7) >> 3 };
}

/** The state that a stream begins with. */
export const firstState = ({ accuracyLog }: FseTable, bits: BackwardBits): number => takeBits(bits, accuracyLog);

/** The state after this one. */
export const nextState = (table: FseTable, state: number, bits: BackwardBits): number =>
  table.bases[state] + takeBits(bits, table.bits[state]);
