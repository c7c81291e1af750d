import { backwardBits, peekBits } from './backward-bits.ts';
import { firstState, nextState, readFseTable } from './fse-table.ts';
import { malformed, truncated } from './zstd-error.ts';

/** Symbols and lengths of all codes, looked up by the next `maxBits` bits (RFC 8878, section 4.2). */
export interface HuffmanTable {
  readonly maxBits: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

const mostBits = 11;

function readPackedWeights(bytes: Uint8Array): number[] {
  const { table, size } = readFseTable(bytes, 6, 256);
  const bits = backwardBits(bytes.subarray(size));
  const weights: number[] = [];
  // Two states take turns; the stream ends where one needs more bits than there are.
  const states = [firstState(table, bits), firstState(table, bits)];
  for (let turn = 0; weights.length < 256; turn ^= 1) {
    weights.push(table.symbols[states[turn]!]);
    states[turn] = nextState(table, states[turn]!, bits);
    if (bits.left < 0) {
      weights.push(table.symbols[states[turn ^ 1]!]);
      return weights;
    }
  }
  throw malformed('there are too many weights');
}

/** @throws file_malformed, file_truncated */
function readWeights(bytes: Uint8Array): { weights: number[]; size: number } {
  const head = bytes[0];
  if (head === undefined) throw truncated();
  const count = head - 127;
  const size = 1 + (head < 128 ? head : (count + 1) >> 1);
  if (size > bytes.length) throw truncated();
  if (head < 128) return { weights: readPackedWeights(bytes.subarray(1, size)), size };
  const weights = Array.from({ length: count }, (_, i) => {
    const pair = bytes[1 + (i >> 1)];
    return i % 2 === 0 ? pair >> 4 : pair & 15;
  });
  return { weights, size };
}

/** Reads a description of codes and lays them out; `size` is what it took in bytes. @throws file_malformed, file_truncated */
export function readHuffmanTable(bytes: Uint8Array): { table: HuffmanTable; size: number } {
  const { weights, size } = readWeights(bytes);
  const sum = weights.reduce((all, weight) => all + (weight > 0 ? 2 ** (weight - 1) : 0), 0);
  if (sum === 0 || sum >= 1 << mostBits) throw malformed('the weights make no codes');
  const maxBits = 32 - Math.clz32(sum);
  // The last weight is not stored: it fills the tree.
  const rest = (1 << maxBits) - sum;
  if ((rest & (rest - 1)) !== 0 || weights.length > 255) throw malformed('the weights make no codes');
  weights.push(32 - Math.clz32(rest));
  const symbols = new Uint8Array(1 << maxBits);
  const bits = new Uint8Array(1 << maxBits);
  let at = 0;
  // Longest codes first, by symbol within a length.
  for (let weight = 1; weight <= maxBits; weight++) {
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue;
      const end = at + (1 << (weight - 1));
      symbols.fill(symbol, at, end);
      bits.fill(maxBits + 1 - weight, at, end);
      at = end;
    }
  }
  return { table: { maxBits, symbols, bits }, size };
}

/** Decodes one stream into `out`, which it must fill exactly. @throws file_malformed */
export function decodeHuffman({ maxBits, symbols, bits }: HuffmanTable, bytes: Uint8Array, out: Uint8Array): void {
  const stream = backwardBits(bytes);
  for (let i = 0; i < out.length; i++) {
    const code = peekBits(stream, maxBits);
    out[i] = symbols[code];
    stream.left -= bits[code];
  }
  if (stream.left !== 0) throw malformed('a stream of literals does not end where it should');
}
