import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { localEngine } from '../../functions/deps.ts';
import { reportHtml } from '../../shared/core/quality/report/report-html.ts';
import { AtlasError } from '../../shared/errors.ts';
import type { EngineTask, EngineTasks, GatePicture } from '../../shared/ports/index.ts';
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

export interface CheckedFile {
  readonly report: GateReport;
  readonly pictures: readonly GatePicture[];
  /** The target as people call it. */
  readonly title: string;
  /** The report for people, one page of HTML, made when it is asked for. */
  page(): string;
}

/** Runs the gate on a local GLB as it is. @throws AtlasError unknown_target, or why it cannot be read */
export async function checkFile(path: string, target: string): Promise<CheckedFile> {
  const profile = findProfile(target);
  const bytes = await readLocalFile(path);
  const fileName = basename(path);
  const { report, pictures } = await runOnce('check', { bytes, fileName, profile });
  return {
    ...{ report, pictures, title: profile.title },
    page: () =>
      reportHtml({
        report,
        profile,
        fileName,
        pictures: new Map(pictures.map(({ meta, bytes }) => [meta.name, bytes])),
      }),
  };
}

/** Draws a local file, and the one that it was made of if there is one. @throws AtlasError why either cannot be read */
export async function presentFile(path: string, sourcePath?: string): Promise<readonly GatePicture[]> {
  const read = async (one: string) => ({ bytes: await readLocalFile(one), fileName: basename(one) });
  const { pictures } = await runOnce('present', {
    ...(await read(path)),
    ...(sourcePath === undefined ? {} : { source: await read(sourcePath) }),
  });
  return pictures;
}
