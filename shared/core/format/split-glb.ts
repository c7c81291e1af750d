import { AtlasError } from '../../errors.ts';
import type { Change } from '../../schema/index.ts';

/** The two parts of a GLB, as views of the file. */
export interface GlbParts {
  readonly json: Uint8Array;
  readonly bin: Uint8Array | undefined;
  readonly changes: Change[];
}

const headerBytes = 12;
const chunkHeaderBytes = 8;
const magic = 0x46546c67;
const jsonChunk = 0x4e4f534a;
const binChunk = 0x004e4942;

/** `12345678` as `12,345,678`. */
const grouped = (count: number): string => count.toLocaleString('en-US');

function declaredLength(view: DataView): number {
  if (view.byteLength < headerBytes) {
    throw new AtlasError('file_truncated', `A GLB header has 12 bytes; the file has ${view.byteLength}.`, {
      pointer: '/glb/header',
    });
  }
  if (view.getUint32(0, true) !== magic) {
    throw new AtlasError('file_malformed', 'The file does not start as a GLB does.', { pointer: '/glb/header' });
  }
  const version = view.getUint32(4, true);
  if (version !== 2) {
    throw new AtlasError('format_unsupported', `The GLB has version ${version}; only glTF 2.0 is read.`, {
      pointer: '/glb/version',
    });
  }
  const length = view.getUint32(8, true);
  if (length > view.byteLength) {
    throw new AtlasError(
      'file_truncated',
      `The header says ${grouped(length)} bytes, the file has ${grouped(view.byteLength)}.`,
      { pointer: '/glb/length' },
    );
  }
  return length;
}

/**
 * Takes a GLB apart into JSON and binary chunk, trusting no length (glTF 2.0 section 4.4). Nothing is copied. Unknown
 * chunks are passed over; bytes behind the declared length are left out and reported.
 * @throws file_truncated, file_malformed, format_unsupported
 */
export function splitGlb(file: Uint8Array): GlbParts {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = declaredLength(view);
  const changes: Change[] = [];
  if (end < file.byteLength) {
    const message = `Left out ${grouped(file.byteLength - end)} bytes behind the end that the header declares.`;
    changes.push({ code: 'trailing_bytes_dropped', message, pointer: '/glb/length' });
  }
  let json: Uint8Array | undefined;
  let bin: Uint8Array | undefined;
  let offset = headerBytes;
  for (let chunk = 0; offset + chunkHeaderBytes <= end; chunk++) {
    const length = view.getUint32(offset, true);
    const type = view.getUint32(offset + 4, true);
    const start = offset + chunkHeaderBytes;
    if (length > end - start) {
      throw new AtlasError(
        'file_truncated',
        `Chunk ${chunk} says ${grouped(length)} bytes, only ${grouped(end - start)} are left.`,
        { pointer: `/glb/chunks/${chunk}` },
      );
    }
    if (chunk === 0 && type !== jsonChunk) break;
    if (chunk === 0) json = file.subarray(start, start + length);
    else if (type === binChunk) bin ??= file.subarray(start, start + length);
    // Chunks are padded to four bytes; some writers leave the padding out of the length.
    offset = start + length + ((4 - (length % 4)) % 4);
  }
  if (!json) {
    throw new AtlasError('file_malformed', 'The first chunk of the GLB is not JSON.', { pointer: '/glb/chunks/0' });
  }
  return { json, bin, changes };
}
