import { link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AtlasError } from '../../errors.ts';
import { newId } from '../../ids.ts';
import type { ObjectStore } from '../../ports/index.ts';

/** Out of sight: no reader of the folder takes them for files. */
const partsFolder = '.parts';
const abandonedMs = 3_600_000;
const isName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}$/;

/** Removes what a killed writer left behind. */
async function sweepParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const changedMs = (await stat(path).catch(() => undefined))?.mtimeMs;
    if (changedMs !== undefined && changedMs < Date.now() - abandonedMs) await rm(path, { force: true });
  }
}

/**
 * Plain files in one folder, each written once: it appears with all its bytes, on the disk, or not at all, whenever the
 * writer is killed; of two writers one wins. Keys are file names. The folder is made.
 */
export async function onceFolder(folder: string): Promise<Pick<ObjectStore, 'put' | 'head'>> {
  const parts = join(folder, partsFolder);
  await mkdir(parts, { recursive: true });
  await sweepParts(parts);
  const pathOf = (key: string): string => {
    if (!isName.test(key)) throw new AtlasError('invalid_request', `${key} is no file name.`);
    return join(folder, key);
  };
  return {
    async put(key, bytes) {
      const path = pathOf(key);
      const part = join(parts, newId('put'));
      const handle = await open(part, 'wx');
      try {
        await handle.writeFile(bytes);
        await handle.datasync();
        await handle.close();
        await link(part, path);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      } finally {
        await handle.close().catch(() => undefined);
        await rm(part, { force: true });
      }
    },
    async head(key) {
      const info = await stat(pathOf(key)).catch(() => undefined);
      return info?.isFile() ? { key, sizeBytes: info.size, contentType: 'application/json' } : undefined;
    },
  };
}
