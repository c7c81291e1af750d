import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { localEngine } from '../../functions/deps.ts';
import { AtlasError } from '../../shared/errors.ts';
import type { EngineTask, EngineTasks } from '../../shared/ports/index.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';
import { type GateReport, limits } from '../../shared/schema/index.ts';

/** A local file within the limit on uploads. @throws file_not_found, file_too_large */
async function readLocalFile(path: string): Promise<Uint8Array> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new AtlasError('file_not_found', `There is no file ${path}.`, { cause });
  });
  if (!info.isFile()) throw new AtlasError('invalid_request', `${path} is not a file.`);
  if (info.size > limits.uploadBytes) {
    throw new AtlasError('file_too_large', `The file has ${info.size} bytes; the limit is ${limits.uploadBytes}.`);
  }
  return new Uint8Array(await readFile(path));
}

/** One task on a thread that ends with it. */
async function runOnce<T extends EngineTask>(
  task: T,
  input: EngineTasks[T]['input'],
): Promise<EngineTasks[T]['output']> {
  const engine = localEngine(1);
  try {
    return await engine.run(task, input);
  } finally {
    await engine.close();
  }
}

/** Measures a local file. @throws AtlasError why it cannot be read */
export async function inspectFile(path: string): Promise<EngineTasks['inspect']['output']> {
  return runOnce('inspect', { bytes: await readLocalFile(path), fileName: basename(path) });
}

/** Runs the gate on a local GLB as it is. @throws AtlasError unknown_target, or why it cannot be read */
export async function checkFile(path: string, target: string): Promise<GateReport> {
  const profile = findProfile(target);
  const { report } = await runOnce('check', { bytes: await readLocalFile(path), fileName: basename(path), profile });
  return report;
}
