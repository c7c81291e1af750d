import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../ids.ts';
import { crc32c, crc32cText } from './crc32c.ts';
import { type Trailer, trailerBytes } from './disk-object.ts';

/** A half-written object, out of sight of every reader. */
export interface PartFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Of all bytes written so far, in base 64. */
  checksums(): { crc32c: string; md5?: string };
  write(bytes: Uint8Array): Promise<void>;
  /** Adds the trailer and waits until all of it is on the disk. */
  finish(trailer: Trailer): Promise<void>;
  /** Closes and removes it; harmless after it was moved to its place. */
  discard(): Promise<void>;
}

/** Starts a new file in `folder`. MD5 takes as long as the CRC again and is counted only when asked for. */
export async function partFile(folder: string, options: { md5?: boolean } = {}): Promise<PartFile> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, newId('put'));
  const handle = await open(path, 'wx');
  const md5 = options.md5 ? createHash('md5') : undefined;
  let crc = 0;
  let sizeBytes = 0;
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await handle.close();
  };
  return {
    path,
    get sizeBytes() {
      return sizeBytes;
    },
    checksums: () => ({ crc32c: crc32cText(crc), ...(md5 ? { md5: md5.copy().digest('base64') } : {}) }),
    async write(bytes) {
      crc = crc32c(bytes, crc);
      md5?.update(bytes);
      sizeBytes += bytes.byteLength;
      await handle.appendFile(bytes);
    },
    async finish(trailer) {
      await handle.appendFile(trailerBytes(trailer));
      // Down to the disk before it gets its name: a power cut must not leave a name over missing bytes.
      await handle.datasync();
      await close();
    },
    async discard() {
      await close();
      await rm(path, { force: true });
    },
  };
}

/** An upload of half a gigabyte may take an hour; what is older has no writer any more. */
const abandonedMs = 24 * 3_600_000;

/** Removes the parts that a crash left in `folder`. */
export async function sweepParts(folder: string, now: Date): Promise<void> {
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names.filter((one) => one.startsWith('put_'))) {
    const path = join(folder, name);
    const changedMs = (await stat(path).catch(() => undefined))?.mtimeMs;
    if (changedMs !== undefined && changedMs < now.getTime() - abandonedMs) await rm(path, { force: true });
  }
}
