import { basename } from 'node:path';
import { localEngine } from '../../functions/deps.ts';
import { reportHtml } from '../../shared/core/quality/report/report-html.ts';
import type { EngineTask, EngineTasks, GatePicture } from '../../shared/ports/index.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';
import type { GateReport } from '../../shared/schema/index.ts';
import { readLocalFile } from './read-local-file.ts';

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
