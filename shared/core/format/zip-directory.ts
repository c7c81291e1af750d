import { AtlasError } from '../../errors.ts';
import type { SourceLimits } from './source-limits.ts';

/** A file of an archive, as the central directory describes it. */
export interface ZipEntry {
  /** With `/` between folders. */
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its local header begins. */
  readonly headerOffset: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const entryBytes = 46;
const localBytes = 30;

const malformed = (message: string, pointer = '/entries'): AtlasError =>
  new AtlasError('file_malformed', `The ZIP ${message}.`, { pointer });

/** Where the end record is: last, but for a comment of up to 64 KiB. */
function findEnd(view: DataView): number {
  const first = Math.max(view.byteLength - endBytes - 0xffff, 0);
  for (let at = view.byteLength - endBytes; at >= first; at--) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
  throw new AtlasError('file_truncated', 'The ZIP has no directory at its end.', { pointer: '/entries' });
}

/** A name with plain slashes; refuses all that could lead out of the archive (CWE-22). */
function safeName(raw: Uint8Array, pointer: string): string {
  const name = new TextDecoder().decode(raw).replaceAll('\\', '/');
  const leadsOut = name.startsWith('/') || /^[a-z]:/i.test(name) || name.split('/').includes('..');
  if (leadsOut || name.includes('\0')) {
    throw malformed(`holds a file name that leads outside: ${JSON.stringify(name.slice(0, 80))}`, pointer);
  }
  return name
    .split('/')
    .filter((part) => part !== '.')
    .join('/');
}

function readEntry(view: DataView, at: number, index: number): { entry: ZipEntry; next: number } {
  const pointer = `/entries/${index}`;
  if (at + entryBytes > view.byteLength || view.getUint32(at, true) !== entrySignature) {
    throw malformed('directory is broken', pointer);
  }
  const nameLength = view.getUint16(at + 28, true);
  const next = at + entryBytes + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > view.byteLength) throw malformed('directory is broken', pointer);
  if (view.getUint16(at + 8, true) & 1) throw malformed('is encrypted', pointer);
  const entry = {
    name: safeName(new Uint8Array(view.buffer, view.byteOffset + at + entryBytes, nameLength), pointer),
    method: view.getUint16(at + 10, true),
    crc32: view.getUint32(at + 16, true),
    packedBytes: view.getUint32(at + 20, true),
    bytes: view.getUint32(at + 24, true),
    headerOffset: view.getUint32(at + 42, true),
  };
  // Zip64 marks what is elsewhere with all ones; nothing within our limits needs it.
  if ([entry.packedBytes, entry.bytes, entry.headerOffset].includes(0xffffffff)) {
    throw new AtlasError('file_too_large', `The ZIP holds ${entry.name} in Zip64 form, past 4 GiB.`, { pointer });
  }
  return { entry, next };
}

const bomb = (message: string, pointer = '/entries'): AtlasError =>
  new AtlasError('archive_bomb', message, { pointer });

/** Archives below this size expand to little whatever their ratio: empty scans and flat colours pack very well. */
const ratioMattersFromBytes = 16 * 1024 * 1024;

/** Files must not share packed bytes: overlapping ones are how a bomb grows without nesting (Fifield, WOOT 2019). */
function checkOverlap(entries: readonly ZipEntry[], fileBytes: number): void {
  const sorted = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  for (const [i, entry] of sorted.entries()) {
    const end = entry.headerOffset + localBytes + entry.packedBytes;
    if (end > fileBytes) {
      throw new AtlasError('file_truncated', `The ZIP ends within ${entry.name}.`, { pointer: '/entries' });
    }
    if (end > (sorted[i + 1]?.headerOffset ?? fileBytes)) throw bomb(`Files of the archive overlap at ${entry.name}.`);
  }
}

function checkTotals(entries: readonly ZipEntry[], fileBytes: number, limits: SourceLimits): void {
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (total > limits.archiveBytes) {
    throw bomb(`The archive says it expands to ${total} bytes; the limit is ${limits.archiveBytes}.`);
  }
  if (total > ratioMattersFromBytes && total > fileBytes * limits.archiveRatio) {
    throw bomb(`The archive of ${fileBytes} bytes expands to ${total}: over ${limits.archiveRatio} times.`);
  }
}

/**
 * Reads the central directory of a ZIP (APPNOTE.TXT 6.3.10, sections 4.3.12–16) and holds it against the limits. Nothing
 * is unpacked.
 * @throws archive_bomb, file_truncated, file_malformed, file_too_large
 */
export function readZipDirectory(bytes: Uint8Array, limits: SourceLimits): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < endBytes)
    throw new AtlasError('file_truncated', 'The ZIP is too short.', { pointer: '/entries' });
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  if (count > limits.archiveEntries) {
    throw bomb(`The archive holds ${count} files; the limit is ${limits.archiveEntries}.`);
  }
  const entries: ZipEntry[] = [];
  for (let i = 0, at = view.getUint32(end + 16, true); i < count; i++) {
    const { entry, next } = readEntry(view, at, i);
    entries.push(entry);
    at = next;
  }
  if (new Set(entries.map((entry) => entry.name)).size < entries.length) throw malformed('holds one name twice');
  checkOverlap(entries, bytes.byteLength);
  checkTotals(entries, bytes.byteLength, limits);
  return entries;
}
