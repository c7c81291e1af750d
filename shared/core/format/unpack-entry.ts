import { Inflate } from 'fflate';
import { AtlasError } from '../../errors.ts';
import type { ZipEntry } from './zip-directory.ts';

const localSignature = 0x04034b50;
const localBytes = 30;
/** Packed bytes that are inflated at a time: deflate yields at most about 1,032 for each, so 64 MB a step. */
const stepBytes = 64 * 1024;

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 as ZIP and PNG use it (ISO 3309). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crcTable[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function inflate(packed: Uint8Array, entry: ZipEntry): Uint8Array {
  const out = new Uint8Array(entry.bytes);
  let length = 0;
  const stream = new Inflate((chunk) => {
    if (length + chunk.length > out.length) {
      throw new AtlasError('archive_bomb', `${entry.name} expands past the ${entry.bytes} bytes that it declares.`, {
        pointer: '/entries',
      });
    }
    out.set(chunk, length);
    length += chunk.length;
  });
  try {
    for (let at = 0; at < packed.length; at += stepBytes) {
      stream.push(packed.subarray(at, at + stepBytes), at + stepBytes >= packed.length);
    }
  } catch (cause) {
    if (cause instanceof AtlasError) throw cause;
    throw new AtlasError('file_malformed', `${entry.name} cannot be unpacked.`, { pointer: '/entries', cause });
  }
  return out.subarray(0, length);
}

/**
 * Unpacks one file of an archive, never to more than it declares, and checks its sum.
 * @throws archive_bomb, file_malformed, format_unsupported
 */
export function unpackEntry(archive: Uint8Array, entry: ZipEntry): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const at = entry.headerOffset;
  const damaged = (): AtlasError =>
    new AtlasError('file_malformed', `${entry.name} is damaged within the ZIP.`, { pointer: '/entries' });
  if (at + localBytes > view.byteLength || view.getUint32(at, true) !== localSignature) throw damaged();
  const start = at + localBytes + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + entry.packedBytes > view.byteLength) throw damaged();
  if (entry.method !== 0 && entry.method !== 8) {
    throw new AtlasError('format_unsupported', `${entry.name} is packed by method ${entry.method}; deflate is read.`, {
      pointer: '/entries',
    });
  }
  const packed = archive.subarray(start, start + entry.packedBytes);
  const bytes = entry.method === 0 ? packed.slice() : inflate(packed, entry);
  if (bytes.byteLength !== entry.bytes || crc32(bytes) !== entry.crc32) throw damaged();
  return bytes;
}
