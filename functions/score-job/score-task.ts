import { AtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import { describeError, type Log } from '../../shared/log.ts';
import type { Engine, ModelRunner, ObjectStore, TurnTable } from '../../shared/ports/index.ts';
import type { ScoreManifest } from '../../shared/schema/index.ts';
import type { LoadedModels } from './load-models.ts';
import { type ScorePrompt, scoreByModels } from './score-by-models.ts';
import { type ScoredThing, scoreCandidate, unscoredCandidate } from './score-candidate.ts';

/** What candidates are held against, as it came. */
export type GivenPrompt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly image: Uint8Array };

export interface TaskCandidate {
  readonly candidate: string;
  /** Of a local file. */
  readonly name?: string | undefined;
  readonly manifestKey: string;
  readonly isMaster: boolean;
  /** Its bytes, read when its turn comes. */
  read(): Promise<Uint8Array>;
}

export interface ScoreTask {
  readonly candidates: readonly TaskCandidate[];
  readonly prompt: GivenPrompt | undefined;
  readonly models: LoadedModels;
  /** Where manifests are created, each once. */
  readonly manifests: Pick<ObjectStore, 'put' | 'head'>;
  readonly engine: Engine;
  readonly runner: ModelRunner;
  readonly log: Log;
}

/** How many manifests were written, were there before, and could not be made. */
export interface TaskOutcome {
  written: number;
  cached: number;
  failed: number;
}

/** Digest and kind of a prompt, as a manifest holds them. */
export function describePrompt(prompt: GivenPrompt | undefined): ScoreManifest['prompt'] {
  if (!prompt) return null;
  return { kind: prompt.kind, sha256: sha256Hex(prompt.kind === 'text' ? prompt.text : prompt.image) };
}

/** What is broken, too large or takes for ever gets a manifest that says so; what another try may mend does not. */
const isItsFault = (error: unknown): error is AtlasError =>
  error instanceof AtlasError && !error.retryable && error.pointer !== '/prompt';

async function makeManifest(one: TaskCandidate, task: ScoreTask): Promise<ScoreManifest> {
  const { prompt, models, engine, runner } = task;
  const thing: ScoredThing = { candidate: one.candidate, name: one.name, prompt: describePrompt(prompt) };
  const bytes = await one.read();
  let drawn: TurnTable;
  try {
    drawn = await engine.run('turnTable', {
      // The engine takes buffers over.
      ...{ bytes, fileName: one.name, isMaster: one.isMaster },
      prompt: prompt?.kind === 'image' ? prompt.image.slice() : undefined,
    });
  } catch (error) {
    if (!isItsFault(error)) throw error;
    return unscoredCandidate(thing, { code: error.code, message: error.message }, null);
  }
  const { stats, ssim, views, isVisible } = drawn;
  if (!isVisible) {
    return unscoredCandidate(thing, { code: 'not_visible', message: 'Nothing of it can be seen.' }, stats);
  }
  const picture = drawn.prompt;
  const wanted: ScorePrompt | undefined = picture
    ? { kind: 'image', picture }
    : prompt?.kind === 'text'
      ? prompt
      : undefined;
  const byModels = await scoreByModels(views, wanted, models, runner);
  const runtime = byModels.used.length > 0 ? runner.runtime() : undefined;
  return scoreCandidate(thing, { stats, ssim, byModels, runtime });
}

/**
 * Scores candidates one after the other and writes a manifest for each, create-if-absent: it may be killed at any time and
 * run again. One that fails for a reason that is not its own is logged and counted; the others are scored all the same.
 */
export async function scoreTask(task: ScoreTask, outcome: TaskOutcome): Promise<void> {
  const { manifests, log } = task;
  for (const one of task.candidates) {
    const { manifestKey } = one;
    try {
      if (await manifests.head(manifestKey)) {
        outcome.cached++;
        continue;
      }
      const manifest = await makeManifest(one, task);
      const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
      const isFirst = await manifests.put(manifestKey, bytes, { contentType: 'application/json' });
      outcome[isFirst ? 'written' : 'cached']++;
      log('INFO', 'candidate scored', {
        manifest: manifestKey,
        status: manifest.status,
        notScored: manifest.notScored,
      });
    } catch (error) {
      outcome.failed++;
      log('ERROR', 'scoring failed', { manifest: manifestKey, error: describeError(error) });
    }
  }
}
