import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { parse } from 'yaml';
import {
  Policy,
  PolicyAction,
  type PolicyChecks,
  PolicyRequest,
  type PolicyRule,
} from '../../../shared/schema/index.ts';
import { withApi } from '../connect.ts';
import { table } from '../summary.ts';

const address = '/v1/policy';
const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

const rowsOf = (target: string, checks: PolicyChecks): string[][] =>
  Object.entries(checks).map(([code, { action, limit }]) => [
    target,
    code,
    action,
    limit === undefined ? '' : String(limit),
  ]);

function show(policy: Policy, json: boolean | undefined): void {
  if (json) {
    print(policy);
    return;
  }
  const { checks, targets = {}, reviewDays, held, sha256, since } = policy;
  const rows = [...rowsOf('all', checks), ...Object.entries(targets).flatMap(([target, own]) => rowsOf(target, own))];
  const head = rows.length === 0 ? 'No policy: the rules of the targets stand.\n' : '';
  process.stdout.write(head || table([['target', 'check', 'action', 'limit'], ...rows]));
  process.stdout.write(`A review is open for ${reviewDays} days.\n`);
  if (sha256 && since) process.stdout.write(`Policy ${sha256.slice(0, 12)}, of ${since}. It counts for new jobs.\n`);
  for (const { target, code, limit } of held) {
    process.stdout.write(`${target} keeps its own hard limit for ${code}: ${limit}.\n`);
  }
}

/** One change: a code, for one target or for all, and what becomes of it; without a rule it goes back to the target’s. */
interface Change {
  readonly target: string | undefined;
  readonly code: string;
  readonly rule: PolicyRule | undefined;
}

/** `code=action`, `code=action:limit`, `target/code=…`, or `…=default`. */
function changeFrom(text: string, before: readonly Change[] = []): Change[] {
  const [, target, code = '', action = '', limit] =
    /^(?:([a-z0-9-]+)\/)?([A-Za-z0-9_]+)=([a-z]+)(?::([0-9.eE+-]+))?$/.exec(text) ?? [];
  const known = PolicyAction.safeParse(action);
  if (!known.success && action !== 'default') {
    throw new InvalidArgumentError(
      `write code=action or code=action:limit; actions: ${PolicyAction.options.join(', ')}, default`,
    );
  }
  const rule = known.success
    ? { action: known.data, ...(limit === undefined ? {} : { limit: Number(limit) }) }
    : undefined;
  return [...before, { target, code, rule }];
}

const withRule = (checks: PolicyChecks, { code, rule }: Change): PolicyChecks => {
  const { [code]: _before, ...rest } = checks;
  return rule ? { ...rest, [code]: rule } : rest;
};

/** A policy with changes made to it. */
function changed({ checks, targets = {}, reviewDays }: PolicyRequest, changes: readonly Change[]): PolicyRequest {
  let all = checks;
  const own = { ...targets };
  for (const change of changes) {
    if (change.target === undefined) all = withRule(all, change);
    else own[change.target] = withRule(own[change.target] ?? {}, change);
  }
  const kept = Object.fromEntries(Object.entries(own).filter(([, rules]) => Object.keys(rules).length > 0));
  return {
    checks: all,
    ...(Object.keys(kept).length > 0 ? { targets: kept } : {}),
    ...(reviewDays === undefined ? {} : { reviewDays }),
  };
}

interface SetOptions {
  readonly check?: Change[];
  readonly reviewDays?: string;
  readonly json?: boolean;
}

async function set(file: string | undefined, { check = [], reviewDays, json }: SetOptions): Promise<void> {
  if (file === undefined && check.length === 0 && reviewDays === undefined) {
    throw new Error('Name a file, or what to change: --check code=action, --review-days n.');
  }
  const given = file === undefined ? undefined : PolicyRequest.parse(parse(await readFile(file, 'utf8')));
  await withApi(async (api) => {
    const {
      checks,
      targets,
      sha256,
      reviewDays: days,
    } = given ? { ...given, sha256: '' } : await api.get(address, Policy);
    // Days that nobody has set are not to be written down as if somebody had.
    const before = { checks, ...(targets ? { targets } : {}), ...(sha256 === undefined ? {} : { reviewDays: days }) };
    const next = changed(before, check);
    const request = reviewDays === undefined ? next : { ...next, reviewDays: Number(reviewDays) };
    show(await api.put(address, request, Policy), json);
  });
}

export function addPolicy(program: Command): void {
  const policy = program.command('policy').description('which findings block, wait for a review, warn or are off');
  policy
    .command('show')
    .description('the policy of your tenant')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => withApi(async (api) => show(await api.get(address, Policy), json)));
  policy
    .command('set')
    .description('replace it by a file, or change single checks')
    .argument('[file]', 'YAML or JSON: checks, targets, reviewDays')
    .option(
      '-c, --check <change>',
      'code=action[:limit], target/code=action[:limit], or code=default; repeat it',
      changeFrom,
    )
    .option('--review-days <n>', 'days after which a job that nobody has reviewed is refused')
    .option('--json', 'print JSON')
    .action(set);
  policy
    .command('clear')
    .description('take it away: the rules of the targets stand')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) =>
      withApi(async (api) => show(await api.put(address, { checks: {} }, Policy), json)),
    );
}
