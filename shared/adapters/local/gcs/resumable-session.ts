import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../../ids.ts';
import type { DiskBucket, Preconditions } from '../disk-bucket.ts';
import type { PartFile } from '../part-file.ts';

/** An upload that may come in pieces, over many connections and past restarts. */
export interface ResumableSession {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly resource: Record<string, unknown>;
  readonly contentType?: string;
  readonly when: Preconditions;
  readonly totalBytes?: number;
}

/** After a week an unfinished upload is forgotten, as in Cloud Storage. */
const lifeMs = 7 * 24 * 3_600_000;

const folderOf = (disk: DiskBucket): string => join(disk.incoming, 'resumable');
const bytesOf = (disk: DiskBucket, id: string): string => join(folderOf(disk), `${id}.bytes`);
const noteOf = (disk: DiskBucket, id: string): string => join(folderOf(disk), `${id}.json`);

async function forgetOld(disk: DiskBucket): Promise<void> {
  for (const name of await readdir(folderOf(disk))) {
    const path = join(folderOf(disk), name);
    const changed = (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (changed < Date.now() - lifeMs) await rm(path, { force: true });
  }
}

/** Begins an upload; its id is a secret that allows to go on with it. */
export async function beginSession(disk: DiskBucket, session: Omit<ResumableSession, 'id'>): Promise<string> {
  const id = newId('up');
  await mkdir(folderOf(disk), { recursive: true });
  await forgetOld(disk);
  const aside = `${noteOf(disk, id)}.new`;
  await writeFile(aside, JSON.stringify({ ...session, id }), { flag: 'wx', flush: true });
  await rename(aside, noteOf(disk, id));
  return id;
}

export async function findSession(disk: DiskBucket, id: string): Promise<ResumableSession | undefined> {
  if (!/^up_[0-9a-z]{26}$/.test(id)) return undefined;
  const text = await readFile(noteOf(disk, id), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as ResumableSession);
}

/** How many bytes are on the disk. */
export const keptBytes = async (disk: DiskBucket, id: string): Promise<number> =>
  (await stat(bytesOf(disk, id)).catch(() => undefined))?.size ?? 0;

/** Adds bytes at the end, as they come; what came before a connection broke stays. */
export async function appendBytes(disk: DiskBucket, id: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(bytesOf(disk, id), 'a');
  try {
    for await (const chunk of chunks) await file.appendFile(chunk);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Copies all bytes that came into a part; they stay until `forgetBytes`, so a crash in between repeats it. */
export async function gather(disk: DiskBucket, id: string, part: PartFile): Promise<void> {
  if ((await keptBytes(disk, id)) === 0) return;
  for await (const chunk of createReadStream(bytesOf(disk, id), { highWaterMark: 1 << 20 })) {
    await part.write(chunk as Buffer);
  }
}

export const forgetBytes = (disk: DiskBucket, id: string): Promise<void> => rm(bytesOf(disk, id), { force: true });

export async function forgetSession(disk: DiskBucket, id: string): Promise<void> {
  await rm(noteOf(disk, id), { force: true });
  await forgetBytes(disk, id);
}
