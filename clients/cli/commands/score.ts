import type { Command } from 'commander';
import type { Score, ScoreManifest } from '../../../shared/schema/index.ts';

const shown = (score: Score): string => (score === 'not_scored' ? 'not scored' : score.toFixed(3));

/** One candidate in words. */
function* linesOf({
  name,
  candidate,
  failure,
  scores,
  validator,
  models,
  notScored,
}: ScoreManifest): Generator<string> {
  if (failure) {
    yield `${name ?? candidate}: not drawn. ${failure.message} (${failure.code})`;
    return;
  }
  const lacks = validator.missing.length === 0 ? '' : ` (lacks ${validator.missing.join(', ')})`;
  yield `${name ?? candidate}: validator ${shown(validator.score)}${lacks}`;
  const parts = { ...scores, quality: validator.quality, ssim: validator.ssim, lpips: validator.lpips };
  yield `  ${Object.entries(parts)
    .flatMap(([part, score]) => (score === 'not_scored' ? [] : [`${part} ${shown(score)}`]))
    .join(' · ')}`;
  if (models.runtime) {
    yield `  by ${models.used.map((model) => model.name).join(', ')} on ${models.provider}, ${models.runtime}`;
  }
  const reasons = new Map<string, string[]>();
  for (const { part, reason } of notScored) reasons.set(reason, [...(reasons.get(reason) ?? []), part]);
  for (const [reason, lost] of reasons) yield `  not scored: ${lost.join(', ')}. ${reason}`;
}

interface Options {
  readonly prompt?: string;
  readonly promptImage?: string;
  readonly models?: string;
  readonly out?: string;
  readonly json?: boolean;
}

async function score(files: string[], options: Options): Promise<void> {
  const { scoreFiles } = await import('../../../infra/local/score.ts');
  const manifests = await scoreFiles(files, options);
  const text = options.json
    ? JSON.stringify({ manifests }, null, 2)
    : manifests.flatMap((manifest) => [...linesOf(manifest)]).join('\n');
  process.stdout.write(`${text}\n`);
  if (manifests.some(({ status }) => status === 'not_drawn')) process.exitCode = 2;
}

export function addScore(program: Command): void {
  program
    .command('score')
    .description('score models as the scoring job does, and by the network’s former formula')
    .argument('<files...>', 'GLB, glTF, OBJ, PLY or ZIP')
    .option('-p, --prompt <text>', 'what was ordered')
    .option('-i, --prompt-image <file>', 'a picture of what was ordered: PNG, JPEG or WebP')
    .option('-m, --models <folder>', 'models to score with (ATLAS_MODELS_DIR)')
    .option('-o, --out <folder>', 'keep the manifests, and take up what is there')
    .option('--json', 'print the manifests as JSON')
    .addHelpText('after', '\nExit codes:  0 all drawn · 2 one cannot be drawn · 1 error')
    .action(score);
}
