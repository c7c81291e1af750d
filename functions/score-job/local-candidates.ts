import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { limits } from '../../shared/schema/index.ts';
import { scorer } from './score-candidate.ts';
import { describePrompt, type GivenPrompt, type TaskCandidate } from './score-task.ts';

/** A file of this machine. @throws file_not_found, file_too_large, invalid_request */
export async function readLocalFile(path: string, limit: number = limits.uploadBytes): Promise<Uint8Array> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new AtlasError('file_not_found', `There is no file ${path}.`, { cause });
  });
  if (!info.isFile()) throw new AtlasError('invalid_request', `${path} is not a file.`);
  if (info.size > limit) {
    throw new AtlasError('file_too_large', `${path} has ${info.size} bytes; the limit is ${limit}.`);
  }
  return new Uint8Array(await readFile(path));
}

/**
 * A local file as candidate. Its manifest’s name tells file, prompt, models and scorer, so that a manifest of another
 * question is never taken for the answer.
 *
 * @param modelsSha256 - of `models.json`, if there is one.
 * @throws what `readLocalFile` throws
 */
export async function localCandidate(
  path: string,
  prompt: GivenPrompt | undefined,
  modelsSha256: string | undefined,
): Promise<TaskCandidate> {
  const name = basename(path);
  const candidate = sha256Hex(await readLocalFile(path));
  const question = sha256Hex(JSON.stringify([scorer, candidate, name, describePrompt(prompt), modelsSha256 ?? null]));
  const shown =
    name
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^-+/, '')
      .slice(0, 80) || 'file';
  return {
    ...{ candidate, name, isMaster: false, manifestKey: `${shown}.${question.slice(0, 16)}.json` },
    // Read again in its turn: many large files do not lie in memory together.
    read: () => readLocalFile(path),
  };
}
