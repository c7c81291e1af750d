import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** What is known of an object beside its bytes. */
export interface ObjectAttributes {
  readonly contentType: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly storageClass?: string;
  /** Base 64; absent when only the CRC was counted. */
  readonly md5?: string;
  /** The resumable upload that made it. */
  readonly uploadId?: string;
  readonly componentCount?: number;
}

export interface StoredObject extends ObjectAttributes {
  readonly key: string;
  readonly sizeBytes: number;
  /** Microseconds since 1970 at which these bytes were written; grows with every overwrite. */
  readonly generation: string;
  /** Grows with every change of the attributes. */
  readonly metageneration: number;
  /** Base 64; absent for a file that was written without its attributes. */
  readonly crc32c?: string;
}

export type Trailer = Omit<StoredObject, 'key' | 'sizeBytes'>;

/** Inclusive, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** An object as it was when it was opened: a later overwrite or delete does not change what is read. */
export interface OpenObject {
  readonly info: StoredObject;
  /** Closes the object when it ends. */
  stream(range?: ByteRange): Readable;
  /** Reads all and closes. */
  bytes(): Promise<Buffer>;
  close(): Promise<void>;
}

const magic = Buffer.from('atlasob1');
const footBytes = 4 + magic.length;
/** Trailers are a few hundred bytes; Cloud Storage allows 8 KiB of custom metadata. */
const firstReadBytes = 1024;

/** What follows the bytes of an object in its file: JSON, its length as 32 bits little end first, eight bytes of magic. */
export function trailerBytes(trailer: Trailer): Buffer {
  const json = Buffer.from(JSON.stringify(trailer));
  const foot = Buffer.alloc(4);
  foot.writeUInt32LE(json.length);
  return Buffer.concat([json, foot, magic]);
}

async function tail(handle: FileHandle, fileBytes: number, sizeBytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.min(sizeBytes, fileBytes));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, fileBytes - buffer.length);
  return buffer.subarray(0, bytesRead);
}

/** The trailer and how many bytes precede it; a file without one is all bytes. */
async function readTrailer(
  handle: FileHandle,
  plainType: string,
): Promise<{ trailer: Trailer; sizeBytes: number } | undefined> {
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) return undefined;
  const fileBytes = Number(stats.size);
  let end = await tail(handle, fileBytes, firstReadBytes);
  if (end.length < footBytes || !end.subarray(-magic.length).equals(magic)) {
    const generation = String(stats.mtimeNs / 1000n);
    return { trailer: { contentType: plainType, generation, metageneration: 1 }, sizeBytes: fileBytes };
  }
  const whole = end.readUInt32LE(end.length - footBytes) + footBytes;
  if (whole > end.length) end = await tail(handle, fileBytes, whole);
  const trailer = JSON.parse(end.subarray(end.length - whole, end.length - footBytes).toString()) as Trailer;
  return { trailer, sizeBytes: fileBytes - whole };
}

const nothing = (close: () => Promise<void>): Readable =>
  new Readable({
    read() {
      close().then(
        () => this.push(null),
        (error: Error) => this.destroy(error),
      );
    },
  });

/**
 * Opens an object’s file.
 *
 * @param plainType - content type of a file that carries no attributes
 * @returns undefined when there is no such file
 */
export async function openObject(path: string, key: string, plainType: string): Promise<OpenObject | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  const close = () => handle.close();
  try {
    const read = await readTrailer(handle, plainType);
    if (!read) {
      await close();
      return undefined;
    }
    const { trailer, sizeBytes } = read;
    return {
      info: { ...trailer, key, sizeBytes },
      stream(range = { start: 0, end: sizeBytes - 1 }) {
        const end = Math.min(range.end, sizeBytes - 1);
        // A file’s stream cannot be told to read nothing.
        return end < range.start ? nothing(close) : handle.createReadStream({ start: range.start, end });
      },
      async bytes() {
        try {
          const all = Buffer.allocUnsafe(sizeBytes);
          for (let at = 0; at < sizeBytes; ) {
            const { bytesRead } = await handle.read(all, at, sizeBytes - at, at);
            if (bytesRead === 0) throw new Error(`the file of ${key} became shorter while it was read`);
            at += bytesRead;
          }
          return all;
        } finally {
          await close();
        }
      },
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}
