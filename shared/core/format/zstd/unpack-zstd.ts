import { AtlasError } from '../../../errors.ts';
import type { HuffmanTable } from './huffman-table.ts';
import { mostBlockBytes, readLiterals } from './read-literals.ts';
import { readSequences, type SequenceTables } from './read-sequences.ts';
import { malformed, truncated } from './zstd-error.ts';

const magic = 0xfd2fb528;
/** The low four bits of this magic number are free: data for somebody else. */
const skippable = 0x184d2a50;

/** What was decoded so far; it grows as it fills, so that a promise of size costs nothing. */
interface Output {
  bytes: Uint8Array<ArrayBuffer>;
  size: number;
  readonly most: number;
}

function reserve(out: Output, more: number): void {
  const needed = out.size + more;
  if (needed > out.most) {
    throw new AtlasError('file_too_large', `Unpacked, the file has more than ${out.most} bytes.`, { pointer: '/zstd' });
  }
  if (needed <= out.bytes.length) return;
  const grown = new Uint8Array(Math.min(out.most, Math.max(needed, out.bytes.length * 2)));
  grown.set(out.bytes.subarray(0, out.size));
  out.bytes = grown;
}

function append(out: Output, bytes: Uint8Array): void {
  reserve(out, bytes.length);
  out.bytes.set(bytes, out.size);
  out.size += bytes.length;
}

function repeat(out: Output, offset: number, length: number, frameStart: number): void {
  if (offset > out.size - frameStart || offset === 0) throw malformed('a copy reaches before the beginning');
  reserve(out, length);
  // Byte by byte: a copy may read what it has just written.
  const { bytes, size } = out;
  for (let i = 0; i < length; i++) bytes[size + i] = bytes[size + i - offset];
  out.size += length;
}

/** What one block leaves to the next of its frame. */
interface Frame {
  readonly start: number;
  huffman: HuffmanTable | undefined;
  tables: SequenceTables;
  /** The last three offsets (RFC 8878, section 3.1.1.5). */
  recent: [number, number, number];
}

function offsetOf(frame: Frame, coded: number, literals: number): number {
  const [a, b, c] = frame.recent;
  const which = coded > 3 ? 4 : coded + (literals === 0 ? 1 : 0);
  if (which === 1) return a;
  const offset = coded > 3 ? coded - 3 : which === 2 ? b : which === 3 ? c : a - 1;
  frame.recent = which === 2 ? [b, a, c] : [offset, a, b];
  return offset;
}

function unpackBlock(block: Uint8Array, frame: Frame, out: Output): void {
  const { literals, table, size } = readLiterals(block, frame.huffman);
  frame.huffman = table;
  const { sequences, tables } = readSequences(block.subarray(size), frame.tables);
  frame.tables = tables;
  const start = out.size;
  let at = 0;
  for (const sequence of sequences) {
    if (at + sequence.literals > literals.length) throw malformed('there are too few literals');
    append(out, literals.subarray(at, at + sequence.literals));
    at += sequence.literals;
    if (out.size - start + sequence.length > mostBlockBytes) throw malformed('a block is too large');
    repeat(out, offsetOf(frame, sequence.offset, sequence.literals), sequence.length, frame.start);
  }
  append(out, literals.subarray(at));
}

/** Length of a frame’s header (section 3.1.1.1). @throws format_unsupported for data that need a dictionary */
function headerSize(bytes: Uint8Array, at: number): { size: number; checksum: boolean } {
  const descriptor = bytes[at + 4];
  if (descriptor === undefined) throw truncated();
  if ((descriptor & 8) !== 0) throw malformed('reserved bits are set');
  const single = (descriptor & 32) !== 0;
  if ((descriptor & 3) !== 0) {
    throw new AtlasError('format_unsupported', 'The Zstandard data need a dictionary.', { pointer: '/zstd' });
  }
  const contentSize = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  return { size: 5 + (single ? 0 : 1) + contentSize, checksum: (descriptor & 4) !== 0 };
}

/** Unpacks the frame at `at`; gives the place behind it. */
function unpackFrame(bytes: Uint8Array, at: number, out: Output): number {
  const header = headerSize(bytes, at);
  const frame: Frame = { start: out.size, huffman: undefined, tables: undefined, recent: [1, 4, 8] };
  let next = at + header.size;
  for (let last = false; !last; ) {
    if (next + 3 > bytes.length) throw truncated();
    const head = bytes[next] | (bytes[next + 1] << 8) | (bytes[next + 2] << 16);
    const kind = (head >> 1) & 3;
    const size = head >> 3;
    last = (head & 1) !== 0;
    next += 3;
    if (kind === 3 || size > mostBlockBytes) throw malformed('there is no such block');
    const end = next + (kind === 1 ? 1 : size);
    if (end > bytes.length) throw truncated();
    if (kind === 0) append(out, bytes.subarray(next, end));
    else if (kind === 1) append(out, new Uint8Array(size).fill(bytes[next]));
    else unpackBlock(bytes.subarray(next, end), frame, out);
    next = end;
  }
  if (header.checksum) next += 4;
  if (next > bytes.length) throw truncated();
  return next;
}

/**
 * Unpacks Zstandard data (RFC 8878) of at most `mostBytes`. Nothing is trusted: a promise of size reserves nothing, and
 * damage ends in an error. Checksums are passed over, dictionaries are not read. About 60 MB of output a second.
 * @throws file_malformed, file_truncated, file_too_large, format_unsupported
 */
export function unpackZstd(bytes: Uint8Array, mostBytes: number): Uint8Array<ArrayBuffer> {
  const out: Output = { bytes: new Uint8Array(Math.min(mostBytes, bytes.length * 4)), size: 0, most: mostBytes };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  do {
    if (at + 8 > bytes.length) throw truncated();
    const word = view.getUint32(at, true);
    if (word === magic) at = unpackFrame(bytes, at, out);
    else if ((word & 0xfffffff0) === skippable) at += 8 + view.getUint32(at + 4, true);
    else throw malformed('there is no frame');
  } while (at < bytes.length);
  return out.bytes.slice(0, out.size);
}
