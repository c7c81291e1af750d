import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import { zipSync } from 'fflate';
import { AtlasError } from '../../shared/errors.ts';

export interface SourceFile {
  readonly fileName: string;
  readonly sizeBytes: number;
  /** A path to stream from, or bytes that were packed here. */
  readonly content: string | Uint8Array;
}

/** Relative file names that a glTF or OBJ refers to; what points outside its folder is left for the server to refuse. */
function references(fileName: string, text: string): string[] {
  const found = /\.gltf$/i.test(fileName)
    ? [...text.matchAll(/"uri"\s*:\s*"([^"]+)"/g)].map((match) => decodeURIComponent(match[1] ?? ''))
    : [...text.matchAll(/^(?:mtllib|map_\w+|bump|norm)\s+(?:-\S+\s+\S+\s+)*(.+?)\s*$/gm)].map(
        (match) => match[1] ?? '',
      );
  return found.filter(
    (name) => !/^[a-z][a-z0-9+.-]*:/i.test(name) && !normalize(name).startsWith('..') && !name.startsWith('/'),
  );
}

async function gather(folder: string, name: string, into: Map<string, Uint8Array>): Promise<void> {
  const bytes = await readFile(join(folder, name)).catch(() => undefined);
  if (!bytes || into.has(name)) return;
  into.set(name, bytes);
  if (/\.(gltf|obj|mtl)$/i.test(name)) {
    for (const reference of references(name, bytes.toString('utf8'))) await gather(folder, reference, into);
  }
}

/**
 * Reads what a job starts from. A glTF or OBJ that refers to files beside it is packed with them into one ZIP, as the
 * API takes only whole files.
 */
export async function readSourceFile(path: string): Promise<SourceFile> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new AtlasError(
      'file_not_found',
      `There is no file ${path}. Atlas starts from a GLB, glTF, OBJ, PLY or ZIP file.`,
      { cause },
    );
  });
  if (!info.isFile()) throw new AtlasError('invalid_request', `${path} is not a file.`);
  const fileName = basename(path);
  const whole = { fileName, sizeBytes: info.size, content: path };
  if (info.size === 0) throw new AtlasError('file_empty', `${path} is empty.`);
  if (!/\.(gltf|obj)$/i.test(fileName)) return whole;
  const files = new Map<string, Uint8Array>();
  await gather(dirname(path), fileName, files);
  if (files.size < 2) return whole;
  const content = zipSync(Object.fromEntries(files), { level: 0 });
  return { fileName: fileName.replace(/\.[^.]*$/, '.zip'), sizeBytes: content.byteLength, content };
}
