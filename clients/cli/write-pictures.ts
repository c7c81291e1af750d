import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportPicture } from '../../shared/schema/index.ts';

/** Writes a file in one step, so that an interrupted command leaves no half of it. */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}

const endings: Record<ReportPicture['contentType'], string> = {
  'image/png': 'png',
  'image/webp': 'webp',
  'image/jpeg': 'jpg',
};

/** Writes pictures into a folder under their names. Returns their paths in the same order. */
export async function writePictures(
  pictures: readonly { readonly meta: ReportPicture; readonly bytes: Uint8Array }[],
  folder: string,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    pictures.map(async ({ meta, bytes }) => {
      // Names come from codes of checks; whatever they hold, a file stays in its folder.
      const path = join(folder, `${meta.name.replace(/[^\w-]+/g, '-')}.${endings[meta.contentType]}`);
      await writeWhole(path, bytes);
      return path;
    }),
  );
}
