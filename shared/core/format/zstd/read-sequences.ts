import { type BackwardBits, backwardBits, takeBits } from './backward-bits.ts';
import { buildFseTable, type FseTable, firstState, nextState, oneSymbolTable, readFseTable } from './fse-table.ts';
import { malformed, truncated } from './zstd-error.ts';

/** Copy `literals` bytes, then `length` bytes from `offset` back; `offset` is still coded (1 to 3 repeat one). */
export interface Sequence {
  readonly literals: number;
  readonly length: number;
  readonly offset: number;
}

interface Code {
  readonly defaults: FseTable;
  readonly mostLog: number;
  readonly bases: readonly number[];
  readonly extraBits: readonly number[];
}

/** Values that follow each other, each as far from the one before as its extra bits reach. */
function codeTable(first: number, extraBits: readonly number[]): Pick<Code, 'bases' | 'extraBits'> {
  let next = first;
  const bases = extraBits.map((bits) => {
    const base = next;
    next += 2 ** bits;
    return base;
  });
  return { bases, extraBits };
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);

/** Section 3.1.1.3.2.1.1 and the default distributions of 3.1.1.3.2.2. */
const literalLengths: Code = {
  ...codeTable(0, [...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
  mostLog: 9,
  defaults: buildFseTable([4, 3, ...times(11, 2), 1, 1, 1, ...times(9, 2), 3, 2, ...times(5, 1), ...times(4, -1)], 6),
};
const matchLengths: Code = {
  ...codeTable(3, [...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]),
  mostLog: 9,
  defaults: buildFseTable([1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)], 6),
};
const offsets: Code = {
  ...codeTable(
    1,
    Array.from({ length: 32 }, (_, i) => i),
  ),
  mostLog: 8,
  defaults: buildFseTable([...times(6, 1), ...times(3, 2), ...times(15, 1), ...times(5, -1)], 5),
};
const codes = [literalLengths, offsets, matchLengths] as const;

/** Tables of a block, which the next may use again: literal lengths, offsets, match lengths. */
export type SequenceTables = readonly [FseTable, FseTable, FseTable] | undefined;

function readTable(
  { defaults, mostLog, bases }: Code,
  mode: number,
  bytes: Uint8Array,
  known: FseTable | undefined,
): { table: FseTable; size: number } {
  if (mode === 0) return { table: defaults, size: 0 };
  if (mode === 2) return readFseTable(bytes, mostLog, bases.length);
  if (mode === 3) {
    if (!known) throw malformed('a block uses tables that were never given');
    return { table: known, size: 0 };
  }
  const symbol = bytes[0];
  if (symbol === undefined) throw truncated();
  if (symbol >= bases.length) throw malformed('there is no such code');
  return { table: oneSymbolTable(symbol), size: 1 };
}

function readCount(bytes: Uint8Array): { count: number; size: number } {
  const [first, second = 0, third = 0] = bytes;
  if (first === undefined) throw truncated();
  if (first < 128) return { count: first, size: 1 };
  if (first < 255) return { count: ((first - 128) << 8) + second, size: 2 };
  return { count: second + (third << 8) + 0x7f00, size: 3 };
}

const readValue = (code: Code, table: FseTable, state: number, bits: BackwardBits): number => {
  const symbol = table.symbols[state];
  return code.bases[symbol]! + takeBits(bits, code.extraBits[symbol]!);
};

/** Reads the sequences of a block (section 3.1.1.3.2). @throws file_malformed, file_truncated */
export function readSequences(
  bytes: Uint8Array,
  known: SequenceTables,
): { sequences: Sequence[]; tables: SequenceTables } {
  const { count, size } = readCount(bytes);
  if (count === 0) return { sequences: [], tables: known };
  const modes = bytes[size];
  if (modes === undefined) throw truncated();
  if ((modes & 3) !== 0) throw malformed('reserved bits are set');
  let at = size + 1;
  const [literalTable, offsetTable, matchTable] = codes.map((code, i) => {
    const read = readTable(code, (modes >> (6 - 2 * i)) & 3, bytes.subarray(at), known?.[i]);
    at += read.size;
    return read.table;
  }) as [FseTable, FseTable, FseTable];
  const bits = backwardBits(bytes.subarray(at));
  let literalState = firstState(literalTable, bits);
  let offsetState = firstState(offsetTable, bits);
  let matchState = firstState(matchTable, bits);
  const sequences: Sequence[] = [];
  for (let i = 0; i < count; i++) {
    // In this order: it is the order of the bits.
    const offset = readValue(offsets, offsetTable, offsetState, bits);
    const length = readValue(matchLengths, matchTable, matchState, bits);
    const literals = readValue(literalLengths, literalTable, literalState, bits);
    sequences.push({ literals, length, offset });
    if (bits.left < 0) throw malformed('there are fewer sequences than promised');
    if (i === count - 1) break;
    literalState = nextState(literalTable, literalState, bits);
    matchState = nextState(matchTable, matchState, bits);
    offsetState = nextState(offsetTable, offsetState, bits);
  }
  if (bits.left !== 0) throw malformed('sequences do not end where they should');
  return { sequences, tables: [literalTable, offsetTable, matchTable] };
}
