import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { localEngine, visionJudgeFrom } from '../../functions/deps.ts';
import {
  type ComparedPrompt,
  type Comparison,
  compareCandidates,
} from '../../functions/score-job/compare-candidates.ts';
import type { DuelJudge } from '../../functions/score-job/hold-duel.ts';
import { type Config, readConfig } from '../../shared/config.ts';
import { AtlasError } from '../../shared/errors.ts';
import { limits } from '../../shared/schema/index.ts';

/** Candidates of one comparison: as many as a job may have. */
const mostFiles = 8;
/** Characters of a prompt; more is no description of one object. */
const promptLength = 2000;
/** Bytes of a prompt image. */
const imageBytes = 20 * 1024 * 1024;

/** A local file of limited size. @throws file_not_found, file_too_large, invalid_request */
async function readLocal(path: string, limit: number): Promise<Uint8Array> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new AtlasError('file_not_found', `There is no file ${path}.`, { cause });
  });
  if (!info.isFile()) throw new AtlasError('invalid_request', `${path} is not a file.`);
  if (info.size > limit) {
    throw new AtlasError('file_too_large', `${path} has ${info.size} bytes; the limit is ${limit}.`);
  }
  return new Uint8Array(await readFile(path));
}

/** The network’s judge has 1024 pixels; models that see shrink most pictures to about this. */
const picturePx = 768;

/** 25 questions at most, and room to repeat some; five minutes, of which a slow model takes ten seconds a question. */
function judgeFrom(config: Config): DuelJudge | undefined {
  const vision = visionJudgeFrom(config);
  if (!vision) return undefined;
  const microUsd = config.vision?.price ? config.vision.budgetMicroUsd : undefined;
  return {
    vision,
    picturePx,
    timeoutMs: 300_000,
    budget: { calls: 40, callsPerQuestion: 3, microUsd, concurrency: 4 },
  };
}

async function readPrompt({ prompt, image }: { prompt?: string; image?: string }): Promise<ComparedPrompt | undefined> {
  if (prompt !== undefined && image !== undefined) {
    throw new AtlasError('invalid_request', 'Give a prompt or an image, not both.');
  }
  if (image !== undefined) return { kind: 'image', image: await readLocal(image, imageBytes) };
  if (prompt === undefined) return undefined;
  if (prompt.trim() === '' || prompt.length > promptLength) {
    throw new AtlasError('invalid_request', `The prompt must have 1 to ${promptLength} characters.`);
  }
  return { kind: 'text', text: prompt };
}

/**
 * Compares local files with each other, by the vision model that the environment names or without any model.
 * @throws AtlasError for wrong use, and why a file cannot be judged
 */
export async function duelFiles(
  paths: readonly string[],
  options: { prompt?: string; image?: string },
): Promise<Comparison> {
  if (paths.length < 2 || paths.length > mostFiles) {
    throw new AtlasError('invalid_request', `Name 2 to ${mostFiles} files.`);
  }
  const judge = judgeFrom(readConfig(process.env));
  const prompt = await readPrompt(options);
  if (judge && !prompt) {
    throw new AtlasError('invalid_request', 'The vision model needs to know what was ordered: --prompt or --image.');
  }
  const files = await Promise.all(
    paths.map(async (path) => ({ name: basename(path), bytes: await readLocal(path, limits.uploadBytes) })),
  );
  const engine = localEngine(Math.min(paths.length, availableParallelism()));
  try {
    return await compareCandidates(engine, files, prompt, judge);
  } finally {
    await engine.close();
  }
}
