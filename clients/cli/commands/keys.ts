import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../../../shared/config.ts';
import { Scope, ScopePreset, scopePresets } from '../../../shared/schema/index.ts';
import { table } from '../summary.ts';

interface CreateOptions {
  readonly name: string;
  readonly tenant?: string;
  readonly preset: ScopePreset;
  readonly scopes?: Scope[];
  readonly expiresDays?: number;
  readonly json?: boolean;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

function scopesFrom(text: string): Scope[] {
  return text.split(',').map((name) => {
    const scope = Scope.safeParse(name.trim());
    if (!scope.success) throw new InvalidArgumentError(`${name} is not one of ${Scope.options.join(', ')}`);
    return scope.data;
  });
}

/** A number of days or hours within what a key may have. */
const numberUpTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < 0 || value > most) throw new InvalidArgumentError(`must be 0 to ${most}`);
    return value;
  };

async function create({ name, tenant, preset, scopes, expiresDays, json }: CreateOptions): Promise<void> {
  const { createKey } = await import('../../../infra/local/keys.ts');
  const made = await createKey(readConfig(process.env), {
    name,
    scopes: scopes ?? scopePresets[preset],
    ...(tenant ? { tenantId: tenant } : {}),
    ...(expiresDays ? { expiresAt: new Date(Date.now() + expiresDays * dayMs).toISOString() } : {}),
  });
  if (json) print(made);
  else {
    process.stdout.write(
      `${made.key}\n  Key ${made.keyId} of tenant ${made.tenantId}. It is shown only now; Atlas keeps its hash.\n`,
    );
  }
}

/** The preset that a key’s scopes are, or the scopes. */
function scopeText(scopes: readonly Scope[] = scopePresets.full): string {
  const text = [...scopes].sort().join(',');
  const preset = ScopePreset.options.find((name) => [...scopePresets[name]].sort().join(',') === text);
  return preset ?? text;
}

async function list(options: { json?: boolean }): Promise<void> {
  const { listKeys } = await import('../../../infra/local/keys.ts');
  const keys = await listKeys(readConfig(process.env));
  const rows = keys.map(({ id, tenantId, name, scopes, createdAt, lastUsedDay, expiresAt, revokedAt }) => [
    ...[id, tenantId, name, scopeText(scopes), createdAt],
    ...[lastUsedDay ?? '', expiresAt ?? '', revokedAt ?? ''],
  ]);
  const head = ['key', 'tenant', 'name', 'scopes', 'created', 'last used', 'expires', 'revoked'];
  if (options.json) print(keys);
  else process.stdout.write(table([head, ...rows]));
}

async function rotate(keyId: string, options: { graceHours: number; json?: boolean }): Promise<void> {
  const { rotateKey } = await import('../../../infra/local/keys.ts');
  const made = await rotateKey(readConfig(process.env), keyId, options.graceHours * hourMs);
  if (options.json) print(made);
  else process.stdout.write(`${made.key}\n  The secret before it works until ${made.previousValidUntil}.\n`);
}

async function revoke(keyId: string): Promise<void> {
  const { revokeKey } = await import('../../../infra/local/keys.ts');
  await revokeKey(readConfig(process.env), keyId);
  process.stdout.write(`Key ${keyId} is revoked.\n`);
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('make, list, rotate and revoke API keys');
  keys
    .command('create')
    .description('make a key; a new tenant unless one is named')
    .requiredOption('-n, --name <name>', 'what the key is for')
    .option('--tenant <id>', 'tenant that the key belongs to')
    .addOption(new Option('--preset <name>', 'what it may do').choices(ScopePreset.options).default('full'))
    .option('--scopes <list>', 'what it may do, one by one, with commas', scopesFrom)
    .option('--expires-days <n>', 'ends after so many days', numberUpTo(3650))
    .option('--json', 'print JSON')
    .action(create);
  keys.command('list').description('list keys').option('--json', 'print JSON').action(list);
  keys
    .command('rotate')
    .description('give a key a new secret; the old one works for a while')
    .argument('<id>', 'key_…')
    .option('--grace-hours <n>', 'how long the old secret works', numberUpTo(168), 24)
    .option('--json', 'print JSON')
    .action(rotate);
  keys.command('revoke').description('revoke a key').argument('<id>', 'key_…').action(revoke);
}
