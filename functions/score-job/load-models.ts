import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { PinnedModelFile } from '../../shared/ports/index.ts';
import { ModelDirectory, type ModelEntry, type ModelKind, type NotScoredCode } from '../../shared/schema/index.ts';

export interface NotScored {
  readonly code: NotScoredCode;
  readonly reason: string;
}

/** The models of a directory, or why there are none. */
export interface LoadedModels {
  readonly folder: string;
  /** Of `models.json`, which pins every other file; of nothing when there is none. */
  readonly sha256: string | undefined;
  readonly models: readonly ModelEntry[];
  /** Set when nothing of it can be used. */
  readonly fault: NotScored | undefined;
}

/** A mounted bucket may hang; the job does not wait for it longer. */
const readTimeoutMs = 60_000;

async function inTime<T>(reading: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} was not read in ${readTimeoutMs} ms`)), readTimeoutMs);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

const faulty = (folder: string, code: NotScoredCode, reason: string): LoadedModels => ({
  ...{ folder, models: [], sha256: undefined },
  fault: { code, reason },
});

/**
 * Reads `models.json` of a directory. Never throws: without models the job gives the scores that need none.
 *
 * @param folder - undefined: none is mounted.
 */
export async function loadModels(folder: string | undefined): Promise<LoadedModels> {
  if (folder === undefined) return faulty('', 'no_models', 'No directory of models is mounted.');
  const path = join(folder, 'models.json');
  let bytes: Buffer;
  try {
    bytes = await inTime(readFile(path), path);
  } catch (error) {
    return faulty(folder, 'models_unreadable', `models.json cannot be read: ${(error as Error).message}`);
  }
  try {
    const { models } = ModelDirectory.parse(JSON.parse(bytes.toString('utf8')));
    return { folder, models, sha256: sha256Hex(bytes), fault: undefined };
  } catch (error) {
    return faulty(folder, 'models_unreadable', `models.json is not valid: ${(error as Error).message.slice(0, 500)}`);
  }
}

type EntryOf<K extends ModelKind> = Extract<ModelEntry, { kind: K }>;

/** The model of a kind, or why there is none. */
export function modelOf<K extends ModelKind>(loaded: LoadedModels, kind: K): EntryOf<K> | NotScored {
  if (loaded.fault) return loaded.fault;
  const found = loaded.models.find((model): model is EntryOf<K> => model.kind === kind);
  return found ?? { code: 'no_such_model', reason: `models.json names no model of kind ${kind}.` };
}

/** Where a model’s file lies. */
export const pinnedIn = (folder: string, { file, sha256 }: { file: string; sha256: string }): PinnedModelFile => ({
  path: join(folder, file),
  sha256,
});

/** Reads a small file of a model. @throws AtlasError when it is missing or another */
export async function readPinned(folder: string, pinned: { file: string; sha256: string }): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await inTime(readFile(join(folder, pinned.file)), pinned.file);
  } catch (cause) {
    throw new AtlasError('file_not_found', `${pinned.file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (sha256Hex(bytes) !== pinned.sha256) {
    throw new AtlasError('file_malformed', `${pinned.file} is damaged or another: its SHA-256 is ${sha256Hex(bytes)}.`);
  }
  return bytes.toString('utf8');
}
