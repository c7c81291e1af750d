import { decodeHuffman, type HuffmanTable, readHuffmanTable } from './huffman-table.ts';
import { malformed, truncated } from './zstd-error.ts';

/** No block decodes to more (RFC 8878, section 3.1.1.2.4). */
export const mostBlockBytes = 128 * 1024;

interface Header {
  readonly kind: number;
  readonly streams: 1 | 4;
  readonly headerSize: number;
  readonly decodedSize: number;
  readonly storedSize: number;
}

function littleEndian(bytes: Uint8Array, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

/** Section 3.1.1.3.1.1. */
function readHeader(bytes: Uint8Array): Header {
  const kind = bytes[0] & 3;
  const form = (bytes[0] >> 2) & 3;
  if (kind < 2) {
    const headerSize = form === 1 ? 2 : form === 3 ? 3 : 1;
    const decodedSize = littleEndian(bytes, headerSize) >> (headerSize === 1 ? 3 : 4);
    return { kind, streams: 1, headerSize, decodedSize, storedSize: kind === 0 ? decodedSize : 1 };
  }
  const headerSize = Math.max(3, form + 2);
  const width = [10, 10, 14, 18][form]!;
  const sizes = Math.floor(littleEndian(bytes, headerSize) / 16);
  const decodedSize = sizes % 2 ** width;
  return { kind, streams: form === 0 ? 1 : 4, headerSize, decodedSize, storedSize: Math.floor(sizes / 2 ** width) };
}

function decodeFour(table: HuffmanTable, bytes: Uint8Array, out: Uint8Array): void {
  if (bytes.length < 6) throw truncated();
  const quarter = (out.length + 3) >> 2;
  let at = 6;
  for (let i = 0; i < 4; i++) {
    const size = i < 3 ? bytes[i * 2] | (bytes[i * 2 + 1] << 8) : bytes.length - at;
    if (size < 0 || at + size > bytes.length) throw truncated();
    if (quarter * i > out.length) throw malformed('there are fewer literals than streams');
    decodeHuffman(
      table,
      bytes.subarray(at, at + size),
      out.subarray(quarter * i, i < 3 ? quarter * (i + 1) : undefined),
    );
    at += size;
  }
}

/**
 * Reads the literals of a block. `known` are the codes of the block before, which a block may use again.
 * @throws file_malformed, file_truncated
 */
export function readLiterals(
  block: Uint8Array,
  known: HuffmanTable | undefined,
): { literals: Uint8Array; table: HuffmanTable | undefined; size: number } {
  if (block.length === 0) throw truncated();
  const { kind, streams, headerSize, decodedSize, storedSize } = readHeader(block);
  const size = headerSize + storedSize;
  if (size > block.length) throw truncated();
  if (decodedSize > mostBlockBytes) throw malformed('a block has too many literals');
  const stored = block.subarray(headerSize, size);
  if (kind === 0) return { literals: stored, table: known, size };
  const literals = new Uint8Array(decodedSize);
  if (kind === 1) return { literals: literals.fill(stored[0]), table: known, size };
  const own = kind === 2 ? readHuffmanTable(stored) : { table: known, size: 0 };
  if (!own.table) throw malformed('a block uses codes that were never given');
  const streamsOf = stored.subarray(own.size);
  if (streams === 1) decodeHuffman(own.table, streamsOf, literals);
  else decodeFour(own.table, streamsOf, literals);
  return { literals, table: own.table, size };
}
