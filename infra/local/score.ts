import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promptPicture } from '../../functions/engine/prompt-picture.ts';
import { loadModels } from '../../functions/score-job/load-models.ts';
import { localCandidate, readLocalFile } from '../../functions/score-job/local-candidates.ts';
import { readArguments } from '../../functions/score-job/read-arguments.ts';
import type { GivenPrompt } from '../../functions/score-job/score-task.ts';
import { childJobRunner } from '../../shared/adapters/local/child-job-runner.ts';
import { limits, ScoreManifest } from '../../shared/schema/index.ts';

export interface ScoreOptions {
  readonly prompt?: string | undefined;
  /** File of a picture of what was ordered. */
  readonly promptImage?: string | undefined;
  /** Directory of models; ATLAS_MODELS_DIR if not given. */
  readonly models?: string | undefined;
  /** Where manifests are kept, and found again; nowhere if not given. */
  readonly out?: string | undefined;
}

/** Bytes of a prompt image. */
const imageBytes = 20 * 1024 * 1024;
/** What one candidate may take at most: drawing it, and five models of ten minutes. */
const candidateMs = limits.workTimeoutMs + 5 * 600_000;

const entry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/score-job.mjs' : './score-job.mjs', import.meta.url),
);

async function readPrompt(options: ScoreOptions): Promise<GivenPrompt | undefined> {
  if (options.promptImage !== undefined) {
    const image = await readLocalFile(options.promptImage, imageBytes);
    await promptPicture(image); // Refused here, not once for each candidate.
    return { kind: 'image', image };
  }
  return options.prompt === undefined ? undefined : { kind: 'text', text: options.prompt };
}

function argumentsOf(
  paths: readonly string[],
  out: string,
  models: string | undefined,
  options: ScoreOptions,
): string[] {
  const named = { out, models, prompt: options.prompt, 'prompt-image': options.promptImage };
  const pairs = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return [...pairs, '--', ...paths];
}

/** The environment’s part in it: how models are found. Everything else is in the arguments. */
const environment = (): Record<string, string> =>
  Object.fromEntries(
    ['ATLAS_OPTIONAL_MODULES', 'ATLAS_LOG', 'TMPDIR'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/**
 * Scores local files by the scoring job, which runs as a child process: one manifest for each file, in their order.
 * @throws AtlasError for wrong use, for a file that cannot be read, and work_crashed when the job did not end well
 */
export async function scoreFiles(paths: readonly string[], options: ScoreOptions): Promise<ScoreManifest[]> {
  const models = options.models ?? process.env.ATLAS_MODELS_DIR;
  const kept = options.out === undefined ? await mkdtemp(join(tmpdir(), 'atlas-scores-')) : resolve(options.out);
  try {
    const args = argumentsOf(paths, kept, models && resolve(models), options);
    readArguments(args);
    const prompt = await readPrompt(options);
    const { sha256 } = await loadModels(models);
    const names: string[] = [];
    for (const path of paths) names.push((await localCandidate(path, prompt, sha256)).manifestKey);
    await childJobRunner({ 'atlas-score': entry }, environment).run('atlas-score', {
      ...{ args, env: {}, timeoutMs: paths.length * candidateMs },
    });
    return await Promise.all(
      names.map(async (name) => ScoreManifest.parse(JSON.parse(await readFile(join(kept, name), 'utf8')))),
    );
  } finally {
    if (options.out === undefined) await rm(kept, { recursive: true, force: true });
  }
}
