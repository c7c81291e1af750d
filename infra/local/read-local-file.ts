import { readFile, stat } from 'node:fs/promises';
import { AtlasError } from '../../shared/errors.ts';
import { limits } from '../../shared/schema/index.ts';

/** A local file within the limit on uploads. @throws file_not_found, file_too_large, invalid_request */
export async function readLocalFile(path: string): Promise<Uint8Array> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new AtlasError('file_not_found', `There is no file ${path}.`, { cause });
  });
  if (!info.isFile()) throw new AtlasError('invalid_request', `${path} is not a file.`);
  if (info.size > limits.uploadBytes) {
    throw new AtlasError('file_too_large', `The file has ${info.size} bytes; the limit is ${limits.uploadBytes}.`);
  }
  return new Uint8Array(await readFile(path));
}
