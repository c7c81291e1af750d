import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { subscriptions } from '../../functions/deps.ts';
import { functionNames } from '../../functions/index.ts';
import { sweepNames } from '../../functions/sweep/sweep.ts';
import { readConfig } from '../../shared/config.ts';
import { webhookKeyName } from '../../shared/records/webhook-secrets.ts';
import { limits } from '../../shared/schema/index.ts';
import { type Mutation, mutations, refused, testMutations } from './mutations.ts';
import { type Finding, type Plan, readPlan } from './plan.ts';
import { askingFiles, storeQueries } from './queries.ts';
import {
  bucketsAreClosed,
  callersAreNamed,
  databaseIsNamed,
  noProjectWideStorage,
  noPublicMember,
  ownAccounts,
  rolesAreListed,
  secretsAreRead,
} from './rules/access.ts';
import {
  databaseIsSafe,
  edgeIsGuarded,
  indexesCoverQueries,
  queriesAreListed,
  troubleIsAnnounced,
} from './rules/data.ts';
import { metricsMatchCode, queriesNameMetrics } from './rules/metrics.ts';
import {
  type Code,
  deliveriesMatchCode,
  functionsFit,
  scoringFits,
  settingsAreComplete,
  topicsHaveDeadLetters,
  workflowIsOurs,
} from './rules/pipeline.ts';
import { customRolesAreNarrow, sweepsAreScheduled } from './rules/schedule.ts';
import { valuesAreKnown } from './rules/values.ts';
import { type TerraformHome, terraformHome } from './terraform-home.ts';

const run = promisify(execFile);
const maxBuffer = 64 * 2 ** 20;

const code: Code = {
  functions: functionNames,
  subscriptions,
  readConfig,
  workflow: readFileSync('workflows/produce-asset.yaml', 'utf8'),
  workMemoryMb: limits.workMemoryMb,
};

/** Names of secrets, as the cloud’s adapter asks for them, and the functions whose code does. */
const secretReaders = { [`atlas-${webhookKeyName}`]: ['api', 'webhook'] };

const rules: Record<string, (plan: Plan) => Finding[]> = {
  'roles-are-listed': rolesAreListed,
  'no-project-wide-storage': noProjectWideStorage,
  'no-public-member': noPublicMember,
  'database-is-named': databaseIsNamed,
  'buckets-are-closed': bucketsAreClosed,
  'own-accounts': ownAccounts,
  'callers-are-named': callersAreNamed,
  'secrets-are-read': (plan) => secretsAreRead(plan, secretReaders),
  'values-are-known': valuesAreKnown,
  'topics-have-dead-letters': (plan) => topicsHaveDeadLetters(plan, code),
  'deliveries-match-code': (plan) => deliveriesMatchCode(plan, code),
  'functions-fit': (plan) => functionsFit(plan, code),
  'workflow-is-ours': (plan) => workflowIsOurs(plan, code),
  'scoring-fits': (plan) => scoringFits(plan, code),
  'settings-are-complete': (plan) => settingsAreComplete(plan, code),
  'indexes-cover-queries': (plan) => indexesCoverQueries(plan, storeQueries),
  'queries-are-listed': () => queriesAreListed(askingFiles(['functions', 'shared/records']), storeQueries),
  'sweeps-are-scheduled': (plan) => sweepsAreScheduled(plan, sweepNames),
  'custom-roles-are-narrow': customRolesAreNarrow,
  'database-is-safe': databaseIsSafe,
  'trouble-is-announced': troubleIsAnnounced,
  'metrics-match-code': metricsMatchCode,
  'queries-name-metrics': queriesNameMetrics,
  'edge-is-guarded': edgeIsGuarded,
};

const counts = { passed: 0, failed: 0, skipped: 0 };

async function check(name: string, body: () => Promise<string[]>): Promise<void> {
  const startedMs = Date.now();
  const problems = await body().catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
  counts[problems.length === 0 ? 'passed' : 'failed'] += 1;
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
  for (const problem of problems) console.log(`     ${problem.replaceAll('\n', '\n     ')}`);
}

/** What Terraform says when it fails; undefined when it does not. */
async function complaint(home: TerraformHome, cwd: string, args: readonly string[]): Promise<string | undefined> {
  try {
    await run('terraform', [...args, '-no-color'], { cwd, env: home.env, maxBuffer });
    return undefined;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const said = (stderr.trim() || stdout).split('\n').slice(0, 40).join('\n');
    return `terraform ${args[0]} failed:\n${said}`;
  }
}
const passes = async (home: TerraformHome, cwd: string, ...args: string[]): Promise<string[]> => {
  const said = await complaint(home, cwd, args);
  return said === undefined ? [] : [said];
};

/** Plans a copy as an environment would have it. @throws what Terraform says */
async function planOf(home: TerraformHome, root: string): Promise<Plan> {
  const said = await complaint(home, root, [
    'plan',
    '-out=plan',
    '-refresh=false',
    '-lock=false',
    '-var-file=tests/plan.tfvars',
  ]);
  if (said !== undefined) throw new Error(said);
  const { stdout } = await run('terraform', ['show', '-json', '-no-color', 'plan'], {
    cwd: root,
    env: home.env,
    maxBuffer,
  });
  return readPlan(stdout);
}

const describe = ({ rule, address, message }: Finding): string => `${rule}: ${address} ${message}`;

/** A copy with one edit, ready to be planned. */
async function mutated(home: TerraformHome, name: string, { file, from, to }: Mutation): Promise<string> {
  const root = home.copy(name);
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} no longer contains ${JSON.stringify(from)}`);
  writeFileSync(path, from === '' ? `${text}\n${to}` : text.replace(from, () => to));
  const said = await complaint(home, root, ['init', '-backend=false']);
  // A reference into nowhere is noticed as early as this by some versions; the caller’s command says so again.
  if (said !== undefined && !/Error/.test(said)) throw new Error(said);
  return root;
}

async function checkAsItIs(home: TerraformHome): Promise<void> {
  await check('terraform fmt', () => passes(home, 'infra/terraform', 'fmt', '-check', '-recursive', '-diff'));
  await check('terraform init', () => passes(home, home.root, 'init', '-backend=false'));
  await check('terraform validate', () => passes(home, home.root, 'validate'));
  await check('terraform validate of the example', async () => {
    const example = join(home.root, 'example');
    return (await passes(home, example, 'init', '-backend=false')).concat(await passes(home, example, 'validate'));
  });
  await check('terraform test', () => passes(home, home.root, 'test'));
  const plan = await planOf(home, home.root);
  console.log(`     the plan makes ${plan.resources.length} resources`);
  for (const [name, rule] of Object.entries(rules)) await check(name, async () => rule(plan).map(describe));
}

/** Two at a time: Terraform keeps one core busy, and waits for the provider in between. */
async function inPairs<T>(list: readonly T[], body: (item: T) => Promise<void>): Promise<void> {
  const queue = [...list];
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await body(item);
  };
  await Promise.all([work(), work()]);
}

async function checkMutations(home: TerraformHome): Promise<void> {
  let number = 0;
  const copyOf = (mutation: Mutation): Promise<string> => mutated(home, `mutation-${number++}`, mutation);
  const fails = async (mutation: Mutation, ...args: string[]): Promise<string[]> =>
    (await complaint(home, await copyOf(mutation), args)) ? [] : ['nobody noticed'];
  await inPairs(refused, (mutation) =>
    check(`refused by validate: ${mutation.rule}`, () => fails(mutation, 'validate')),
  );
  await inPairs(mutations, (mutation) =>
    check(`noticed: ${mutation.rule} ← ${mutation.to.slice(0, 60).split('\n')[0]}`, async () => {
      const plan = await planOf(home, await copyOf(mutation));
      return rules[mutation.rule]?.(plan).length ? [] : ['nobody noticed'];
    }),
  );
  await inPairs(testMutations, (mutation) =>
    check(`noticed by ${mutation.rule}`, () => fails(mutation, 'test', '-filter=tests/atlas.tftest.hcl')),
  );
  await check('noticed: every rule has a mutation', async () => {
    const shown = new Set([...mutations.map(({ rule }) => rule), 'queries-are-listed']);
    return Object.keys(rules).filter((name) => !shown.has(name));
  });
  await check('noticed: queries-are-listed ← an unlisted file', async () =>
    queriesAreListed(['shared/records/new.ts'], []).length === 1 ? [] : ['nobody noticed'],
  );
}

function version(): string | undefined {
  try {
    return execFileSync('terraform', ['version'], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .split('\n')[0];
  } catch {
    return undefined;
  }
}

const found = version();
if (found === undefined) {
  counts.skipped = 1;
  console.log(
    'MISSING: terraform is not installed; NOTHING of infra/terraform was checked. See https://developer.hashicorp.com/terraform/install',
  );
} else {
  console.log(found);
  const home = await terraformHome();
  try {
    await checkAsItIs(home);
    await checkMutations(home);
  } catch (error) {
    counts.failed += 1;
    console.error(error);
  } finally {
    home.remove();
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;
