import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { setDeliveries } from './deliveries.ts';
import { deploy, destroy } from './deploy.ts';
import { writeEnvironment } from './environment.ts';
import { environmentFolder, Options } from './options.ts';
import { realWorld } from './ports.ts';

const world = realWorld(async (question) => {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
});

function withOptions(command: Command): Command {
  return command
    .requiredOption('--project <id>', 'project')
    .option('--region <region>', 'region with the L4 on Cloud Run', 'europe-west4')
    .option('--domain <host>', 'host name of the API', 'api.example.com')
    .option('--bucket-prefix <text>', 'begins the names of buckets; the project id otherwise')
    .option('--billing-account <id>', 'billing account, for a budget')
    .option('--alert-email <address...>', 'who is told when something is wrong')
    .option('--image <digest>', 'scoring image by digest; built otherwise')
    .option('--dry-run', 'only say what would be done; needs no network')
    .option('--yes', 'do not ask');
}

/** Reads the options. @throws one line for each that is wrong */
function read(raw: unknown): Options {
  const parsed = Options.safeParse(raw);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
  throw new Error(lines.join('\n'));
}

/** The token of the service account that a build runs as. */
async function tokenOfBuild(): Promise<string> {
  const url = 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token';
  const response = await fetch(url, { headers: { 'metadata-flavor': 'Google' }, signal: AbortSignal.timeout(10_000) });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

const program = new Command('deploy').description('Deploys Atlas to a project of Google Cloud, or takes it away.');
withOptions(program.command('up', { isDefault: true }).description('deploy')).action(async (raw) => {
  process.exitCode = await deploy(world, read(raw));
});
withOptions(program.command('down').description('take it away'))
  .option('--delete-data', 'all assets, jobs and usage records go for good')
  .action(async (raw) => {
    process.exitCode = await destroy(world, read(raw));
  });
withOptions(program.command('prepare').description('in a build: write the settings of the environment'))
  .addOption(new Option('--project-number <number>').makeOptionMandatory())
  .action((raw) => {
    const options = read(raw);
    writeEnvironment(options, options.projectNumber ?? '');
  });
withOptions(program.command('deliveries').description('in a build: give subscriptions their dead letters')).action(
  async (raw) => {
    const outputs = readFileSync(join(environmentFolder, 'outputs.json'), 'utf8');
    const problems = await setDeliveries(world, await tokenOfBuild(), outputs, read(raw).project);
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length === 0 ? 0 : 1;
  },
);

await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
