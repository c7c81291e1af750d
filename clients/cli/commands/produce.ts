import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { JobRequest, type Recipe, Recipe as RecipeSchema } from '../../../shared/schema/index.ts';
import { connect } from '../connect.ts';
import { exitCodeOf, produce } from '../produce.ts';
import { progressOn } from '../progress.ts';
import { summaryOf } from '../summary.ts';

interface Options {
  readonly target: string[];
  readonly recipe?: string;
  readonly candidates: string;
  readonly maxCost?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Reads a recipe in YAML or JSON and checks it before anything is sent. */
async function readRecipe(path: string): Promise<Recipe> {
  return RecipeSchema.parse(parse(await readFile(path, 'utf8')));
}

const requestBody = JobRequest.omit({ source: true });

async function run(file: string, options: Options): Promise<void> {
  const request = requestBody.parse({
    targets: options.target,
    candidates: Number(options.candidates),
    ...(options.recipe ? { recipe: await readRecipe(options.recipe) } : {}),
    ...(options.maxCost ? { maxCostMicroUsd: Math.round(Number(options.maxCost) * 1e6) } : {}),
  });
  const connection = await connect(process.env);
  const interrupted = new AbortController();
  const onInterrupt = () => interrupted.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  // Dispatch and settle once, three stages a target; settle reports by the job’s own end.
  const progress = progressOn(process.stderr, 1 + 3 * request.targets.length, options.json === true);
  try {
    const result = await produce(connection.api, {
      ...{ file, request, out: options.out, signal: interrupted.signal },
      onEvent: (event) => progress.show(event),
    });
    progress.end();
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : summaryOf(result));
    process.exitCode = exitCodeOf(result);
  } finally {
    progress.end();
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
    await connection.close();
  }
}

export function addProduce(program: Command): void {
  program
    .command('produce')
    .description('make delivered, checked files of a raw 3D file')
    .argument('<file>', 'GLB, glTF, OBJ, PLY or ZIP')
    .requiredOption(
      '-t, --target <profile>',
      'target profile; repeat it, or separate several by commas (see atlas profiles)',
      (value: string, before: string[] = []) => [...before, ...value.split(',').filter(Boolean)],
    )
    .requiredOption('-o, --out <dir>', 'folder for the results')
    .option('-r, --recipe <file>', 'overrides of any step, YAML or JSON')
    .option('-c, --candidates <n>', 'candidates to ask a generator for', '1')
    .option('--max-cost <usd>', 'refuse the job when its price would be higher')
    .option('--json', 'print one JSON document instead of text')
    .action(run);
}
